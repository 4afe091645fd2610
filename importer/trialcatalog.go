package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// trialCatalog is a catalogue as it would be after what is created here: that is
// remembered, and the catalogue behind it is only read. It is for one job and, unlike
// other catalogues, for one goroutine.
//
// It remembers rows rather than products, and digests rather than keys: some 75 bytes
// a row.
type trialCatalog struct {
	behind catalog.Store
	ids    productIDs
	// keys has the row that holds a key.
	keys map[keyDigest]uint32
	// barcodes has the barcodes of the rows, where they are asked for by Get.
	barcodes     map[uint32][]string
	keepBarcodes bool
}

var _ catalog.Store = (*trialCatalog)(nil)

// keyDigest tells keys apart: two of a million keys have the same digest with a chance
// below one in ten million million, and all it would do is count a row wrongly.
type keyDigest [12]byte

func digestOf(key dedupe.Key) keyDigest {
	sum := sha256.Sum256([]byte(key.String()))

	return keyDigest(sum[:len(keyDigest{})])
}

// newTrialCatalog returns a catalogue for a job whose products get these ids.
// keepBarcodes: Get knows the barcodes of the products that were created here.
func newTrialCatalog(behind catalog.Store, ids productIDs, keepBarcodes bool) *trialCatalog {
	return &trialCatalog{
		behind: behind, ids: ids, keys: map[keyDigest]uint32{},
		barcodes: map[uint32][]string{}, keepBarcodes: keepBarcodes,
	}
}

// Lookup implements catalog.Store.
func (t *trialCatalog) Lookup(ctx context.Context, keys []dedupe.Key) (map[dedupe.Key]string, error) {
	held, err := t.behind.Lookup(ctx, keys)
	if err != nil {
		return nil, err
	}

	for _, key := range keys {
		if _, taken := held[key]; taken {
			continue
		}

		if row, ok := t.keys[digestOf(key)]; ok {
			held[key] = t.ids.of(int64(row))
		}
	}

	return held, nil
}

// Create implements catalog.Store, but for what it writes. Keys that products behind it
// hold are taken to be looked up before: they are granted here, which no later Lookup
// sees, since that asks behind first.
func (t *trialCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("importer: try to create products: %w", err)
	}

	results := make([]catalog.CreateResult, len(items))
	for i := range items {
		results[i] = t.create(&items[i])
	}

	return results, nil
}

func (t *trialCatalog) create(item *catalog.NewProduct) catalog.CreateResult {
	row := uint32(item.Product.Origin.Row)

	digests := make([]keyDigest, len(item.Keys))
	holders := map[dedupe.Key]string{}

	for i, key := range item.Keys {
		digests[i] = digestOf(key)
		if holder, taken := t.keys[digests[i]]; taken && holder != row {
			holders[key] = t.ids.of(int64(holder))
		}
	}

	if len(holders) > 0 && !item.KeepTaken {
		return catalog.CreateResult{Result: catalog.ResultTaken, Holders: holders}
	}

	for _, digest := range digests {
		if _, taken := t.keys[digest]; !taken {
			t.keys[digest] = row
		}
	}

	if t.keepBarcodes && item.Product.Barcode != "" {
		t.barcodes[row] = append([]string{item.Product.Barcode}, item.Product.AdditionalBarcodes...)
	}

	return catalog.CreateResult{Result: catalog.ResultCreated}
}

// Get implements catalog.Store. Of products that were created here it knows the ids
// and, where they are kept, the barcodes.
func (t *trialCatalog) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	var others []string

	for _, id := range ids {
		if !t.ids.own(id) {
			others = append(others, id)
		}
	}

	known, err := t.behind.Get(ctx, others)
	if err != nil {
		return nil, err
	}

	byID := make(map[string]catalog.Product, len(known))
	for _, p := range known {
		byID[p.ID] = p
	}

	products := make([]catalog.Product, 0, len(ids))

	for _, id := range ids {
		if row, own := t.ids.row(id); own {
			products = append(products, t.product(id, row))
		} else if p, ok := byID[id]; ok {
			products = append(products, p)
		}
	}

	return products, nil
}

func (t *trialCatalog) product(id string, row int64) catalog.Product {
	p := catalog.Product{ID: id}

	if barcodes := t.barcodes[uint32(row)]; len(barcodes) > 0 {
		p.Barcode, p.AdditionalBarcodes = barcodes[0], barcodes[1:]
	}

	return p
}

// errTrial reports a write that no trial makes.
var errTrial = errors.New("importer: a trial writes nothing")

// Delete implements catalog.Store. It fails.
func (t *trialCatalog) Delete(context.Context, string) error { return errTrial }

// List implements catalog.Store, without what was created here.
func (t *trialCatalog) List(ctx context.Context, after string, limit int) ([]catalog.Product, error) {
	return t.behind.List(ctx, after, limit)
}
