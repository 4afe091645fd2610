package importer_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// errWrite is what a store answers that must not be written to.
var errWrite = errors.New("somebody writes")

// The ports of a validation: every write fails, and is noticed.
type (
	readOnlyJobs struct {
		jobstore.Store
		writes *atomic.Int64
	}
	readOnlyFiles struct {
		blob.Store
		writes *atomic.Int64
	}
	readOnlyCatalog struct {
		catalog.Store
		writes *atomic.Int64
	}
	readOnlyInventory struct {
		catalog.Inventory
		writes *atomic.Int64
	}
	readOnlyQueue struct {
		queue.Queue
		writes *atomic.Int64
	}
	readOnlyImages struct{ writes *atomic.Int64 }
)

func (s readOnlyInventory) PutItems(context.Context, []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	s.writes.Add(1)

	return nil, errWrite
}

func (s readOnlyJobs) Create(context.Context, jobstore.Job) error {
	s.writes.Add(1)

	return errWrite
}

func (s readOnlyJobs) Update(context.Context, string, func(*jobstore.Job) error) (jobstore.Job, error) {
	s.writes.Add(1)

	return jobstore.Job{}, errWrite
}

func (s readOnlyJobs) UpdateUser(context.Context, string, func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
	s.writes.Add(1)

	return jobstore.UserRecord{}, errWrite
}

func (s readOnlyFiles) Put(context.Context, string, io.Reader, *blob.PutOptions) (blob.Info, error) {
	s.writes.Add(1)

	return blob.Info{}, errWrite
}

func (s readOnlyFiles) Delete(context.Context, string) error {
	s.writes.Add(1)

	return errWrite
}

func (s readOnlyCatalog) Create(context.Context, []catalog.NewProduct) ([]catalog.CreateResult, error) {
	s.writes.Add(1)

	return nil, errWrite
}

func (s readOnlyCatalog) Delete(context.Context, string) error {
	s.writes.Add(1)

	return errWrite
}

func (q readOnlyQueue) Send(context.Context, queue.Message, time.Duration) error {
	q.writes.Add(1)

	return errWrite
}

func (i readOnlyImages) Process(context.Context, imagepipe.Request) (imagepipe.Result, error) {
	i.writes.Add(1)

	return imagepipe.Result{}, errWrite
}

func (i readOnlyImages) Discard(context.Context, string, int) error {
	i.writes.Add(1)

	return errWrite
}

// validator is one on the engine's stores, none of which it may write to.
func (e *engine) validator(opts *importer.ValidatorOptions) (*importer.Validator, *atomic.Int64) {
	e.t.Helper()

	writes := &atomic.Int64{}

	kindOptions := e.kindOptions
	if e.images != nil {
		kindOptions.Images = readOnlyImages{writes}
	}

	v, err := importer.NewValidator(importer.Ports{
		Jobs: readOnlyJobs{e.jobs, writes}, Files: readOnlyFiles{e.files, writes}, Queue: readOnlyQueue{e.queue, writes},
		Notifier: e.told,
		Kinds: []importer.Kind{
			importer.NewProductKind(readOnlyCatalog{e.catalog, writes}, &kindOptions),
			importer.NewInventoryKind(readOnlyCatalog{e.catalog, writes}, readOnlyInventory{e.inventory(), writes}, nil),
		},
	}, opts)
	require.NoError(e.t, err)

	return v, writes
}

func (e *engine) validate(req importer.ValidationRequest) *importer.Validation {
	e.t.Helper()

	v, writes := e.validator(nil)

	before := e.job(req.JobID)
	got, err := v.Validate(e.t.Context(), owner, req)
	require.NoError(e.t, err)
	require.Zero(e.t, writes.Load())
	require.Equal(e.t, before, e.job(req.JobID))
	require.Empty(e.t, e.told.got())

	return got
}

// comparable is what a validation and an import must agree in.
type comparable struct {
	Progress jobstore.Progress
	Warnings []jobstore.Warning
	Errors   []jobstore.RowError
}

// ofImport is what an import said of all rows. Of its errors it keeps the last few, so
// the first few come from its report.
func (e *engine) ofImport(job jobstore.Job) comparable {
	p := job.Progress
	p.TotalRows, p.TotalIsExact, p.Percentage = 0, false, 0

	return comparable{settled(p), job.Warnings, job.RecentErrors}
}

