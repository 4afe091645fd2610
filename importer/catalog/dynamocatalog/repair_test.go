package dynamocatalog_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// metered returns a store whose use of capacity is counted.
func metered(t *testing.T) (*dynamocatalog.Store, *dynamo.Meter, *dynamodb.Client, tables) {
	t.Helper()

	var (
		meter  dynamo.Meter
		client = awstest.DynamoDB(t)
		names  = newTables(t, client)
	)

	return open(t, dynamodb.New(client.Options(), meter.Measure), names, nil), &meter, client, names
}

func drop(t *testing.T, client *dynamodb.Client, table string, key dynamo.Item) {
	t.Helper()

	_, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: key})
	require.NoError(t, err)
}

// sleeping is a wait in which something happens.
func sleeping(happens func()) func(context.Context, time.Duration) error {
	return func(context.Context, time.Duration) error {
		happens()

		return nil
	}
}

func dropClaim(t *testing.T, client *dynamodb.Client, names tables, key dedupe.Key) {
	t.Helper()
	drop(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(key.String())})
}

// Claims that a product says it holds, and that are gone, are made again, unless another
// product holds them by now.
func TestLostClaims(t *testing.T) {
	t.Parallel()

	store, meter, client, names := metered(t)

	items := news(30)
	for i := range items {
		items[i].Keys = append(items[i].Keys, barcode(100+i))
	}

	_, err := store.Create(t.Context(), items)
	require.NoError(t, err)

	// Where all is well nothing is written.
	meter.Take()

	progress, err := store.NewBackfill(false).Step(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Equal(t, dynamocatalog.Progress{Scanned: 30}, progress)

	used := meter.Take()
	require.Zero(t, used.WriteUnits)
	require.EqualValues(t, 2, used.Total(), "a page of products, and their 60 claims: %v", used.Requests)

	// One claim of p003, both of p004, and one of p005 that somebody else gets.
	for _, n := range []int{3, 4, 104, 5} {
		dropClaim(t, client, names, barcode(n))
	}

	thief := catalog.NewProduct{Product: catalog.Product{ID: "thief"}, Keys: []dedupe.Key{barcode(5)}}
	results, err := store.Create(t.Context(), []catalog.NewProduct{thief})
	require.NoError(t, err)
	requireResults(t, catalog.ResultCreated, results)

	want := dynamocatalog.Progress{
		Scanned: 31, Products: 2, Keys: 3,
		Conflicts: []dynamocatalog.Conflict{{Key: barcode(5), Holder: "thief", Product: "p005"}},
	}

	meter.Take()

	progress, err = store.NewBackfill(true).Step(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Equal(t, want, progress)
	require.Zero(t, meter.Take().WriteUnits)

	progress, err = store.NewBackfill(false).Step(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Equal(t, want, progress)

	twins := []catalog.NewProduct{
		{Product: catalog.Product{ID: "twin3"}, Keys: []dedupe.Key{barcode(3)}},
		{Product: catalog.Product{ID: "twin4"}, Keys: []dedupe.Key{barcode(4), barcode(104)}},
	}
	results, err = store.Create(t.Context(), twins)
	require.NoError(t, err)
	require.Equal(t, []catalog.CreateResult{
		{Result: catalog.ResultTaken, Holders: map[dedupe.Key]string{barcode(3): "p003"}},
		{Result: catalog.ResultTaken, Holders: map[dedupe.Key]string{barcode(4): "p004", barcode(104): "p004"}},
	}, results)

	// Again: the conflict stays, and nothing is written.
	meter.Take()

	progress, err = store.NewBackfill(false).Step(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Equal(t, dynamocatalog.Progress{Scanned: 31, Conflicts: want.Conflicts}, progress)
	require.Zero(t, meter.Take().WriteUnits)
}

// Two products that say they hold the same key, which is lost: one gets it.
func TestLostClaimOfTwo(t *testing.T) {
	t.Parallel()

	store, _, client, names := metered(t)

	for _, id := range []string{"a", "b"} {
		put(t, client, names.products, dynamo.Item{"product_id": dynamo.S(id), "claimed_keys": list(dynamo.S(barcode(1).String()))})
	}

	for _, dryRun := range []bool{true, false} {
		progress, err := store.NewBackfill(dryRun).Step(t.Context(), dynamocatalog.Step{})
		require.NoError(t, err)
		require.Equal(t, 1, progress.Keys)
		require.Len(t, progress.Conflicts, 1)
	}

	held, err := store.Lookup(t.Context(), []dedupe.Key{barcode(1)})
	require.NoError(t, err)
	require.Len(t, held, 1)
}

// A product that is deleted between the look at its claims and the write gets none.
func TestLostClaimsOfAProductThatGoes(t *testing.T) {
	t.Parallel()

	store, faults, client, names := faulty(t, 1)

	_, err := store.Create(t.Context(), news(1))
	require.NoError(t, err)
	dropClaim(t, client, names, barcode(0))

	// The writer waits for its second attempt, and the product goes in the meantime.
	faults.Add(awstest.Fault{Operation: "TransactWriteItems", Answer: awstest.DynamoDBError("ProvisionedThroughputExceededException")})
	dynamocatalog.SetSleep(store, sleeping(func() {
		drop(t, client, names.products, dynamo.Item{"product_id": dynamo.S("p000")})
	}))

	progress, err := store.NewBackfill(false).Step(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Zero(t, progress.Keys)
	require.Len(t, progress.Problems, 1)
	require.ErrorContains(t, progress.Problems[0].Err, "has changed meanwhile")

	held, err := store.Lookup(t.Context(), []dedupe.Key{barcode(0)})
	require.NoError(t, err)
	require.Empty(t, held)
}

// Claims of products that are gone are released; those of others stay, and what is no
// claim.
func TestOrphans(t *testing.T) {
	t.Parallel()

	store, meter, client, names := metered(t)

	items := news(20)
	for i := range items {
		items[i].Keys = append(items[i].Keys, barcode(100+i))
	}

	_, err := store.Create(t.Context(), items)
	require.NoError(t, err)

	for _, id := range []string{"p003", "p004"} {
		drop(t, client, names.products, dynamo.Item{"product_id": dynamo.S(id)})
	}

	put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S("odd"), "product_id": dynamo.S("p005")})
	put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S("barcode:nobody")})

	want := []dynamocatalog.Claim{
		{Key: barcode(3), Holder: "p003"}, {Key: barcode(4), Holder: "p004"},
		{Key: barcode(103), Holder: "p003"}, {Key: barcode(104), Holder: "p004"},
	}

	meter.Take()

	orphans, err := store.NewBackfill(true).StepOrphans(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Equal(t, 42, orphans.Scanned)
	require.Equal(t, want, orphans.Released)
	require.Len(t, orphans.Problems, 2)
	require.Zero(t, meter.Take().WriteUnits)

	// In small pages, as on a large table.
	var (
		released []dynamocatalog.Claim
		problems []dynamocatalog.Problem
		step     = dynamocatalog.Step{Limit: 5}
	)

	for {
		orphans, err := store.NewBackfill(false).StepOrphans(t.Context(), step)
		require.NoError(t, err)

		released, problems = append(released, orphans.Released...), append(problems, orphans.Problems...)

		if step.After = orphans.Next; step.After == "" {
			break
		}
	}

	require.ElementsMatch(t, want, released)
	require.Len(t, problems, 2)

	for _, problem := range problems {
		require.ErrorIs(t, problem.Err, dynamocatalog.ErrUnreadable)
	}

	results, err := store.Create(t.Context(), []catalog.NewProduct{
		{Product: catalog.Product{ID: "new"}, Keys: []dedupe.Key{barcode(3), barcode(104)}},
		{Product: catalog.Product{ID: "dup"}, Keys: []dedupe.Key{barcode(6)}},
	})
	require.NoError(t, err)
	require.Equal(t, catalog.ResultCreated, results[0].Result)
	require.Equal(t, catalog.ResultTaken, results[1].Result)

	meter.Take()

	orphans, err = store.NewBackfill(false).StepOrphans(t.Context(), dynamocatalog.Step{})
	require.NoError(t, err)
	require.Empty(t, orphans.Released)
	require.Zero(t, meter.Take().WriteUnits)

	_, err = store.NewBackfill(false).StepOrphans(t.Context(), dynamocatalog.Step{Segment: 1})
	require.ErrorIs(t, err, dynamocatalog.ErrOptions)
}

// As many claims of one product as a transaction takes with the check, and more.
func TestManyOrphans(t *testing.T) {
	t.Parallel()

	store, _, client, names := metered(t)

	for _, count := range []int{98, 99, 100, 150} {
		for i := range count {
			put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(barcode(i).String()), "product_id": dynamo.S("gone")})
		}

		orphans, err := store.NewBackfill(false).StepOrphans(t.Context(), dynamocatalog.Step{})
		require.NoError(t, err, count)
		require.Len(t, orphans.Released, count)

		orphans, err = store.NewBackfill(false).StepOrphans(t.Context(), dynamocatalog.Step{})
		require.NoError(t, err)
		require.Zero(t, orphans.Scanned)
	}
}

