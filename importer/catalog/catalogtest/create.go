package catalogtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
)

func createCases() []testCase {
	return []testCase{
		{Name: "Create/Nothing", Run: createNothing},
		{Name: "Create/Many", Run: createMany},
		{Name: "Create/ResultsInOrder", Run: createResultsInOrder},
		{Name: "Create/RepeatedCall", Run: createRepeated},
		{Name: "Create/IDConflict", Run: createIDConflict},
		{Name: "Create/WithoutOrigin", Run: createWithoutOrigin},
		{Name: "Create/SameIDInOneCall", Run: createSameID},
		{Name: "Create/Invalid", Run: createInvalid},
		{Name: "Create/Largest", Run: createLargest},
		{Name: "Get/OrderOfIDs", Run: getOrder},
		{Name: "Get/Nothing", Run: getNothing},
	}
}

func createNothing(t testing.TB, h Harness) {
	store := h.New(t)

	require.Empty(t, create(t, store))
	require.Empty(t, sortedIDs(t, store))
}

func createMany(t testing.TB, h Harness) {
	const count = 2_500

	var (
		store = h.New(t)
		items = make([]catalog.NewProduct, 0, count)
		ids   = make([]string, 0, count)
	)

	for i := range count {
		id := fmt.Sprintf("p%05d", i)
		ids = append(ids, id)
		items = append(items, item(id, barcode(i), nameBrand(id)))
	}

	for _, result := range create(t, store, items...) {
		require.Equal(t, created(), result)
	}

	products, err := store.Get(t.Context(), ids)
	require.NoError(t, err)
	require.Len(t, products, count)

	for i, product := range products {
		require.Equal(t, items[i].Product, inUTC(product))
	}

	requireHolder(t, store, ids[count-1], barcode(count-1), nameBrand(ids[count-1]))
}

func createResultsInOrder(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("there", barcode(1)))

	other := item("there")
	other.Product.Origin.Row++

	results := create(t, store,
		item("a", barcode(2)), item("there", barcode(1)), item("b", barcode(1)), other, item("c"))

	require.Equal(t, []catalog.Result{
		catalog.ResultCreated, catalog.ResultExists, catalog.ResultTaken, catalog.ResultIDConflict,
		catalog.ResultCreated,
	}, resultsOf(results))
}

func resultsOf(results []catalog.CreateResult) []catalog.Result {
	kinds := make([]catalog.Result, 0, len(results))
	for _, result := range results {
		kinds = append(kinds, result.Result)
	}

	return kinds
}

// A call that is repeated after a crash changes nothing, even if the caller has
// made something else of the product meanwhile.
func createRepeated(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		first = item("p", barcode(1))
	)

	mustCreate(t, store, first)

	again := item("p", barcode(1), barcode(2))
	again.Product.Name = "another name"

	for _, repeated := range []catalog.NewProduct{first, again, keeping(again)} {
		require.Equal(t, catalog.CreateResult{Result: catalog.ResultExists}, create(t, store, repeated)[0])
	}

	require.Equal(t, first.Product, get(t, store, "p"))
	requireHolder(t, store, "p", barcode(1))
	requireHolder(t, store, "", barcode(2))
	require.Equal(t, []string{"p"}, sortedIDs(t, store))
}

func createIDConflict(t testing.TB, h Harness) {
	var (
		store = h.New(t)
		first = item("p", barcode(1))
	)

	mustCreate(t, store, first)

	otherRow := item("p", barcode(2))
	otherRow.Product.Origin.Row++

	otherJob := item("p", barcode(2))
	otherJob.Product.Origin.JobID += "x"

	noOrigin := item("p", barcode(2))
	noOrigin.Product.Origin = catalog.Origin{}

	for _, other := range []catalog.NewProduct{otherRow, otherJob, noOrigin, keeping(otherRow)} {
		require.Equal(t, catalog.CreateResult{Result: catalog.ResultIDConflict}, create(t, store, other)[0])
	}

	require.Equal(t, first.Product, get(t, store, "p"))
	requireHolder(t, store, "", barcode(2))
}

// A product that was not imported has the zero origin, which is an origin like
// any other.
func createWithoutOrigin(t testing.TB, h Harness) {
	var (
		store  = h.New(t)
		manual = item("p", barcode(1))
	)

	manual.Product.Origin = catalog.Origin{}
	mustCreate(t, store, manual)

	require.Equal(t, manual.Product, get(t, store, "p"))
	require.Equal(t, catalog.ResultExists, create(t, store, manual)[0].Result)
}

