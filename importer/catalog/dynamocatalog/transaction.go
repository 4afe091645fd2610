package dynamocatalog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// write writes elements that share nothing, in one transaction, or in several where
// some of them are refused or met by other transactions. Every element gets its result.
func (s *Store) write(ctx context.Context, elements []*element) error {
	var (
		attempts = s.retry.Start()
		token    = rand.Text()
	)

	for len(elements) > 0 {
		err := s.transact(ctx, elements, token)
		if err == nil {
			for _, e := range elements {
				e.result = catalog.CreateResult{Result: catalog.ResultCreated}
			}

			return nil
		}

		var cancelled *types.TransactionCanceledException

		if !errors.As(err, &cancelled) {
			if !dynamo.IsTemporary(err) {
				return explain(err)
			}

			// The same transaction again, by the same token: it may be under way.
			if err := attempts.Again(ctx, err); err != nil {
				return err
			}

			continue
		}

		v, err := judge(elements, cancelled)
		if err != nil {
			return err
		}

		token = rand.Text() // another transaction from here on

		if v.settled {
			attempts.Progress()
		}

		elements = v.free

		if len(v.contended) > 0 {
			// Those that nobody else wants need not wait.
			if err := s.write(ctx, v.free); err != nil {
				return err
			}

			elements = v.contended
		} else if v.settled {
			continue
		}

		if err := attempts.Again(ctx, cancelled); err != nil {
			return err
		}

		// Smaller transactions meet fewer others.
		if half := len(v.contended) / 2; half > 0 {
			if err := s.write(ctx, elements[:half]); err != nil {
				return err
			}

			elements = elements[half:]
		}
	}

	return nil
}

// transact makes one attempt at writing elements.
func (s *Store) transact(ctx context.Context, elements []*element, token string) error {
	var writes []types.TransactWriteItem
	for _, e := range elements {
		writes = append(writes, e.writes(s)...)
	}

	_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: writes, ClientRequestToken: &token,
	})

	return err
}

// verdict is what a cancelled transaction tells of its elements.
type verdict struct {
	// free are to be written again at once, contended after a while.
	free, contended []*element
	// settled: some elements got their results, or gave up keys.
	settled bool
}

// judge settles the elements for which a transaction was cancelled. The reasons are in the
// order of the writes.
func judge(elements []*element, cancelled *types.TransactionCanceledException) (verdict, error) {
	var (
		v       verdict
		reasons = cancelled.CancellationReasons
	)

	for _, e := range elements {
		if len(reasons) < e.actions() {
			return v, fmt.Errorf("a cancelled transaction gave %d reasons: %w", len(cancelled.CancellationReasons), cancelled)
		}

		mine := reasons[:e.actions()]
		reasons = reasons[len(mine):]

		if err := v.add(e, mine); err != nil {
			return v, err
		}
	}

	return v, nil
}

// add judges one element by the reasons for its product and its claims.
func (v *verdict) add(e *element, reasons []types.CancellationReason) error {
	busy := false

	for _, reason := range reasons {
		switch code := aws.ToString(reason.Code); code {
		case "", dynamo.ReasonNone, dynamo.ReasonCondition:
		case dynamo.ReasonConflict, dynamo.ReasonThrottling, dynamo.ReasonProvisioned:
			busy = true
		default:
			e.refusal = fmt.Errorf("%w: product %q: %s: %s", dynamo.ErrRefused, e.id, code, aws.ToString(reason.Message))
			v.settled = true

			return nil
		}
	}

	if failed(reasons[0]) {
		e.result = existing(decodeOrigin(reasons[0].Item), e)
		v.settled = true

		return nil
	}

	// Not all of the reasons: an element that is told its holders is told all.
	if busy {
		v.contended = append(v.contended, e)

		return nil
	}

	taken := make(map[dedupe.Key]string)

	for i, reason := range reasons[1:] {
		if !failed(reason) {
			continue
		}

		holder, err := holderOf(reason.Item)
		if err != nil {
			return err
		}

		taken[e.keys[i]] = holder
	}

	switch {
	case len(taken) == 0:
		v.free = append(v.free, e)
	case e.keepTaken:
		e.giveUp(taken)
		v.free = append(v.free, e)
		v.settled = true
	default:
		e.result = catalog.CreateResult{Result: catalog.ResultTaken, Holders: taken}
		v.settled = true
	}

	return nil
}

func failed(reason types.CancellationReason) bool {
	return aws.ToString(reason.Code) == dynamo.ReasonCondition
}

// explain says what an error of AWS means, and for an item that DynamoDB does not take
// that it is an invalid product.
func explain(err error) error {
	err = dynamo.Explain(err)
	if errors.Is(err, dynamo.ErrRefused) {
		return fmt.Errorf("%w: %w", catalog.ErrInvalid, err)
	}

	return err
}
