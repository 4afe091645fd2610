package dynamocatalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Backfill claims identity keys for products that were written without claims, by
// others or before there were any. It may run, again and again, while products are
// imported: each product gets its claims and says so (attribute claimed_keys) in one
// transaction. Of several products with the same key the first that comes by gets it; the
// others are conflicts, and keep the rest of their keys.
//
// Of a product that has said so the claims are looked up. Those that are not there, as
// after a table of keys was lost or an older one restored, are claimed again; where all are
// there nothing is written.
//
// Its methods may be called concurrently.
type Backfill struct {
	store  *Store
	dryRun bool

	mu sync.Mutex
	// would are the keys that a dry run would have claimed.
	would map[dedupe.Key]string
}

// NewBackfill returns a Backfill of the products of the store. With dryRun nothing is
// written, and the keys that would be claimed are remembered, at some 200 bytes each, so that
// conflicts among them are found.
func (s *Store) NewBackfill(dryRun bool) *Backfill {
	// The indexes would only tell what the scan finds anyway.
	plain := *s
	plain.fallback = false

	return &Backfill{store: &plain, dryRun: dryRun, would: make(map[dedupe.Key]string)}
}

// MaxSegments is the largest number of segments that DynamoDB cuts a table into.
const MaxSegments = 1_000_000

// Step is a page of a scan of the products table.
type Step struct {
	// Segment is which of how many Segments the page is of, from 0 on. Segments of 0
	// means 1.
	Segment, Segments int
	// After is the id that the page before ended with (Progress.Next), or empty.
	After string
	// Limit bounds the products looked at. 0 means 200.
	Limit int
}

const defaultStepLimit = 200

// Progress is what a Step has done.
type Progress struct {
	// Next is what the next Step of the segment goes on after; empty at its end.
	Next string
	// Scanned are the products looked at, Products those that got claims, or would
	// have, and Keys the claims that they got.
	Scanned, Products, Keys int
	// Conflicts are keys of products looked at that other products hold, in the order of the
	// products. They are found anew each time that a product is looked at.
	Conflicts []Conflict
	// Problems are products that got no claims, or not all, with the reason.
	Problems []Problem
}

// Conflict is a key that two products have.
type Conflict struct {
	Key dedupe.Key
	// Holder is the product that holds the key, Product the one that does not.
	Holder, Product string
}

// Problem is a product that cannot be claimed for.
type Problem struct {
	Product string
	Err     error
}

// Step looks at one page, and claims. On an error any of it may have been claimed; the
// same Step may be made again.
func (b *Backfill) Step(ctx context.Context, step Step) (Progress, error) {
	progress, err := b.step(ctx, step)
	if err != nil {
		return Progress{}, fmt.Errorf("dynamocatalog: backfill segment %d after %.100q: %w", step.Segment, step.After, err)
	}

	return progress, nil
}

func (b *Backfill) step(ctx context.Context, step Step) (Progress, error) {
	if err := step.check(); err != nil {
		return Progress{}, err
	}

	if step.After != "" && !possible(step.After) {
		return Progress{}, fmt.Errorf("%w: no product can have the id to go on after", ErrOptions)
	}

	items, next, err := b.scan(ctx, step, b.store.products, dynamo.ProductID, identityAttributes())
	if err != nil {
		return Progress{}, err
	}

	p := &page{backfill: b, progress: Progress{Next: next, Scanned: len(items)}}
	for _, item := range items {
		p.add(item)
	}

	if err := p.findLost(ctx); err != nil {
		return Progress{}, err
	}

	if b.dryRun {
		err = p.pretend(ctx)
	} else {
		err = p.claim(ctx)
	}

	if err != nil {
		return Progress{}, err
	}

	err = p.compare(ctx)

	return p.progress, err
}

// check completes a Step and says what of it makes no sense.
func (s *Step) check() error {
	s.Segments = cmp.Or(s.Segments, 1)
	s.Limit = cmp.Or(s.Limit, defaultStepLimit)

	if s.Segments < 0 || s.Segments > MaxSegments || s.Segment < 0 || s.Segment >= s.Segments ||
		s.Limit < 0 || s.Limit > catalog.MaxPage {
		return fmt.Errorf("%w: segment %d of %d, limit %d", ErrOptions, s.Segment, s.Segments, s.Limit)
	}

	return nil
}

// scan reads these attributes of a page of a table whose key is the text of this name.
func (b *Backfill) scan(
	ctx context.Context, step Step, table, key string, attributes []string,
) (items []dynamo.Item, next string, err error) {
	input := &dynamodb.ScanInput{
		TableName: &table, Limit: aws.Int32(int32(step.Limit)),
		Segment: aws.Int32(int32(step.Segment)), TotalSegments: aws.Int32(int32(step.Segments)),
	}

	input.ProjectionExpression, input.ExpressionAttributeNames = dynamo.Projection(attributes)

	if step.After != "" {
		input.ExclusiveStartKey = dynamo.Item{key: dynamo.S(step.After)}
	}

	var output *dynamodb.ScanOutput

	err = b.store.retry.Do(ctx, func() (err error) {
		output, err = b.store.client.Scan(ctx, input)

		return err
	})
	if err != nil {
		return nil, "", err
	}

	next, _ = dynamo.Text(output.LastEvaluatedKey[key])

	return output.Items, next, nil
}

// page is a Step at work.
type page struct {
	backfill *Backfill
	progress Progress
	// elements are the products without claims, and those of which some are lost.
	elements []*element
	// claimed are the products that say what they hold.
	claimed []claimedProduct
	// lacking are keys that products have by their attributes, and not among their claims.
	lacking []Conflict
}

