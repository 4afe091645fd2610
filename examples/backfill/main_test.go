package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": awstest.AccessKey, "AWS_SECRET_ACCESS_KEY": awstest.SecretKey, "AWS_REGION": awstest.Region,
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}

	// The HTTP client of the SDK keeps idle connections for the next call.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// world is a table of products and one of keys on the server.
type world struct {
	t              *testing.T
	client         *dynamodb.Client
	products, keys string
}

func newWorld(t *testing.T) *world {
	t.Helper()

	w := &world{
		t: t, client: awstest.DynamoDB(t),
		products: awstest.Name("products"), keys: awstest.Name("identity-keys"),
	}

	awstest.DropTables(t, w.client, w.products, w.keys)
	require.NoError(t, dynamo.CreateTable(t.Context(), w.client, dynamo.Products(w.products)))
	require.NoError(t, dynamo.CreateTable(t.Context(), w.client, dynamo.IdentityKeys(w.keys)))

	return w
}

// put writes items as others do.
func (w *world) put(items ...dynamo.Item) {
	w.t.Helper()

	awstest.PutItems(w.t, w.client, w.products, items)
}

// product is an item with a barcode, and a brand and name.
func product(id string, barcode int, name string) dynamo.Item {
	return dynamo.Item{
		"product_id": dynamo.S(id), "barcode": dynamo.S(fmt.Sprintf("%013d", barcode)),
		"brand": dynamo.S("Nestlé"), "name": dynamo.S(name), "shelf": dynamo.S("kept"),
	}
}

func barcodeKey(n int) dedupe.Key {
	return dedupe.Key{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("%014d", n)}
}

// store is the catalogue without the fallback.
func (w *world) store() *dynamocatalog.Store {
	w.t.Helper()

	store, err := dynamocatalog.New(w.client, w.products, w.keys, nil)
	require.NoError(w.t, err)

	return store
}

// run runs the command on the tables.
func (w *world) run(ctx context.Context, stdout io.Writer, args ...string) (code int, stderr string) {
	w.t.Helper()

	var said bytes.Buffer

	args = append([]string{
		"-products-table", w.products, "-keys-table", w.keys, "-rcu", "0", "-wcu", "0",
		"-endpoint", awstest.Endpoint(w.t, awstest.DynamoDBVariable),
	}, args...)
	code = run(ctx, args, func(string) string { return "" }, stdout, &said)

	return code, said.String()
}

// claims returns the table of keys.
func (w *world) claims() map[string]string {
	w.t.Helper()

	held := map[string]string{}

	output, err := w.client.Scan(w.t.Context(), &dynamodb.ScanInput{TableName: &w.keys})
	require.NoError(w.t, err)
	require.Empty(w.t, output.LastEvaluatedKey, "the test fits into one page")

	for _, item := range output.Items {
		key, _ := dynamo.Text(item["identity_key"])
		held[key], _ = dynamo.Text(item["product_id"])
	}

	return held
}

// lines reads the conflicts.
func lines(t *testing.T, text string) [][]string {
	t.Helper()

	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"key", "holder", "product"}, all[0])

	return all[1:]
}

