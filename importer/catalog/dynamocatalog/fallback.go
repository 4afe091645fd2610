package dynamocatalog

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// maxCandidates bounds the products that an index is asked for under one key: some may
// have been deleted or changed since the index was written.
const maxCandidates = 10

// question is one query of an index.
type question struct {
	key              dedupe.Key
	index, attribute string
	value            string
}

// questions returns what to ask the indexes to find the products with a key. Barcodes
// stand in products as somebody wrote them, with 8 to 13 digits (14 where it takes as
// many), and in keys padded to 14: every length that the digits fit in is asked for,
// which for the usual 13 digits is one.
func questions(key dedupe.Key) []question {
	switch key.Tier {
	case dedupe.TierImageHash:
		return []question{{key, dynamo.ImageHashIndex, dynamo.ImageHash, key.Value}}
	case dedupe.TierNameBrand:
		return []question{{key, dynamo.NameBrandIndex, dynamo.NameBrandKey, key.Value}}
	}

	const shortest, longest = 8, 13

	digits := strings.TrimLeft(key.Value, "0")
	if digits == "" {
		return nil
	}

	var asks []question

	for length := max(shortest, len(digits)); length <= max(longest, len(digits)); length++ {
		padded := strings.Repeat("0", length-len(digits)) + digits
		asks = append(asks, question{key, dynamo.BarcodeIndex, dynamo.Barcode, padded})
	}

	return asks
}

// unclaimed finds, among products that were written without claims, the holders of keys,
// and adds them to held. Of several the one with the lowest id counts.
func (s *Store) unclaimed(ctx context.Context, keys []dedupe.Key, held map[dedupe.Key]string) error {
	var asks []question
	for _, key := range keys {
		asks = append(asks, questions(key)...)
	}

	var (
		mu         sync.Mutex
		candidates = make(map[string][]question)
		ids        []string
	)

	err := dynamo.Bounded(ctx, s.concurrency, len(asks), func(ctx context.Context, i int) error {
		found, err := s.ask(ctx, asks[i])
		if err != nil {
			return err
		}

		mu.Lock()
		defer mu.Unlock()

		for _, id := range found {
			candidates[id] = append(candidates[id], asks[i])
			ids = append(ids, id)
		}

		return nil
	})
	if err != nil {
		return err
	}

	// An index lags behind its table, and does not know who has claims.
	items, err := s.items(ctx, ids, dynamo.ProductID, attrClaimedKeys, dynamo.Barcode, dynamo.ImageHash, dynamo.NameBrandKey)
	if err != nil {
		return err
	}

	for id, item := range items {
		if _, claimed := item[attrClaimedKeys]; claimed {
			continue
		}

		for _, ask := range candidates[id] {
			holder, known := held[ask.key]
			if value, _ := dynamo.Text(item[ask.attribute]); value == ask.value && (!known || id < holder) {
				held[ask.key] = id
			}
		}
	}

	for _, key := range keys {
		if _, found := held[key]; !found {
			s.vetted.add(key)
		}
	}

	return nil
}

// ask returns the ids of the products that an index knows.
func (s *Store) ask(ctx context.Context, q question) ([]string, error) {
	var output *dynamodb.QueryOutput

	err := s.retry.Do(ctx, func() (err error) {
		output, err = s.client.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.products, IndexName: &q.index, Limit: aws.Int32(maxCandidates),
			KeyConditionExpression:    aws.String("#k = :k"),
			ProjectionExpression:      aws.String("#id"),
			ExpressionAttributeNames:  map[string]string{"#k": q.attribute, "#id": dynamo.ProductID},
			ExpressionAttributeValues: dynamo.Item{":k": dynamo.S(q.value)},
		})

		return err
	})
	if err != nil {
		return nil, fmt.Errorf("index %s of table %s: %w", q.index, s.products, err)
	}

	ids := make([]string, 0, len(output.Items))

	for _, item := range output.Items {
		if id, ok := dynamo.Text(item[dynamo.ProductID]); ok {
			ids = append(ids, id)
		}
	}

	return ids, nil
}