func ofValidation(v *importer.Validation) comparable {
	p := v.Progress
	p.TotalRows = 0

	return comparable{settled(p), v.Warnings, v.Errors[max(0, len(v.Errors)-jobstore.MaxRecentErrors):]}
}

// settled makes no difference between maps that are nil and that are empty.
func settled(p jobstore.Progress) jobstore.Progress {
	for _, m := range []*map[string]int64{&p.DuplicatesByTier, &p.ErrorCodes, &p.Quality} {
		if len(*m) == 0 {
			*m = nil
		}
	}

	return p
}

// file returns a file of the sample data.
func file(t testing.TB, path ...string) string {
	t.Helper()

	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)

	return string(data)
}

// realFile returns a file of the real test data, or skips the test where it is not on
// this machine.
func realFile(t testing.TB, name string) string {
	t.Helper()

	folder := cmp.Or(os.Getenv("BULKIMPORT_TESTDATA"), filepath.Join("..", "..", "shared", "data"))

	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); os.IsNotExist(err) {
		t.Skipf("no real data: %s is missing; BULKIMPORT_TESTDATA names its folder", name)
	}

	return file(t, path)
}

func zipped(t testing.TB, text string) string {
	t.Helper()

	var b bytes.Buffer

	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())

	return b.String()
}

// What a validation says of a file is what its import then says.
func TestValidationEqualsTheImport(t *testing.T) {
	t.Parallel()

	sample := file(t, "..", "examples", "data", "products.csv")
	other := "name,brand,category,barcode\nProduct 0,Brand,Category,\nHeld,Nobody,Category,000000001001\nFree,Nobody,Category,0000000010028\n"

	// Two products of one name with barcodes of their own, far from each other.
	apart := "name,brand,category,barcode\nTea,Tata,Drinks,8901030875391\n" + strings.Repeat("Filler,,Category,\n", 2100) +
		"Tea,Tata,Drinks,8904043901015\nTea,Tata,Drinks,\n"

	for name, c := range map[string]struct {
		csv, before string
		store       string // of an inventory
		patch       *importer.OptionsPatch
	}{
		"inventory":                        {csv: manyStock(150), store: "store-1"},
		"inventory, against itself":        {csv: manyStock(150), before: manyStock(100), store: "store-1"},
		"inventory, barcodes keep apart":   {csv: manyStock(150), store: "store-1", patch: &importer.OptionsPatch{BarcodeConflict: ptr("distinct")}},
		"inventory, template of its store": {csv: string(csvschema.InventoryTemplate()), store: "store-1"},

		"sample":                              {csv: sample},
		"sample, twice":                       {csv: sample, before: sample},
		"in Windows-1252":                     {csv: file(t, "..", "examples", "data", "products-windows.csv")},
		"all outcomes":                        {csv: manyRows(400)},
		"all outcomes, compressed":            {csv: zipped(t, manyRows(400))},
		"against a catalogue":                 {csv: manyRows(400), before: other},
		"against itself":                      {csv: manyRows(400), before: manyRows(300)},
		"duplicates are not skipped":          {csv: manyRows(400), before: other, patch: &importer.OptionsPatch{SkipDuplicates: ptr(false)}},
		"barcodes keep products apart":        {csv: manyRows(400), before: other, patch: &importer.OptionsPatch{BarcodeConflict: ptr("distinct")}},
		"barcodes apart, not skipped":         {csv: manyRows(400), before: other, patch: &importer.OptionsPatch{BarcodeConflict: ptr("distinct"), SkipDuplicates: ptr(false)}},
		"barcodes apart, against itself":      {csv: manyRows(400), before: manyRows(300), patch: &importer.OptionsPatch{BarcodeConflict: ptr("distinct")}},
		"barcodes apart, far from each other": {csv: apart, patch: &importer.OptionsPatch{BarcodeConflict: ptr("distinct")}},
		"one row":                             {csv: "name,category\nAtta,Food\n"},
		"no row":                              {csv: "name,category\n"},
		"only blank rows":                     {csv: "name,category\n\n\n,\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			e.storeID = c.store

			if c.before != "" {
				e.imported(c.before, nil)
				e.told.events = nil
			}

			id := e.upload(c.csv)
			v := e.validate(importer.ValidationRequest{JobID: id, Rows: importer.AllRows, Options: c.patch})
			require.True(t, v.Complete)
			require.Nil(t, v.Failure)

			_, err := e.service().Process(t.Context(), owner, id, c.patch)
			require.NoError(t, err)
			require.Equal(t, importer.RunEnded, e.run(id))

			job := e.job(id)
			require.Equal(t, e.ofImport(job), ofValidation(v))
			require.Equal(t, job.Progress.TotalRows, v.EstimatedRows)
		})
	}
}