// Every product ends with its claims, save for keys that another one has; a second run
// changes nothing and reports the same conflicts; imports then need no fallback.
func TestBackfill(t *testing.T) {
	t.Parallel()

	const count = 300

	w := newWorld(t)

	var items []dynamo.Item
	for i := range count {
		items = append(items, product(fmt.Sprintf("old%03d", i), 1000+i, fmt.Sprintf("Maggi %d", i)))
	}

	// Two with the same barcode, and one without anything.
	items = append(items, product("twin", 1007, "Another"), dynamo.Item{"product_id": dynamo.S("bare")})
	w.put(items...)

	imported := catalog.NewProduct{Product: catalog.Product{ID: "new"}, Keys: []dedupe.Key{barcodeKey(1001)}}
	_, err := w.store().Create(t.Context(), []catalog.NewProduct{imported})
	require.NoError(t, err)

	// A dry run first, which changes nothing.
	var dry bytes.Buffer

	code, said := w.run(t.Context(), &dry, "-dry-run", "-segments", "1")
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, fmt.Sprintf("%d products looked at; %d keys of %d products would be claimed; 2 conflicts, 0 problems",
		count+3, 2*(count+1)-2, count+2))
	require.Len(t, w.claims(), 1)
	require.Len(t, lines(t, dry.String()), 2)

	var out bytes.Buffer

	code, said = w.run(t.Context(), &out)
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, fmt.Sprintf("%d keys of %d products claimed; 2 conflicts, 0 problems", 2*(count+1)-2, count+2))

	held := w.claims()
	require.Len(t, held, 2*(count+1)-1)
	require.Equal(t, "new", held[barcodeKey(1001).String()])
	require.Equal(t, "old002", held[barcodeKey(1002).String()])
	require.Equal(t, "old001", held["name_brand:nestle#maggi1"], "a product in conflict keeps its other keys")

	conflicts := map[string]bool{}

	for _, line := range lines(t, out.String()) {
		require.Equal(t, held[line[0]], line[1])
		conflicts[line[0]+" "+line[2]] = true
	}

	require.Contains(t, conflicts, barcodeKey(1001).String()+" old001")
	require.Len(t, conflicts, 2)

	// Again.
	var again bytes.Buffer

	code, said = w.run(t.Context(), &again)
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, "0 keys of 0 products claimed; 2 conflicts, 0 problems")
	require.ElementsMatch(t, lines(t, out.String()), lines(t, again.String()))
	require.Equal(t, held, w.claims())

	// A row with the barcode of an old product is refused without the fallback, until the
	// product is deleted. Nothing else of an old product has changed.
	row := catalog.NewProduct{Product: catalog.Product{ID: "row"}, Keys: []dedupe.Key{barcodeKey(1005)}}

	results, err := w.store().Create(t.Context(), []catalog.NewProduct{row})
	require.NoError(t, err)
	require.Equal(t, map[dedupe.Key]string{barcodeKey(1005): "old005"}, results[0].Holders)

	output, err := w.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &w.products, Key: dynamo.Item{"product_id": dynamo.S("old005")},
	})
	require.NoError(t, err)
	require.Contains(t, output.Item, "claimed_keys")
	delete(output.Item, "claimed_keys")
	require.Equal(t, items[5], output.Item)

	require.NoError(t, w.store().Delete(t.Context(), "old005"))

	results, err = w.store().Create(t.Context(), []catalog.NewProduct{row})
	require.NoError(t, err)
	require.Equal(t, catalog.ResultCreated, results[0].Result)
}

// A run that is interrupted goes on where it was.
func TestResume(t *testing.T) {
	t.Parallel()

	const count = 400

	w := newWorld(t)

	var items []dynamo.Item
	for i := range count {
		items = append(items, product(fmt.Sprintf("old%03d", i), 1000+i, "Maggi")) // the same name: conflicts
	}

	w.put(items...)

	var (
		folder      = t.TempDir()
		checkpoints = filepath.Join(folder, "backfill.json")
		conflicts   = filepath.Join(folder, "conflicts.csv")
		args        = []string{"-checkpoint", checkpoints, "-conflicts", conflicts, "-page", "20", "-segments", "2"}
		runs        = 0
	)

	for {
		runs++
		require.Less(t, runs, count)

		ctx, cancel := context.WithCancel(t.Context())

		// Stopped as soon as there is something new in the file of conflicts.
		watched := make(chan struct{})
		done := make(chan struct{})

		go func() {
			defer close(done)

			before, _ := os.ReadFile(checkpoints)

			for {
				select {
				case <-watched:
					return
				default:
				}

				if now, err := os.ReadFile(checkpoints); err == nil && !bytes.Equal(now, before) {
					cancel()

					return
				}
			}
		}()

		code, said := w.run(ctx, io.Discard, args...)

		close(watched)
		<-done
		cancel()

		if code == exitOK {
			break
		}

		require.Equal(t, exitInterrupted, code, said)
	}

	require.Greater(t, runs, 2, "it was interrupted")
	require.Len(t, w.claims(), count+1)

	data, err := os.ReadFile(conflicts)
	require.NoError(t, err)

	named := map[string]bool{}
	for _, line := range lines(t, string(data)) {
		named[line[2]] = true
	}

	require.Len(t, named, count-1, "no conflict is lost")

	// There is nothing left to do, and other tables are no continuation.
	code, said := w.run(t.Context(), io.Discard, args...)
	require.Equal(t, exitOK, code, said)

	code, said = w.run(t.Context(), io.Discard, append(args, "-segments", "3")...)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "in 2 segments")
}

