package dynamocatalog

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// claimedProduct is a product that says which keys it holds.
type claimedProduct struct {
	id   string
	keys []dedupe.Key
	// attribute is what it says, as it was read.
	attribute dynamo.Value
}

// findLost looks up what products say they hold. Claims that are not there are to be
// made again; those that others have are conflicts.
func (p *page) findLost(ctx context.Context) error {
	var keys []dedupe.Key
	for _, product := range p.claimed {
		keys = append(keys, product.keys...)
	}

	held, err := p.backfill.store.claims(ctx, distinct(keys), true)
	if err != nil {
		return err
	}

	for _, product := range p.claimed {
		var lost []dedupe.Key

		for _, key := range product.keys {
			switch holder, isHeld := held[key]; {
			case !isHeld:
				lost = append(lost, key)
			case holder != product.id:
				p.progress.Conflicts = append(p.progress.Conflicts, Conflict{Key: key, Holder: holder, Product: product.id})
			}
		}

		if len(lost) > 0 {
			p.elements = append(p.elements, p.backfill.store.lostElement(product, p.atMost(product.id, lost)))
		}
	}

	return nil
}

// lostElement returns the element that claims keys for a product again, if it still
// says that it holds them. The product itself is left as it is.
func (s *Store) lostElement(product claimedProduct, lost []dedupe.Key) *element {
	return &element{
		store: s, id: product.id, keys: lost, keepTaken: true, size: dynamo.MaxItemBytes,
		product: func(dynamo.Value) types.TransactWriteItem {
			return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
				TableName: &s.products, Key: productKey(product.id),
				ConditionExpression:       aws.String("#claims = :claims"),
				ExpressionAttributeNames:  map[string]string{"#claims": attrClaimedKeys},
				ExpressionAttributeValues: dynamo.Item{":claims": product.attribute},
			}}
		},
	}
}