// Of any number of rows it is what an import of just these says.
func TestValidationOfTheFirstRows(t *testing.T) {
	t.Parallel()

	csv := manyRows(130)

	// Records and lines are not the same, nor are blank records rows.
	whole := newEngine(t)
	id := whole.imported(csv, nil).ID
	outcomes := resultLines(t, whole.report(id, importer.ReportResults))

	for _, rows := range []int{1, 2, 9, 10, 11, 57, len(outcomes) - 1, len(outcomes), len(outcomes) + 1, 1000, 5000} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			v := e.validate(importer.ValidationRequest{JobID: e.upload(csv), Rows: int64(rows)})

			want := map[string]int64{}
			for _, outcome := range outcomes[:min(rows, len(outcomes))] {
				want[outcome]++
			}

			require.Equal(t, want["successful"], v.Progress.Successful)
			require.Equal(t, want["duplicate"], v.Progress.Duplicates)
			require.Equal(t, want["error"], v.Progress.Errors)
			require.EqualValues(t, min(rows, len(outcomes)), v.Progress.ProcessedRows)
			require.Equal(t, rows >= len(outcomes), v.Complete)
			require.GreaterOrEqual(t, v.EstimatedRows, v.Progress.ProcessedRows)
		})
	}
}

// resultLines returns the outcomes of a results report.
func resultLines(t *testing.T, report string) []string {
	t.Helper()

	records, err := csv.NewReader(strings.NewReader(report)).ReadAll()
	require.NoError(t, err)

	outcomes := make([]string, 0, len(records))
	for _, record := range records[1:] {
		outcomes = append(outcomes, record[1])
	}

	return outcomes
}

func TestValidationOfRealData(t *testing.T) {
	t.Parallel()

	csv := realFile(t, "bigbasket.csv")
	e := newEngine(t)
	e.workerOptions.ChunkRows = 0
	id := e.upload(csv)

	v, writes := e.validator(&importer.ValidatorOptions{Time: time.Hour})
	all, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id, Rows: importer.AllRows})
	require.NoError(t, err)
	require.True(t, all.Complete)
	require.EqualValues(t, 24486, all.Progress.Successful)
	require.EqualValues(t, 3068, all.Progress.Duplicates)
	require.EqualValues(t, 1, all.Progress.Errors)

	some, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id})
	require.NoError(t, err)
	require.EqualValues(t, 1000, some.Progress.ProcessedRows)
	require.False(t, some.Complete)
	require.InDelta(t, 27555, some.EstimatedRows, 4000)
	require.Zero(t, writes.Load())

	_, err = e.service().Process(t.Context(), owner, id, nil)
	require.NoError(t, err)
	e.run(id)
	require.Equal(t, e.ofImport(e.job(id)), ofValidation(all))

	// The first thousand, as the import has them.
	want := map[string]int64{}
	for _, outcome := range resultLines(t, e.report(id, importer.ReportResults))[:1000] {
		want[outcome]++
	}

	require.Equal(t, want["successful"], some.Progress.Successful)
	require.Equal(t, want["duplicate"], some.Progress.Duplicates)
	require.Equal(t, want["error"], some.Progress.Errors)
}

func TestValidationOfColumns(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	long := strings.Repeat("ä", 500)
	v := e.validate(importer.ValidationRequest{JobID: e.upload(
		"Item Name,MRP,category,mrp,,EAN\n Atta ,10,Food,1,x,\n\"broken\nSalt,20,Food,1,y,\nAtta,20," + long + ",1,y,\nGhee,30,Food,,\nTea,40,Food\n",
	)})

	cut := strings.Repeat("ä", 100) + "…"
	require.Equal(t, []importer.ValidatedColumn{
		{Position: 1, Header: "Item Name", Column: "name", Status: importer.ColumnRecognised, Samples: []string{"Atta", "Salt", "Ghee"}},
		{Position: 2, Header: "MRP", Status: importer.ColumnUnknown, Samples: []string{"10", "20", "30"}},
		{Position: 3, Header: "category", Column: "category", Status: importer.ColumnRecognised, Samples: []string{"Food", cut}},
		{Position: 4, Header: "mrp", Status: importer.ColumnRepeated, Samples: []string{"1"}},
		{Position: 5, Header: "", Status: importer.ColumnUnknown, Samples: []string{"x", "y"}},
		{Position: 6, Header: "EAN", Column: "barcode", Status: importer.ColumnRecognised, Samples: []string{}},
	}, v.Columns)
}