// A checkpoint of a pass that is through is where a new one begins, which knows nothing of
// the problems of the last.
func TestNextPass(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	args := []string{"-checkpoint", filepath.Join(t.TempDir(), "backfill.json"), "-segments", "2"}

	odd := product("odd", 1, "Odd")
	odd["name"] = &types.AttributeValueMemberBOOL{Value: true}

	w.put(odd, product("old", 2, "Old"))

	code, said := w.run(t.Context(), io.Discard, args...)
	require.Equal(t, exitFailed, code, said)
	require.NotContains(t, said, "a new one begins")
	require.Contains(t, said, "2 products looked at; 2 keys of 1 products claimed; 0 conflicts, 1 problems")

	w.put(product("odd", 1, "No more"), product("new", 3, "New"))

	code, said = w.run(t.Context(), io.Discard, args...)
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, "is through; a new one begins")
	require.Contains(t, said, "3 products looked at; 4 keys of 2 products claimed; 0 conflicts, 0 problems")
	require.Equal(t, "new", w.claims()[barcodeKey(3).String()])

	code, said = w.run(t.Context(), io.Discard, append(args, "-orphans")...)
	require.Equal(t, exitFailed, code, "not a pass of that kind")
	require.Contains(t, said, "-orphans=false")
}

// After a restore: claims of products that are gone are released, and those that are lost
// made again.
func TestRestore(t *testing.T) {
	t.Parallel()

	w := newWorld(t)

	var items []catalog.NewProduct
	for i := range 20 {
		items = append(items, catalog.NewProduct{
			Product: catalog.Product{ID: fmt.Sprintf("p%02d", i)}, Keys: []dedupe.Key{barcodeKey(i)},
		})
	}

	_, err := w.store().Create(t.Context(), items)
	require.NoError(t, err)

	for _, id := range []string{"p03", "p04"} {
		_, err := w.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
			TableName: &w.products, Key: dynamo.Item{"product_id": dynamo.S(id)},
		})
		require.NoError(t, err)
	}

	_, err = w.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
		TableName: &w.keys, Key: dynamo.Item{"identity_key": dynamo.S(barcodeKey(7).String())},
	})
	require.NoError(t, err)

	before := w.claims()

	var dry bytes.Buffer

	code, said := w.run(t.Context(), &dry, "-orphans", "-dry-run")
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, "19 claims looked at; 2 of products that do not exist would be released; 0 problems")
	require.Equal(t, before, w.claims())
	require.ElementsMatch(t, [][]string{{barcodeKey(3).String(), "p03", ""}, {barcodeKey(4).String(), "p04", ""}}, lines(t, dry.String()))

	var (
		wet        bytes.Buffer
		checkpoint = filepath.Join(t.TempDir(), "orphans.json")
	)

	code, said = w.run(t.Context(), &wet, "-orphans", "-page", "3", "-checkpoint", checkpoint)
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, "19 claims looked at; 2 of products that do not exist released; 0 problems")
	require.ElementsMatch(t, lines(t, dry.String()), lines(t, wet.String()))

	code, said = w.run(t.Context(), io.Discard)
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, "18 products looked at; 1 keys of 1 products claimed; 0 conflicts, 0 problems")

	held := w.claims()
	require.Len(t, held, 18)
	require.Equal(t, "p07", held[barcodeKey(7).String()])
}

