package dynamocatalog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// writer makes transactions out of units.
type writer struct {
	client      Client
	retry       *dynamo.Retry
	concurrency int
}

// unit are writes that are made all together or not at all.
type unit interface {
	// actions is the number of its writes.
	actions() int
	// bytes is no less than the size of the items that it writes.
	bytes() int
	writes() []types.TransactWriteItem
	// written tells the unit that its writes were made.
	written()
	// judge tells it that they were not, with the reason for each of them. An error is
	// one of the table, and ends everything.
	judge(reasons []types.CancellationReason) (verdict, error)
}

// verdict is what is to be done with a unit whose transaction was cancelled.
type verdict int

const (
	// settled: the unit has its result and is not written.
	settled verdict = iota
	// altered: its writes are others now, to be made at once.
	altered
	// innocent: the transaction was cancelled because of others.
	innocent
	// contended: other transactions write the same items, so it has to wait.
	contended
)

// writeAll writes units that have no item in common, in as few transactions as they fit
// in.
func (w *writer) writeAll(ctx context.Context, units []unit) error {
	groups := pack(units)

	return dynamo.Bounded(ctx, w.concurrency, len(groups), func(ctx context.Context, i int) error {
		return w.write(ctx, groups[i])
	})
}

// pack puts units together into transactions, as many as one takes.
func pack(units []unit) [][]unit {
	// Room for what the sizes of units do not count.
	const maxBytes = dynamo.MaxTransactionBytes - 64<<10

	var (
		groups         [][]unit
		actions, bytes int
	)

	for _, u := range units {
		if actions += u.actions(); len(groups) == 0 || actions > dynamo.MaxTransaction || bytes+u.bytes() > maxBytes {
			groups = append(groups, nil)
			actions, bytes = u.actions(), 0
		}

		last := len(groups) - 1
		groups[last] = append(groups[last], u)
		bytes += u.bytes()
	}

	return groups
}

// write writes units in one transaction, or in several where some of them are settled
// otherwise, or met by other transactions.
func (w *writer) write(ctx context.Context, units []unit) error {
	var (
		attempts = w.retry.Start()
		token    = rand.Text()
	)

	for len(units) > 0 {
		err := w.transact(ctx, units, token)
		if err == nil {
			for _, u := range units {
				u.written()
			}

			return nil
		}

		var (
			cancelled *types.TransactionCanceledException
			mismatch  *types.IdempotentParameterMismatchException
		)

		if !errors.As(err, &cancelled) {
			switch {
			case errors.As(err, &mismatch):
				// The server takes the same items in another order for others. What the
				// token stood for is done or not; the conditions tell.
				token = rand.Text()
			case !dynamo.IsTemporary(err):
				return explain(ctx, err)
			}

			// The same transaction again, by the same token: it may be under way.
			if err := attempts.Again(ctx, err); err != nil {
				return err
			}

			continue
		}

		s, err := sortOut(units, cancelled)
		if err != nil {
			return err
		}

		token = rand.Text() // another transaction from here on

		if s.progress {
			attempts.Progress()
		}

		units = s.free

		if len(s.contended) > 0 {
			// Those that nobody else wants need not wait.
			if err := w.write(ctx, s.free); err != nil {
				return err
			}

			units = s.contended
		} else if s.progress {
			continue
		}

		if err := attempts.Again(ctx, cancelled); err != nil {
			return err
		}

		// Smaller transactions meet fewer others.
		if half := len(s.contended) / 2; half > 0 {
			if err := w.write(ctx, units[:half]); err != nil {
				return err
			}

			units = units[half:]
		}
	}

	return nil
}

// transact makes one attempt at writing units.
func (w *writer) transact(ctx context.Context, units []unit, token string) error {
	var writes []types.TransactWriteItem
	for _, u := range units {
		writes = append(writes, u.writes()...)
	}

	_, err := w.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: writes, ClientRequestToken: &token,
	})

	return err
}

// sorted are the units of a cancelled transaction that are still to be written.
type sorted struct {
	// free are to be written at once, contended after a while.
	free, contended []unit
	// progress: some are settled or altered.
	progress bool
}

// sortOut asks each unit what to do with it. The reasons are in the order of the writes.
func sortOut(units []unit, cancelled *types.TransactionCanceledException) (sorted, error) {
	var (
		s       sorted
		reasons = cancelled.CancellationReasons
	)

	for _, u := range units {
		if len(reasons) < u.actions() {
			return s, fmt.Errorf("a cancelled transaction gave %d reasons: %w", len(cancelled.CancellationReasons), cancelled)
		}

		mine := reasons[:u.actions()]
		reasons = reasons[len(mine):]

		verdict, err := u.judge(mine)
		if err != nil {
			return s, err
		}

		s.progress = s.progress || verdict == settled || verdict == altered

		switch verdict {
		case altered, innocent:
			s.free = append(s.free, u)
		case contended:
			s.contended = append(s.contended, u)
		}
	}

	return s, nil
}

// weigh looks at the reasons for a unit as a whole: whether one of them says that others
// were in the way, and why DynamoDB can never take it.
func weigh(reasons []types.CancellationReason) (busy bool, refusal error) {
	for _, reason := range reasons {
		switch code := aws.ToString(reason.Code); code {
		case "", dynamo.ReasonNone, dynamo.ReasonCondition:
		case dynamo.ReasonConflict, dynamo.ReasonThrottling, dynamo.ReasonProvisioned:
			busy = true
		default:
			return false, fmt.Errorf("%w: %s: %s", dynamo.ErrRefused, code, aws.ToString(reason.Message))
		}
	}

	return busy, nil
}

func failed(reason types.CancellationReason) bool {
	return aws.ToString(reason.Code) == dynamo.ReasonCondition
}

// explain says what an error of AWS means, and for an item that DynamoDB does not take
// that it is an invalid product.
func explain(ctx context.Context, err error) error {
	err = dynamo.Explain(ctx, err)
	if errors.Is(err, dynamo.ErrRefused) {
		return fmt.Errorf("%w: %w", catalog.ErrInvalid, err)
	}

	return err
}
