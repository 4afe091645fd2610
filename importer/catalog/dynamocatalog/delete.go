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

// Delete implements [catalog.Store], in one transaction. The keys that the product
// holds are those of its attribute claimed_keys, or, where others wrote it, those that
// follow from its barcodes, image hash, brand and name; of them, those that the table of keys
// says are its own.
func (s *Store) Delete(ctx context.Context, id string) error {
	if err := s.delete(ctx, id); err != nil {
		return fmt.Errorf("dynamocatalog: delete %.100q: %w", id, err)
	}

	return nil
}

func (s *Store) delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}

	attempts := s.retry.Start()

	for {
		err := s.deleteOnce(ctx, id)

		var cancelled *types.TransactionCanceledException

		switch {
		case err == nil:
			return nil
		case errors.As(err, &cancelled), dynamo.IsTemporary(err):
			// Product or claims have changed since they were read, or are about to.
			if err := attempts.Again(ctx, err); err != nil {
				return err
			}
		default:
			return dynamo.Explain(ctx, err)
		}
	}
}

// deleteOnce reads a product and its claims, and deletes them if they are still the
// same then.
func (s *Store) deleteOnce(ctx context.Context, id string) error {
	items, err := s.items(ctx, []string{id}, identityAttributes()...)
	if err != nil {
		return err
	}

	item, exists := items[id]
	if !exists {
		return catalog.ErrNotFound
	}

	keys, err := heldBy(item)
	if err != nil {
		return err
	}

	held, err := s.claims(ctx, distinct(keys), true)
	if err != nil {
		return err
	}

	writes := []types.TransactWriteItem{{Delete: s.productDelete(id, item)}}

	for key, holder := range held {
		if holder == id {
			writes = append(writes, types.TransactWriteItem{Delete: s.claimDelete(key, id)})
		}
	}

	if len(writes) > dynamo.MaxTransaction {
		return fmt.Errorf("%w: the product holds %d keys, the most is %d", catalog.ErrInvalid, len(writes)-1, catalog.MaxKeys)
	}

	_, err = s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: writes, ClientRequestToken: aws.String(rand.Text()),
	})

	return err
}

// productDelete deletes a product if it still says the same about its keys.
func (s *Store) productDelete(id string, item dynamo.Item) *types.Delete {
	deletion := &types.Delete{
		TableName: &s.products, Key: productKey(id),
		ConditionExpression:      aws.String("attribute_exists(#id) AND attribute_not_exists(#claims)"),
		ExpressionAttributeNames: map[string]string{"#id": dynamo.ProductID, "#claims": attrClaimedKeys},
	}

	if claims, claimed := item[attrClaimedKeys]; claimed {
		deletion.ConditionExpression = aws.String("attribute_exists(#id) AND #claims = :claims")
		deletion.ExpressionAttributeValues = dynamo.Item{":claims": claims}
	}

	return deletion
}

func (s *Store) claimDelete(key dedupe.Key, id string) *types.Delete {
	return &types.Delete{
		TableName: &s.keys, Key: claimKey(key),
		ConditionExpression:       aws.String("#id = :id"),
		ExpressionAttributeNames:  map[string]string{"#id": dynamo.ProductID},
		ExpressionAttributeValues: dynamo.Item{":id": dynamo.S(id)},
	}
}

// identityAttributes are those from which the keys of a product follow.
func identityAttributes() []string {
	return []string{
		dynamo.ProductID, attrClaimedKeys, dynamo.Barcode, attrAdditionalBarcodes, dynamo.ImageHash, attrBrand, attrName,
	}
}

// heldBy returns the keys that a product says it holds, or would by its attributes.
func heldBy(item dynamo.Item) ([]dedupe.Key, error) {
	keys, claimed, err := decodeClaims(item)
	if claimed || err != nil {
		return keys, err
	}

	return identity(item)
}

// identity returns the keys that follow from the attributes of a product.
func identity(item dynamo.Item) ([]dedupe.Key, error) {
	d := decoder{item: item}

	keys := dedupe.Identity{
		Barcodes:  append([]string{d.text(dynamo.Barcode)}, d.list(attrAdditionalBarcodes)...),
		ImageHash: d.text(dynamo.ImageHash),
		Brand:     d.text(attrBrand),
		Name:      d.text(attrName),
	}.Keys()

	return keys, d.err
}