// A product that nothing can be made of is named, and costs no other one its claims.
func TestProblems(t *testing.T) {
	t.Parallel()

	w := newWorld(t)

	many := product("many", 1, "Many")
	codes := make([]dynamo.Value, 120)

	for i := range codes {
		codes[i] = dynamo.S(fmt.Sprintf("%013d", 5000+i))
	}

	many["additional_barcodes"] = &types.AttributeValueMemberL{Value: codes}

	odd := product("odd", 2, "Odd")
	odd["name"] = &types.AttributeValueMemberBOOL{Value: true}

	w.put(many, odd, product("good", 3, "Good"))

	code, said := w.run(t.Context(), io.Discard)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, `product "odd": dynamocatalog: unreadable item: attribute "name" is true or false`)
	require.Contains(t, said, `product "many": dynamocatalog: the product has more identity keys`)
	require.Contains(t, said, "2 problems")

	holders := map[string]int{}
	for holder := range maps.Values(w.claims()) {
		holders[holder]++
	}

	require.Equal(t, map[string]int{"good": 2, "many": catalog.MaxKeys}, holders)
}

// Imports go on meanwhile: in the end no two products hold the same key, and every
// product has said what it holds.
func TestBesideImports(t *testing.T) {
	t.Parallel()

	const count = 200

	w := newWorld(t)

	var items []dynamo.Item
	for i := range count {
		items = append(items, product(fmt.Sprintf("old%03d", i), 1000+i, fmt.Sprintf("Maggi %d", i)))
	}

	w.put(items...)

	store, err := dynamocatalog.New(w.client, w.products, w.keys, &dynamocatalog.Options{GSIFallback: true})
	require.NoError(t, err)

	var importing sync.WaitGroup

	importing.Go(func() {
		for i := range count {
			news := []catalog.NewProduct{
				{Product: catalog.Product{ID: fmt.Sprintf("dup%03d", i)}, Keys: []dedupe.Key{barcodeKey(1000 + count - 1 - i)}},
				{Product: catalog.Product{ID: fmt.Sprintf("new%03d", i)}, Keys: []dedupe.Key{barcodeKey(9000 + i)}},
			}

			results, err := store.Create(t.Context(), news)
			if !assert.NoError(t, err) {
				return
			}

			assert.Equal(t, catalog.ResultTaken, results[0].Result, "product %d is known, before the backfill and after", i)
			assert.Equal(t, catalog.ResultCreated, results[1].Result)
		}
	})

	code, said := w.run(t.Context(), io.Discard, "-page", "7")

	importing.Wait()
	require.Equal(t, exitOK, code, said)

	held := w.claims()
	require.Len(t, held, 3*count)

	for i := range count {
		require.Equal(t, fmt.Sprintf("old%03d", i), held[barcodeKey(1000+i).String()])
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()

	environment := func(name string) string {
		return map[string]string{"GLOBAL_PRODUCTS_TABLE": "p", "IDENTITY_KEYS_TABLE": "k"}[name]
	}

	tests := map[string]struct {
		args   []string
		getenv func(string) string
		says   string
	}{
		"no table":                {nil, func(string) string { return "" }, "GLOBAL_PRODUCTS_TABLE"},
		"an argument":             {[]string{"x"}, environment, "unexpected argument"},
		"no such flag":            {[]string{"-x"}, environment, "not defined"},
		"no segments":             {[]string{"-segments", "0"}, environment, "-segments is 0"},
		"no page":                 {[]string{"-page", "-1"}, environment, "-page is -1"},
		"negative rate":           {[]string{"-rcu", "-1"}, environment, "-rcu is -1"},
		"no number":               {[]string{"-wcu", "NaN"}, environment, "-wcu NaN"},
		"checkpoint of a dry run": {[]string{"-dry-run", "-checkpoint", "c"}, environment, "keeps no checkpoint"},
	}

	for name, test := range tests {
		var stderr bytes.Buffer

		require.Equal(t, exitUsage, run(t.Context(), test.args, test.getenv, io.Discard, &stderr), name)
		require.Contains(t, stderr.String(), test.says, name)
	}

	var stderr bytes.Buffer

	require.Equal(t, exitOK, run(t.Context(), []string{"-h"}, environment, io.Discard, &stderr))

	conf, err := parseArgs(nil, environment, io.Discard)
	require.NoError(t, err)
	require.Equal(t, "p", conf.productsTable)
	require.Equal(t, "k", conf.keysTable)
}