func TestValidationOfAnErrorReport(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	report := e.report(e.imported(manyRows(60), nil).ID, importer.ReportErrors)
	e.told.events = nil

	v := e.validate(importer.ValidationRequest{JobID: e.upload(report)})
	require.NotZero(t, v.Progress.Errors)

	for _, column := range v.Columns {
		require.Equal(t, importer.ColumnRecognised, column.Status, column.Header)
	}
}

func TestValidationShowsTheFirstErrors(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	v := e.validate(importer.ValidationRequest{JobID: e.upload("name,category\n" + strings.Repeat(",Food\n", 200))})
	require.Len(t, v.Errors, importer.MaxValidationErrors)
	require.EqualValues(t, 2, v.Errors[0].Row)
	require.EqualValues(t, 51, v.Errors[49].Row)
	require.EqualValues(t, 200, v.Progress.Errors)
	require.Equal(t, map[string]int64{"name_missing": 200}, v.Progress.ErrorCodes)
}

func TestValidationDoesNotFetchImages(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	e.images = readOnlyImages{&atomic.Int64{}}
	csv := "name,category,image_url_1\nAtta,Food,https://images.example.in/a.jpg\n"

	codes := func(v *importer.Validation) (codes []string) {
		for _, w := range v.Warnings {
			codes = append(codes, w.Code)
		}

		return codes
	}

	require.Contains(t, codes(e.validate(importer.ValidationRequest{JobID: e.upload(csv)})), "images_not_checked")
	require.NotContains(t, codes(e.validate(importer.ValidationRequest{
		JobID: e.upload(csv), Options: &importer.OptionsPatch{ProcessImages: ptr(false)},
	})), "images_not_checked")
	require.NotContains(t, codes(e.validate(importer.ValidationRequest{JobID: e.upload(twoProducts)})), "images_not_checked")
}

func TestValidationThatIsRefused(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	v, writes := e.validator(nil)
	good, started := e.upload(twoProducts), e.queued(twoProducts, nil)

	empty, err := e.service().CreateUpload(t.Context(), owner, importer.UploadRequest{Filename: "a.csv"})
	require.NoError(t, err)

	for name, c := range map[string]struct {
		caller   importer.Caller
		req      importer.ValidationRequest
		sentinel error
		code     string
	}{
		"nothing there":   {owner, importer.ValidationRequest{JobID: "nothing"}, importer.ErrNotFound, "job_not_found"},
		"somebody else's": {importer.Caller{UserID: "ravi"}, importer.ValidationRequest{JobID: good}, importer.ErrNotFound, "job_not_found"},
		"started":         {owner, importer.ValidationRequest{JobID: started}, importer.ErrState, "job_started"},
		"no file":         {owner, importer.ValidationRequest{JobID: empty.JobID}, importer.ErrNoFile, "file_missing"},
		"negative rows":   {owner, importer.ValidationRequest{JobID: good, Rows: -2}, importer.ErrInvalid, "rows_invalid"},
		"options": {owner, importer.ValidationRequest{JobID: good, Options: &importer.OptionsPatch{MatchStrategy: ptr("fuzzy")}},
			importer.ErrInvalid, "options_invalid"},
		"no columns of ours": {owner, importer.ValidationRequest{JobID: e.upload("a,b\n1,2\n")}, importer.ErrBadFile, "column_missing"},
		"a column twice":     {owner, importer.ValidationRequest{JobID: e.upload("name,category,Name\n1,2,3\n")}, importer.ErrBadFile, "column_duplicate"},
		"a picture":          {owner, importer.ValidationRequest{JobID: e.upload("\x89PNG\r\n\x1a\n\x00\x00\x00")}, importer.ErrBadFile, "file_not_csv"},
	} {
		_, err := v.Validate(t.Context(), c.caller, c.req)
		require.Error(t, err, name)
		requireCode(t, err, c.sentinel, c.code)

		if job, err := e.jobs.Get(t.Context(), c.req.JobID); err == nil && c.req.JobID != started {
			require.Equal(t, jobstore.StatusPendingUpload, job.Status, "%s: the file can be replaced", name)
		}
	}

	require.Zero(t, writes.Load())
}

