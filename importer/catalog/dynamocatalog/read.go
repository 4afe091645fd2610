package dynamocatalog

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// possible reports whether a product can have this id, or DynamoDB be asked for it.
func possible(id string) bool {
	return id != "" && len(id) <= catalog.MaxID && utf8.ValidString(id)
}

// Get implements [catalog.Store]. An item that cannot be read gives ErrUnreadable.
func (s *Store) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	items, err := s.items(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: get: %w", err)
	}

	products := make([]catalog.Product, 0, len(ids))

	for _, id := range ids {
		item, exists := items[id]
		if !exists {
			continue
		}

		// Each time anew: what is handed out twice must not be shared.
		product, err := decodeProduct(item)
		if err != nil {
			return nil, fmt.Errorf("dynamocatalog: get: %w", err)
		}

		products = append(products, product)
	}

	return products, nil
}

// items returns the items of the products with these ids that exist, with these
// attributes, of which none means all. It sees every write that was finished.
func (s *Store) items(ctx context.Context, ids []string, attributes ...string) (map[string]dynamo.Item, error) {
	var (
		keys  = make([]dynamo.Item, 0, len(ids))
		asked = make(map[string]bool, len(ids))
	)

	for _, id := range ids {
		if possible(id) && !asked[id] {
			asked[id] = true

			keys = append(keys, productKey(id))
		}
	}

	found, err := dynamo.BatchGet(ctx, s.client, s.retry, s.products, keys, dynamo.Read{
		Consistent: true, Attributes: attributes, Concurrency: s.concurrency,
	})
	if err != nil {
		return nil, err
	}

	items := make(map[string]dynamo.Item, len(found))

	for _, item := range found {
		if id, ok := dynamo.Text(item[dynamo.ProductID]); ok {
			items[id] = item
		}
	}

	return items, nil
}

// List implements [catalog.Store]: a scan of the table, in the order of the hashes of
// the ids, which sees every write that was finished when it comes by. after must be empty or an id
// that List has returned; one that no product can have gives catalog.ErrInvalid. An item
// that cannot be read gives ErrUnreadable.
func (s *Store) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	products, err := s.list(ctx, after, catalog.PageSize(limit))
	if err != nil {
		return nil, fmt.Errorf("dynamocatalog: list: %w", err)
	}

	return products, nil
}

func (s *Store) list(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	var (
		products = make([]catalog.Product, 0, limit)
		start    dynamo.Item
	)

	if after != "" {
		if !possible(after) {
			return nil, fmt.Errorf("%w: %.100q is no id to go on from", catalog.ErrInvalid, after)
		}

		start = productKey(after)
	}

	for {
		var output *dynamodb.ScanOutput

		err := s.retry.Do(ctx, func() (err error) {
			output, err = s.client.Scan(ctx, &dynamodb.ScanInput{
				TableName: &s.products, ConsistentRead: aws.Bool(true),
				ExclusiveStartKey: start, Limit: aws.Int32(int32(limit - len(products))),
			})

			return err
		})
		if err != nil {
			return nil, err
		}

		for _, item := range output.Items {
			product, err := decodeProduct(item)
			if err != nil {
				return nil, err
			}

			products = append(products, product)
		}

		start = output.LastEvaluatedKey
		if len(start) == 0 || len(products) >= limit {
			return products, nil
		}
	}
}