// A product that is created between the look for it and the deletion of its claims keeps
// them; a claim that went to another one stays as well.
func TestOrphanThatIsNone(t *testing.T) {
	t.Parallel()

	for name, meanwhile := range map[string]func(t *testing.T, client *dynamodb.Client, names tables){
		"created": func(t *testing.T, client *dynamodb.Client, names tables) {
			results, err := open(t, client, names, nil).Create(t.Context(), news(1))
			require.NoError(t, err)
			requireResults(t, catalog.ResultCreated, results)
		},
		"taken over": func(t *testing.T, client *dynamodb.Client, names tables) {
			put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(barcode(0).String()), "product_id": dynamo.S("other")})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			store, faults, client, names := faulty(t, 1)
			put(t, client, names.keys, dynamo.Item{"identity_key": dynamo.S(barcode(0).String()), "product_id": dynamo.S("p000")})

			faults.Add(awstest.Fault{Operation: "TransactWriteItems", Answer: awstest.DynamoDBError("ProvisionedThroughputExceededException")})
			dynamocatalog.SetSleep(store, sleeping(func() { meanwhile(t, client, names) }))

			orphans, err := store.NewBackfill(false).StepOrphans(t.Context(), dynamocatalog.Step{})
			require.NoError(t, err)
			require.Empty(t, orphans.Released)

			held, err := store.Lookup(t.Context(), []dedupe.Key{barcode(0)})
			require.NoError(t, err)
			require.Len(t, held, 1)
		})
	}
}

// What a writer without claims adds after Lookup is found by Create, once the key is no
// longer taken for vetted.
func TestFallbackAsksAgain(t *testing.T) {
	t.Parallel()

	store, client, names := newStore(t, &dynamocatalog.Options{GSIFallback: true})

	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	dynamocatalog.SetClock(store, func() time.Time { return now })

	const digits = "8901058000290"

	key, ok := dedupe.BarcodeKey(digits)
	require.True(t, ok)

	held, err := store.Lookup(t.Context(), []dedupe.Key{key})
	require.NoError(t, err)
	require.Empty(t, held)

	put(t, client, names.products, dynamo.Item{"product_id": dynamo.S("old"), "barcode": dynamo.S(digits)})

	now = now.Add(dynamocatalog.VettedFor)

	results, err := store.Create(t.Context(), []catalog.NewProduct{{Product: catalog.Product{ID: "new"}, Keys: []dedupe.Key{key}}})
	require.NoError(t, err)
	require.Equal(t, []catalog.CreateResult{{Result: catalog.ResultTaken, Holders: map[dedupe.Key]string{key: "old"}}}, results)
}