// Whoever has to rename columns is shown what they are taken for, and what is below them.
func TestValidationShowsTheColumnsOfAHeaderThatDoesNotDo(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	v, _ := e.validator(nil)

	for _, c := range []struct {
		file    string
		code    string
		missing []string
		columns []importer.ValidatedColumn
	}{
		{"सामान,EAN\nतेल,8909900001020\n\"Soap\n", "column_missing", []string{"name", "category"}, []importer.ValidatedColumn{
			{Position: 1, Header: "सामान", Status: importer.ColumnUnknown, Samples: []string{"तेल"}},
			{Position: 2, Header: "EAN", Column: "barcode", Status: importer.ColumnRecognised, Samples: []string{"8909900001020"}},
		}},
		{"name,category,Barcode,EAN\n", "column_duplicate", nil, []importer.ValidatedColumn{
			{Position: 1, Header: "name", Column: "name", Status: importer.ColumnRecognised, Samples: []string{}},
			{Position: 2, Header: "category", Column: "category", Status: importer.ColumnRecognised, Samples: []string{}},
			{Position: 3, Header: "Barcode", Column: "barcode", Status: importer.ColumnRecognised, Samples: []string{}},
			{Position: 4, Header: "EAN", Column: "barcode", Status: importer.ColumnRepeated, Samples: []string{}},
		}},
		{"Barcode,EAN\n", "column_duplicate", []string{"name", "category"}, []importer.ValidatedColumn{
			{Position: 1, Header: "Barcode", Column: "barcode", Status: importer.ColumnRecognised, Samples: []string{}},
			{Position: 2, Header: "EAN", Column: "barcode", Status: importer.ColumnRepeated, Samples: []string{}},
		}},
		{",\n1,2\n", "header_empty", nil, nil},
	} {
		_, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: e.upload(c.file)})

		var bad *importer.HeaderError
		if c.code == "header_empty" {
			require.ErrorIs(t, err, importer.ErrBadFile)

			continue
		}

		require.ErrorAs(t, err, &bad, c.file)
		requireCode(t, err, importer.ErrBadFile, c.code)
		require.Equal(t, c.missing, bad.Missing)
		require.Equal(t, c.columns, bad.Columns)
	}
}

// A file that breaks off is told of with the rows before.
func TestValidationOfADamagedFile(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	whole := zipped(t, manyRows(5000))
	v := e.validate(importer.ValidationRequest{JobID: e.upload(whole[:len(whole)-500]), Rows: importer.AllRows})
	require.False(t, v.Complete)
	require.NotNil(t, v.Failure)
	require.NotZero(t, v.Progress.ProcessedRows)
}

// slowFiles ends the time of a validation after some reads.
type slowFiles struct {
	blob.Store
	after int64
	// blocked, where not nil, gets a value when a read begins to wait for the end.
	blocked chan struct{}
}

type slowReader struct {
	io.ReadCloser
	files slowFiles
	left  int64
	ctx   context.Context
}

func (f slowFiles) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	body, info, err := f.Store.Open(ctx, key, opts)

	return &slowReader{body, f, f.after, ctx}, info, err
}

func (r *slowReader) Read(p []byte) (int, error) {
	if _, bounded := r.ctx.Deadline(); !bounded {
		return r.ReadCloser.Read(p) // the look at the head
	}

	if r.left--; r.left < 0 {
		if r.files.blocked != nil {
			r.files.blocked <- struct{}{}
		}

		<-r.ctx.Done()

		return 0, r.ctx.Err()
	}

	return r.ReadCloser.Read(p[:min(len(p), 32<<10)])
}

// When time is up, what was looked at is told, and that it is not all.
func TestValidationThatRunsOutOfTime(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(manyRows(20_000))
	e.files = slowFiles{Store: e.files, after: 12}

	v, writes := e.validator(&importer.ValidatorOptions{Time: time.Second})
	got, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id, Rows: importer.AllRows})
	require.NoError(t, err)
	require.False(t, got.Complete)
	require.Nil(t, got.Failure)
	require.NotZero(t, got.Progress.ProcessedRows)
	require.Less(t, got.Progress.ProcessedRows, int64(20_000))
	require.Greater(t, got.EstimatedRows, int64(15_000))
	require.Zero(t, writes.Load())

	// Whoever asked has gone.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err = v.Validate(ctx, owner, importer.ValidationRequest{JobID: id})
	require.ErrorIs(t, err, context.Canceled)
}

