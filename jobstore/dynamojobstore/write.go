package dynamojobstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const (
	// keptWrites is how many writes of an item are remembered: a writer who lost an answer
	// recognises its own write as long as fewer have followed.
	keptWrites = 8
	// writeIDLength is that of an id of a write, of 5 bits a character.
	writeIDLength = 10
)

// newWriteID returns an id that no other write of the item has.
func newWriteID() string { return strings.ToLower(rand.Text()[:writeIDLength]) }

// withWrite returns the value of attributeWrites after the write id of an item.
func withWrite(item dynamo.Item, id string) dynamo.Value {
	list := []dynamo.Value{dynamo.S(id)}
	if before, ok := item[attributeWrites].(*types.AttributeValueMemberL); ok {
		list = append(list, before.Value[:min(len(before.Value), keptWrites-1)]...)
	}

	return &types.AttributeValueMemberL{Value: list}
}

// hasWrite reports whether an item remembers a write.
func hasWrite(item dynamo.Item, id string) bool {
	list, ok := item[attributeWrites].(*types.AttributeValueMemberL)

	return ok && slices.ContainsFunc(list.Value, func(v dynamo.Value) bool { return equal(v, dynamo.S(id)) })
}

// versionOf returns the number of writes of an item; 0 where there is none, or others
// wrote it.
func versionOf(item dynamo.Item) int64 {
	n, ok := item[attributeVersion].(*types.AttributeValueMemberN)
	if !ok {
		return 0
	}

	version, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0
	}

	return version
}

// create writes an item where there is none, or one that has expired.
func (s *Store) create(ctx context.Context, key string, item dynamo.Item) error {
	write := newWriteID()
	item[attributeWrites] = withWrite(nil, write)

	if err := checkSize(key, item); err != nil {
		return err
	}

	err := s.busy.Do(ctx, func() error {
		_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName:                &s.table,
			Item:                     item,
			ConditionExpression:      aws.String("attribute_not_exists(#id) OR #ttl <= :now"),
			ExpressionAttributeNames: map[string]string{"#id": dynamo.JobID, "#ttl": attributeTTL},
			ExpressionAttributeValues: dynamo.Item{
				":now": number(strconv.FormatInt(s.now().Unix(), 10)),
			},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})

		return err
	})

	var failed *types.ConditionalCheckFailedException

	switch {
	case err == nil:
		return nil
	case !errors.As(err, &failed):
		return fmt.Errorf("dynamojobstore: create %q: %w", key, err)
	case hasWrite(failed.Item, write):
		// The answer to an earlier attempt was lost.
		return nil
	}

	return fmt.Errorf("%w: %q", jobstore.ErrExists, key)
}

// A step computes a write: from the item as it is stored (nil where there is none), what
// of it is known here and what is to be in place of that.
type step func(stored dynamo.Item) (before, after dynamo.Item, err error)

// change writes what step makes of an item, on condition that nobody has written it in
// between; otherwise it begins again with the new one. An error of step is returned as it
// is.
func (s *Store) change(ctx context.Context, key string, step step) error {
	stored, err := s.read(ctx, key)
	if err != nil {
		return err
	}

	var (
		write    = newWriteID()
		attempts = s.contended.Start()
	)

	for {
		before, after, err := step(stored)
		if err != nil {
			return err
		}

		current, err := s.write(ctx, key, write, stored, before, after)
		if err == nil || !errors.Is(err, jobstore.ErrConflict) {
			return err
		}

		if err := attempts.Again(ctx, err); err != nil {
			return fmt.Errorf("dynamojobstore: write %q: %w", key, err)
		}

		if stored = current; len(stored) == 0 {
			// It has gone, or the server does not say what is there.
			if stored, err = s.read(ctx, key); err != nil {
				return err
			}
		}
	}
}