func createSameID(t testing.TB, h Harness) {
	store := h.New(t)

	kinds := resultsOf(create(t, store, item("same", barcode(1)), item("same", barcode(1))))
	require.ElementsMatch(t, []catalog.Result{catalog.ResultCreated, catalog.ResultExists}, kinds)

	other := item("other", barcode(3))
	other.Product.Origin.Row++

	kinds = resultsOf(create(t, store, item("other", barcode(2)), other))
	require.ElementsMatch(t, []catalog.Result{catalog.ResultCreated, catalog.ResultIDConflict}, kinds)

	held, err := store.Lookup(t.Context(), keysOf(barcode(2), barcode(3)))
	require.NoError(t, err)
	require.Len(t, held, 1, "only the product that was written holds its key")
	require.Equal(t, []string{"other", "same"}, sortedIDs(t, store))
}

func createInvalid(t testing.TB, h Harness) {
	store := h.New(t)

	noValue := barcode(0)
	noValue.Value = ""

	noTier := barcode(1)
	noTier.Tier = 0

	var tooMany []dedupe.Key
	for i := range catalog.MaxKeys + 1 {
		tooMany = append(tooMany, barcode(i))
	}

	tooLarge := item("p")
	tooLarge.Product.Attributes.Description = strings.Repeat("x", catalog.MaxSize)

	tooLate := item("p")
	tooLate.Product.UpdatedAt = time.Date(10_000, time.January, 1, 0, 0, 0, 0, time.UTC)

	longBarcode := item("p")
	longBarcode.Product.Barcode = strings.Repeat("1", catalog.MaxKey+1)

	noNutrient := item("p")
	noNutrient.Product.Attributes.Nutrition = map[string]string{"": "1"}

	invalid := map[string]catalog.NewProduct{
		"too many keys":     item("p", tooMany...),
		"too large":         tooLarge,
		"time out of range": tooLate,
		"barcode too long":  longBarcode,
		"nutrient unnamed":  noNutrient,
		"no id":             item(""),
		"id too long":       item(strings.Repeat("x", catalog.MaxID+1)),
		"id not UTF-8":      item("\xff"),
		"key without value": item("p", noValue),
		"key without tier":  item("p", noTier),
		"key too long":      item("p", nameBrand(strings.Repeat("x", catalog.MaxKey))),
		"key not UTF-8":     item("p", nameBrand("\xff")),
	}

	for name, bad := range invalid {
		results, err := store.Create(t.Context(), []catalog.NewProduct{item("good", barcode(7)), bad})
		require.ErrorIs(t, err, catalog.ErrInvalid, name)
		require.Nil(t, results, name)
	}

	require.Empty(t, sortedIDs(t, store), "nothing was written beside the invalid ones")
	requireHolder(t, store, "", barcode(7))
}

// The largest products that a store must take, several in one call.
func createLargest(t testing.TB, h Harness) {
	const count = 12

	var (
		store = h.New(t)
		items = make([]catalog.NewProduct, 0, count)
	)

	for i := range count {
		large := item(fmt.Sprintf("p%02d", i), barcode(i), nameBrand(fmt.Sprint(i)))
		large.Product.Attributes.Description = strings.Repeat("é", (catalog.MaxSize-large.Size())/len("é"))
		items = append(items, large)
	}

	for _, result := range create(t, store, items...) {
		require.Equal(t, created(), result)
	}

	for _, large := range items {
		require.Equal(t, large.Product, get(t, store, large.Product.ID))
	}

	require.Len(t, allIDs(t, store, 5), count)
}

func getOrder(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("a"), item("b"), item("c"))

	products, err := store.Get(t.Context(), []string{"c", "missing", "a", "", "c"})
	require.NoError(t, err)
	require.Len(t, products, 3)
	require.Equal(t, "c", products[0].ID)
	require.Equal(t, "a", products[1].ID)
	require.Equal(t, "c", products[2].ID)
}

func getNothing(t testing.TB, h Harness) {
	store := h.New(t)
	mustCreate(t, store, item("a"))

	for _, ids := range [][]string{nil, {}, {"missing"}, {strings.Repeat("x", catalog.MaxID+1)}, {"\xff"}} {
		products, err := store.Get(t.Context(), ids)
		require.NoError(t, err)
		require.Empty(t, products)
	}
}