// lateCatalog fails a lookup when the time of a validation has run out.
type lateCatalog struct{ catalog.Store }

var errLate = errors.New("the catalogue is on fire")

func (c lateCatalog) Lookup(ctx context.Context, _ []dedupe.Key) (map[dedupe.Key]string, error) {
	<-ctx.Done()

	return nil, errLate
}

// An error that comes when time is up is not taken for that.
func TestValidationThatFailsAfterItsTime(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(manyRows(20))
	e.catalog = lateCatalog{e.catalog}

	v, _ := e.validator(&importer.ValidatorOptions{Time: 500 * time.Millisecond})
	_, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id, Rows: importer.AllRows})
	require.ErrorIs(t, err, errLate)
}

func TestValidationIsBounded(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	v, _ := e.validator(&importer.ValidatorOptions{MaxRows: 100})

	got, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: e.upload(manyRows(500)), Rows: importer.AllRows})
	require.NoError(t, err)
	require.EqualValues(t, 100, got.Progress.ProcessedRows)
	require.False(t, got.Complete)
}

func TestValidationsWaitForTheirTurn(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(manyRows(20_000))
	blocked := make(chan struct{}, 1)
	e.files = slowFiles{Store: e.files, after: 1, blocked: blocked}

	v, _ := e.validator(&importer.ValidatorOptions{Concurrent: 1, Wait: time.Millisecond, Time: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		_, err := v.Validate(ctx, owner, importer.ValidationRequest{JobID: id, Rows: importer.AllRows})
		done <- err
	}()

	<-blocked

	_, err := v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id, Rows: 1})
	requireCode(t, err, importer.ErrBusy, "validations_busy")

	cancel()
	require.ErrorIs(t, <-done, context.Canceled)

	ctx, cancel = context.WithCancel(t.Context())

	go func() {
		_, err := v.Validate(ctx, owner, importer.ValidationRequest{JobID: id, Rows: importer.AllRows})
		done <- err
	}()

	<-blocked // the turn was given back
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// One user cannot keep the others out, however much there is room for.
func TestValidationsOfAUserComeOneByOne(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(manyRows(20_000))

	ravi := importer.Caller{UserID: "ravi"}
	other, err := e.service().CreateUpload(t.Context(), ravi, importer.UploadRequest{Filename: "a.csv"})
	require.NoError(t, err)
	_, err = e.files.Put(t.Context(), other.Key, strings.NewReader(twoProducts), nil)
	require.NoError(t, err)

	blocked := make(chan struct{}, 1)
	slow := slowFiles{Store: e.files, after: 1, blocked: blocked}
	e.files = slowFor{Store: e.files, slow: slow, key: e.job(id).InputKey}

	v, _ := e.validator(&importer.ValidatorOptions{Concurrent: 2, Wait: time.Millisecond, Time: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)

	go func() {
		_, err := v.Validate(ctx, owner, importer.ValidationRequest{JobID: id, Rows: importer.AllRows})
		done <- err
	}()

	<-blocked

	_, err = v.Validate(t.Context(), owner, importer.ValidationRequest{JobID: id, Rows: 1})
	requireCode(t, err, importer.ErrBusy, "validations_busy")

	_, err = v.Validate(t.Context(), ravi, importer.ValidationRequest{JobID: other.JobID})
	require.NoError(t, err)

	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

// slowFor is slow for one key alone.
type slowFor struct {
	blob.Store
	slow slowFiles
	key  string
}

func (s slowFor) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if key == s.key {
		return s.slow.Open(ctx, key, opts)
	}

	return s.Store.Open(ctx, key, opts)
}

func TestNewValidator(t *testing.T) {
	t.Parallel()

	e := newEngine(t)

	for _, opts := range []importer.ValidatorOptions{{Time: -1}, {MaxRows: -1}, {Concurrent: -1}, {Wait: -1}} {
		_, err := importer.NewValidator(e.ports(), &opts)
		require.ErrorIs(t, err, importer.ErrConfig)
	}

	_, err := importer.NewValidator(importer.Ports{}, nil)
	require.ErrorIs(t, err, importer.ErrConfig)
}