// write makes one write, in perhaps several attempts. Where others were faster, the error
// wraps jobstore.ErrConflict and current is the item as they left it.
func (s *Store) write(ctx context.Context, key, write string, stored, before, after dynamo.Item) (current dynamo.Item, err error) {
	set, remove := merge(stored, before, after)
	set[attributeWrites] = withWrite(stored, write)

	if err := checkSize(key, apply(stored, set, remove)); err != nil {
		return nil, err
	}

	var (
		sent  int // attempts of the SDK, ours included
		input = s.update(key, stored, set, remove)
	)

	err = s.busy.Do(ctx, func() error {
		_, err := s.client.UpdateItem(ctx, input, countAttempts(&sent))

		return err
	})

	var failed *types.ConditionalCheckFailedException

	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &failed):
		return nil, fmt.Errorf("dynamojobstore: write %q: %w", key, err)
	case hasWrite(failed.Item, write):
		// The answer to an earlier attempt was lost. To call that a conflict would have
		// change take effect twice.
		return nil, nil
	case sent != 1 && versionOf(failed.Item)-versionOf(stored) >= keptWrites:
		return nil, fmt.Errorf("%w: %q", ErrUnknownOutcome, key)
	}

	return failed.Item, fmt.Errorf("%w: %q", jobstore.ErrConflict, key)
}

// update returns the request that changes an item.
func (s *Store) update(key string, stored, set dynamo.Item, remove []string) *dynamodb.UpdateItemInput {
	var (
		names   = map[string]string{"#version": attributeVersion}
		values  = dynamo.Item{}
		clauses []string
	)

	delete(set, dynamo.JobID) // the key

	for i, name := range slices.Sorted(maps.Keys(set)) {
		names[fmt.Sprint("#s", i)], values[fmt.Sprint(":s", i)] = name, set[name]
		clauses = append(clauses, fmt.Sprintf("#s%d = :s%d", i, i))
	}

	expression := "SET " + strings.Join(clauses, ", ")

	if len(remove) > 0 {
		clauses = nil

		for i, name := range remove {
			names[fmt.Sprint("#r", i)] = name
			clauses = append(clauses, fmt.Sprint("#r", i))
		}

		expression += " REMOVE " + strings.Join(clauses, ", ")
	}

	condition := "#version = :version"

	switch version := stored[attributeVersion]; {
	case version != nil:
		values[":version"] = version
	case len(stored) > 0:
		// Others wrote it. Without attribute_exists an item that has gone would come back.
		condition = "attribute_exists(#id) AND attribute_not_exists(#version)"
		names["#id"] = dynamo.JobID
	default:
		condition = "attribute_not_exists(#id)"
		names["#id"] = dynamo.JobID
		delete(names, "#version")
	}

	return &dynamodb.UpdateItemInput{
		TableName:                           &s.table,
		Key:                                 keyOf(key),
		UpdateExpression:                    &expression,
		ConditionExpression:                 &condition,
		ExpressionAttributeNames:            names,
		ExpressionAttributeValues:           values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// apply returns an item after a change.
func apply(item, set dynamo.Item, remove []string) dynamo.Item {
	changed := make(dynamo.Item, len(item)+len(set))
	maps.Copy(changed, item)
	maps.Copy(changed, set)

	for _, name := range remove {
		delete(changed, name)
	}

	return changed
}

// checkSize returns jobstore.ErrInvalid for an item that DynamoDB would not take.
func checkSize(key string, item dynamo.Item) error {
	if size := sizeOf(item); size > dynamo.MaxItemBytes {
		return fmt.Errorf("%w: the record %.100q would have %d bytes, more than %d", jobstore.ErrInvalid, key, size, dynamo.MaxItemBytes)
	}

	return nil
}

// countAttempts is an option of a call that counts how often its request is sent. Clients
// in tests may know no options; then the count stays 0.
func countAttempts(sent *int) func(*dynamodb.Options) {
	count := middleware.FinalizeMiddlewareFunc("bulkimport.CountAttempts",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			*sent++

			return next.HandleFinalize(ctx, in)
		})

	return func(o *dynamodb.Options) {
		o.APIOptions = append(slices.Clone(o.APIOptions), func(stack *middleware.Stack) error {
			return stack.Finalize.Add(count, middleware.After) // behind the retryer
		})
	}
}
