package dynamocatalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// perCall is the number of products in a call of Create, that of a chunk.
const perCall = 1_000

// importRows is the number of rows of a file that is imported.
const importRows = 10_000

// BenchmarkImport imports files without duplicates and images, and counts what that
// takes of DynamoDB.
func BenchmarkImport(b *testing.B) {
	for name, opts := range map[string]*dynamocatalog.Options{
		"claims":   nil,
		"eventual": {EventualLookup: true},
		"fallback": {GSIFallback: true},
	} {
		b.Run(name, func(b *testing.B) {
			var (
				meter  dynamo.Meter
				client = awstest.DynamoDB(b)
				store  = open(b, dynamodb.New(client.Options(), meter.Measure), newTables(b, client), opts)
				first  int64
			)

			for b.Loop() {
				importFile(b, store, synthetic.New(synthetic.Options{Rows: importRows, First: first}), importRows)
				first += importRows
			}

			report(b, meter.Take(), b.N*importRows)
		})
	}
}

// report reports what a number of rows took.
func report(b *testing.B, used dynamo.Usage, rows int) {
	b.Helper()

	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(used.Total())/float64(rows), "requests/row")
	b.ReportMetric(used.ReadUnits/float64(rows), "RCU/row")
	b.ReportMetric(used.WriteUnits/float64(rows), "WCU/row")
}

// importFile imports a file of which every row becomes a product.
func importFile(tb testing.TB, store catalog.Store, file *synthetic.Reader, rows int64) {
	tb.Helper()

	queue, err := memqueue.New(nil)
	require.NoError(tb, err)

	defer func() { require.NoError(tb, queue.Close()) }()

	ports := importer.Ports{
		Jobs: memjobstore.New(nil), Files: memblob.New(nil), Queue: queue,
		Kinds: []importer.Kind{importer.NewProductKind(store, nil)},
	}

	service, err := importer.NewService(ports, nil)
	require.NoError(tb, err)

	worker, err := importer.NewWorker(ports, nil)
	require.NoError(tb, err)

	caller := importer.Caller{UserID: "asha"}

	upload, err := service.CreateUpload(tb.Context(), caller, importer.UploadRequest{Filename: "products.csv"})
	require.NoError(tb, err)

	_, err = ports.Files.Put(tb.Context(), upload.Key, file, nil)
	require.NoError(tb, err)

	_, err = service.Process(tb.Context(), caller, upload.JobID, nil)
	require.NoError(tb, err)

	_, err = worker.RunJob(tb.Context(), upload.JobID)
	require.NoError(tb, err)

	job, err := service.Status(tb.Context(), caller, upload.JobID)
	require.NoError(tb, err)
	require.Equal(tb, jobstore.StatusCompleted, job.Status, job.Failure)
	require.Equal(tb, rows, job.Progress.Successful)
}

// BenchmarkCreate writes new products, with a barcode and a name+brand key each.
func BenchmarkCreate(b *testing.B) {
	var (
		meter  dynamo.Meter
		client = awstest.DynamoDB(b)
		store  = open(b, dynamodb.New(client.Options(), meter.Measure), newTables(b, client), nil)
		next   = 0
	)

	for b.Loop() {
		items := benchmarkItems(next, perCall)
		next += perCall

		results, err := store.Create(b.Context(), items)
		require.NoError(b, err)
		require.Equal(b, catalog.ResultCreated, results[0].Result)
	}

	report(b, meter.Take(), b.N*perCall)
}

// BenchmarkBatchWrite writes the same items, claims included, in batches that check
// nothing: what the server is capable of.
func BenchmarkBatchWrite(b *testing.B) {
	var (
		meter    dynamo.Meter
		client   = awstest.DynamoDB(b)
		names    = newTables(b, client)
		measured = dynamodb.New(client.Options(), meter.Measure)
		next     = 0
	)

	for b.Loop() {
		products, claims := dynamocatalog.Items(benchmarkItems(next, perCall))
		next += perCall

		for table, items := range map[string][]dynamo.Item{names.products: products, names.keys: claims} {
			awstest.PutItems(b, measured, table, items)
		}
	}

	report(b, meter.Take(), b.N*perCall)
}

// benchmarkItems returns count products as an import of a grocer's list makes
// them.
func benchmarkItems(first, count int) []catalog.NewProduct {
	items := make([]catalog.NewProduct, count)

	for i := range items {
		n := first + i
		scattered := uint64(n+1) * 0x9e3779b97f4a7c15
		keys := []dedupe.Key{
			{Tier: dedupe.TierBarcode, Value: fmt.Sprintf("0%013d", scattered%10_000_000_000_000)},
			{Tier: dedupe.TierNameBrand, Value: fmt.Sprintf("nestle#maggi%016xnoodles", scattered)},
		}

		items[i] = catalog.NewProduct{Keys: keys, Product: catalog.Product{
			ID:           fmt.Sprintf("prod_4f9d2c81e6a35b07%010d", n),
			Name:         "Maggi 2-Minute Masala Instant Noodles",
			Brand:        "Nestle",
			Category:     "Snacks & Branded Foods",
			Barcode:      keys[0].Value[1:],
			NameBrandKey: keys[1].Value,
			Attributes: catalog.Attributes{
				Description:  "Instant noodles with the taste of masala, ready in two minutes. Add vegetables to taste.",
				Weight:       "70 g",
				Manufacturer: "Nestle India Limited",
			},
			SourceImageURLs:    []string{"https://images.example.com/products/noodles/masala/front.jpg"},
			QualityScore:       65,
			VerificationStatus: "admin_created",
			CreatedBy:          "user-1",
			ImportSource:       "products.csv",
			Origin:             catalog.Origin{JobID: "admin_import_20250106_abc123", Row: int64(n)},
			CreatedAt:          time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
			UpdatedAt:          time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
		}}
	}

	return items
}