var (
	errTooManyKeys = errors.New("dynamocatalog: the product has more identity keys than can be claimed")
	errChanged     = errors.New("dynamocatalog: the product has changed meanwhile; run again")
)

// add sorts a product in.
func (p *page) add(item dynamo.Item) {
	id, _ := dynamo.Text(item[dynamo.ProductID])

	keys, err := identity(item)
	if err != nil {
		p.problem(id, err)

		return
	}

	claims, claimed, err := decodeClaims(item)
	if err != nil {
		p.problem(id, err)

		return
	}

	if claimed {
		p.claimed = append(p.claimed, claimedProduct{id: id, keys: distinct(claims), attribute: item[attrClaimedKeys]})

		for _, key := range keys {
			if !slices.Contains(claims, key) {
				p.lacking = append(p.lacking, Conflict{Key: key, Product: id})
			}
		}

		return
	}

	p.elements = append(p.elements, p.backfill.store.existingElement(id, p.atMost(id, keys), item))
}

// atMost returns as many of the keys as a transaction takes.
func (p *page) atMost(id string, keys []dedupe.Key) []dedupe.Key {
	if len(keys) <= catalog.MaxKeys {
		return keys
	}

	p.problem(id, fmt.Errorf("%w: %d, of which %d were", errTooManyKeys, len(keys), catalog.MaxKeys))

	return keys[:catalog.MaxKeys]
}

func (p *page) problem(id string, err error) {
	p.progress.Problems = append(p.progress.Problems, Problem{Product: id, Err: err})
}

// existingElement returns the element of a product that exists, and that is to be as it
// was read.
func (s *Store) existingElement(id string, keys []dedupe.Key, item dynamo.Item) *element {
	const names = "attribute_exists(#id) AND attribute_not_exists(#claims)"

	var (
		condition  = names
		attributes = map[string]string{"#id": dynamo.ProductID, "#claims": attrClaimedKeys}
		values     = dynamo.Item{}
	)

	for i, name := range identityAttributes() {
		if name == dynamo.ProductID || name == attrClaimedKeys {
			continue
		}

		attributes[fmt.Sprintf("#a%d", i)] = name

		if value, exists := item[name]; exists {
			condition += fmt.Sprintf(" AND #a%d = :a%d", i, i)
			values[fmt.Sprintf(":a%d", i)] = value
		} else {
			condition += fmt.Sprintf(" AND attribute_not_exists(#a%d)", i)
		}
	}

	return &element{
		store: s, id: id, keys: keys, keepTaken: true,
		// The whole item counts, of which only a part was read.
		size: dynamo.MaxItemBytes,
		product: func(claims dynamo.Value) types.TransactWriteItem {
			all := maps.Clone(values)
			all[":claims"] = claims

			return types.TransactWriteItem{Update: &types.Update{
				TableName: &s.products, Key: productKey(id),
				UpdateExpression: aws.String("SET #claims = :claims"), ConditionExpression: &condition,
				ExpressionAttributeNames: attributes, ExpressionAttributeValues: all,
			}}
		},
	}
}

// claim writes the claims.
func (p *page) claim(ctx context.Context) error {
	if err := p.backfill.store.settle(ctx, p.elements); err != nil {
		return err
	}

	for _, e := range p.elements {
		p.settle(e)
	}

	return nil
}

// settle notes what has become of a product.
func (p *page) settle(e *element) {
	switch {
	case e.refusal != nil:
		p.problem(e.id, e.refusal)
	case e.result.Result != catalog.ResultCreated:
		p.problem(e.id, errChanged)
	default:
		p.progress.Products++
		p.progress.Keys += len(e.keys)

		for key, holder := range e.givenUp {
			p.progress.Conflicts = append(p.progress.Conflicts, Conflict{Key: key, Holder: holder, Product: e.id})
		}
	}
}

// pretend finds what claim would do.
func (p *page) pretend(ctx context.Context) error {
	var keys []dedupe.Key
	for _, e := range p.elements {
		keys = append(keys, e.keys...)
	}

	held, err := p.backfill.store.claims(ctx, distinct(keys), false)
	if err != nil {
		return err
	}

	b := p.backfill

	b.mu.Lock()
	defer b.mu.Unlock()

	for _, e := range p.elements {
		taken := make(map[dedupe.Key]string)

		for _, key := range e.keys {
			holder, isHeld := held[key]
			if !isHeld {
				holder, isHeld = b.would[key]
			}

			switch {
			case !isHeld:
				b.would[key] = e.id
			case holder != e.id:
				taken[key] = holder
			}
		}

		e.giveUp(taken)
		e.result = catalog.CreateResult{Result: catalog.ResultCreated}
		p.settle(e)
	}

	return nil
}

// compare finds the holders of the keys that products with claims lack.
func (p *page) compare(ctx context.Context) error {
	keys := make([]dedupe.Key, 0, len(p.lacking))
	for _, lack := range p.lacking {
		keys = append(keys, lack.Key)
	}

	held, err := p.backfill.store.claims(ctx, distinct(keys), false)
	if err != nil {
		return err
	}

	for _, lack := range p.lacking {
		if holder, isHeld := held[lack.Key]; isHeld && holder != lack.Product {
			lack.Holder = holder
			p.progress.Conflicts = append(p.progress.Conflicts, lack)
		}
	}

	slices.SortFunc(p.progress.Conflicts, func(a, b Conflict) int {
		return cmp.Or(strings.Compare(a.Product, b.Product), compareKeys(a.Key, b.Key))
	})

	return nil
}

func compareKeys(a, b dedupe.Key) int { return strings.Compare(a.String(), b.String()) }
