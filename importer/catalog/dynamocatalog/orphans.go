package dynamocatalog

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Claim says who holds a key.
type Claim struct {
	Key    dedupe.Key
	Holder string
}

// Orphans is what a StepOrphans has done.
type Orphans struct {
	// Next is what the next StepOrphans of the segment goes on after; empty at its end.
	Next string
	// Scanned are the claims looked at.
	Scanned int
	// Released are the claims of products that do not exist, which were deleted, or would
	// have been, in the order of their keys.
	Released []Claim
	// Problems are items of the table that are no claims, which are left alone; Product is
	// the product that they name.
	Problems []Problem
}

// StepOrphans looks at one page of the table of keys, and deletes the claims whose
// product does not exist: it was deleted past this package, or the table of products
// is an older one that was restored. Step.After is the text of a key here.
//
// Products may be created meanwhile: a claim is deleted in one transaction with the
// check that its product is still absent, and that it still holds the key. On an error any
// of it may have been deleted; the same StepOrphans may be made again.
func (b *Backfill) StepOrphans(ctx context.Context, step Step) (Orphans, error) {
	orphans, err := b.stepOrphans(ctx, step)
	if err != nil {
		return Orphans{}, fmt.Errorf("dynamocatalog: orphans of segment %d after %.100q: %w", step.Segment, step.After, err)
	}

	return orphans, nil
}

func (b *Backfill) stepOrphans(ctx context.Context, step Step) (Orphans, error) {
	if err := step.check(); err != nil {
		return Orphans{}, err
	}

	items, next, err := b.scan(ctx, step, b.store.keys, dynamo.IdentityKey, []string{dynamo.IdentityKey, dynamo.ProductID})
	if err != nil {
		return Orphans{}, err
	}

	var (
		result = Orphans{Next: next, Scanned: len(items)}
		held   = make(map[string][]dedupe.Key)
		ids    []string
	)

	for _, item := range items {
		claim, err := decodeClaim(item)
		if err != nil {
			result.Problems = append(result.Problems, Problem{Product: claim.Holder, Err: err})

			continue
		}

		if held[claim.Holder] == nil {
			ids = append(ids, claim.Holder)
		}

		held[claim.Holder] = append(held[claim.Holder], claim.Key)
	}

	existing, err := b.store.items(ctx, ids, dynamo.ProductID)
	if err != nil {
		return Orphans{}, err
	}

	var orphans []unit

	for _, id := range ids {
		if _, exists := existing[id]; exists {
			continue
		}

		// What there is beyond a full transaction goes into another one: the same product
		// cannot be checked twice in one.
		for keys := range slices.Chunk(held[id], dynamo.MaxTransaction-1) {
			orphans = append(orphans, &orphan{store: b.store, id: id, keys: keys})
		}
	}

	if !b.dryRun {
		if err := b.store.writeAll(ctx, orphans); err != nil {
			return Orphans{}, err
		}
	}

	for _, u := range orphans {
		o := u.(*orphan)
		if !o.released && !b.dryRun {
			continue
		}

		for _, key := range o.keys {
			result.Released = append(result.Released, Claim{Key: key, Holder: o.id})
		}
	}

	slices.SortFunc(result.Released, func(a, b Claim) int { return compareKeys(a.Key, b.Key) })

	return result, nil
}

// decodeClaim reads an item of the table of keys, which anybody may have written.
func decodeClaim(item dynamo.Item) (Claim, error) {
	id, err := holderOf(item)
	if err != nil {
		return Claim{}, err
	}

	name, _ := dynamo.Text(item[dynamo.IdentityKey])

	key, ok := dedupe.ParseKey(name)

	switch {
	case !ok || key.String() != name:
		return Claim{Holder: id}, fmt.Errorf("%w: %.100q is no identity key", ErrUnreadable, name)
	case !possible(id):
		// It could not be asked for, and would seem to be absent.
		return Claim{Holder: id}, fmt.Errorf("%w: the identity key %.100q names an impossible product", ErrUnreadable, name)
	}

	return Claim{Key: key, Holder: id}, nil
}

// orphan are claims of a product that does not exist. It is a unit.
type orphan struct {
	store *Store
	id    string
	keys  []dedupe.Key

	released bool
}

func (o *orphan) actions() int { return 1 + len(o.keys) }

// bytes counts the product as well, should there be one.
func (o *orphan) bytes() int { return dynamo.MaxItemBytes + len(o.keys)*(catalog.MaxKey+catalog.MaxID) }

// writes implements unit.
func (o *orphan) writes() []types.TransactWriteItem {
	writes := make([]types.TransactWriteItem, 0, o.actions())
	writes = append(writes, types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: &o.store.products, Key: productKey(o.id), ConditionExpression: aws.String(isNew),
	}})

	for _, key := range o.keys {
		writes = append(writes, types.TransactWriteItem{Delete: o.store.claimDelete(key, o.id)})
	}

	return writes
}

func (o *orphan) written() { o.released = true }

// judge implements unit.
func (o *orphan) judge(reasons []types.CancellationReason) (verdict, error) {
	busy, refusal := weigh(reasons)

	switch {
	case refusal != nil:
		return settled, fmt.Errorf("claims of product %q: %w", o.id, refusal)
	case failed(reasons[0]):
		return settled, nil // it exists by now
	case busy:
		return contended, nil
	}

	kept := make([]dedupe.Key, 0, len(o.keys))

	for i, key := range o.keys {
		if !failed(reasons[1+i]) { // else somebody has released it
			kept = append(kept, key)
		}
	}

	if len(kept) == len(o.keys) {
		return innocent, nil
	}

	if o.keys = kept; len(kept) == 0 {
		return settled, nil
	}

	return altered, nil
}
