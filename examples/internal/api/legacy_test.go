package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// imported returns the products of the catalogue by their names.
func (h *harness) imported(t *testing.T) map[string]catalog.Product {
	t.Helper()

	all, err := h.catalog.List(t.Context(), "", 0)
	require.NoError(t, err)

	products := map[string]catalog.Product{}
	for _, p := range all {
		products[p.Name] = p
	}

	return products
}

func TestBulkImport(t *testing.T) {
	t.Parallel()

	var used atomic.Int64

	h := newHarness(t, func(h *harness) { h.legacy.Used = func(context.Context) { used.Add(1) } })
	body := `{"source":"shop","products":[
		{"name":"Atta, \"fine\"","category":"Food","brand":"Aashirvaad","barcode":8901030875391,"weight":5,
		 "images":["https://images.example.in/1.jpg","https://images.example.in/2.jpg"],
		 "regional_names":{"IN-MH":["आटा","कणिक"],"IN-TN":"மாவு"},"nutrition":{"energy":364},"additional_barcodes":["8901030000003",null]},
		{"name":"Salt;|\t\nline","category":"Food","description":"=1+1"},
		{"name":"ATTA fine","category":"Food","barcode":"8901030875391"},
		{"name":"","category":"Food","brand":"@evil"},
		{"name":"Ghee","category":"Food","barcode":8.90123E+12,"fresh":true}
	]}`

	w := h.do(t, "asha", http.MethodPost, api.LegacyPath, body)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Equal(t, "@1796083200", w.Header().Get("Deprecation"))
	require.Equal(t, "Wed, 01 Dec 2027 00:00:00 GMT", w.Header().Get("Sunset"))
	require.Equal(t, `</api/v1/admin/products/import/upload-url>; rel="successor-version"`, w.Header().Get("Link"))

	answer := decode(t, w)
	stats := answer["import_stats"].(object)
	problems := stats["errors"].([]any)
	require.Len(t, problems, 2)
	require.Contains(t, answer["message"], `unknown columns are not imported: "fresh"`)
	require.EqualValues(t, 3, problems[0].(object)["index"])
	require.Equal(t, "name_missing", problems[0].(object)["error_code"])
	require.EqualValues(t, 4, problems[1].(object)["index"])
	require.Equal(t, "barcode_scientific", problems[1].(object)["error_code"])
	delete(stats, "errors")
	require.Equal(t, object{"total_imported": 5.0, "successful": 2.0, "failed": 2.0, "duplicates_found": 1.0}, stats)
	require.Regexp(t, `^2 of 5 products were imported, as job admin_import_\w+\.`, answer["message"])
	require.EqualValues(t, 1, used.Load())

	products := h.imported(t)
	require.Len(t, products, 2)

	atta := products[`Atta, "fine"`]
	require.Equal(t, "8901030875391", atta.Barcode)
	require.Equal(t, []string{"8901030000003"}, atta.AdditionalBarcodes)
	require.Equal(t, "5", atta.Attributes.Weight)
	require.Equal(t, map[string]string{"energy": "364"}, atta.Attributes.Nutrition)
	require.Equal(t, map[string][]string{"IN-MH": {"आटा", "कणिक"}, "IN-TN": {"மாவு"}}, atta.RegionalNames)
	require.Len(t, atta.SourceImageURLs, 2)
	require.Equal(t, "asha", atta.CreatedBy)

	// It is a job like others.
	jobs := h.get(t, "asha", http.MethodGet, api.Base, "", http.StatusOK)["jobs"].([]any)
	require.Len(t, jobs, 1)
	require.Equal(t, "bulk-import shop.csv", jobs[0].(object)["filename"])
	require.Equal(t, "completed_with_errors", jobs[0].(object)["status"])

	// A second time there is nothing new.
	answer = h.get(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"X","category":"Food","barcode":"8901030875391"}]}`, http.StatusOK)
	require.Equal(t, object{"total_imported": 1.0, "successful": 0.0, "failed": 0.0, "duplicates_found": 1.0, "errors": []any{}}, answer["import_stats"])
}

func TestBulkImportOfManyAtOnce(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.options.MaxConcurrentJobs = -1 })

	products := make([]object, 500)
	for i := range products {
		products[i] = object{"name": fmt.Sprintf("Product %d", i), "category": "Food", "barcode": fmt.Sprintf("%013d", 1000+i)}
	}

	text, err := json.Marshal(object{"products": products})
	require.NoError(t, err)

	var (
		wait                   sync.WaitGroup
		successful, duplicates atomic.Int64
	)

	for range 6 {
		wait.Go(func() {
			w := h.do(t, "asha", http.MethodPost, api.LegacyPath, string(text))

			var answer struct {
				Stats struct {
					Successful int64 `json:"successful"`
					Duplicates int64 `json:"duplicates_found"`
				} `json:"import_stats"`
			}
			if json.Unmarshal(w.Body.Bytes(), &answer) == nil {
				successful.Add(answer.Stats.Successful)
				duplicates.Add(answer.Stats.Duplicates)
			}
		})
	}

	wait.Wait()
	require.EqualValues(t, 500, successful.Load())
	require.EqualValues(t, 2500, duplicates.Load())
	require.Len(t, h.imported(t), 500)
}

func TestBulkImportThatIsWrong(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	many := strings.Repeat(`{"name":"a","category":"b"},`, 501)
	deep := strings.Repeat(`[`, 20_000)

	for _, tt := range []struct {
		body, code string
		status     int
	}{
		{``, "json_invalid", 400},
		{`[]`, "json_invalid", 400},
		{`{}`, "products_invalid", 400},
		{`{"products":[]}`, "products_invalid", 400},
		{`{"products":{}}`, "field_invalid", 400},
		{`{"products":["a"]}`, "field_invalid", 400},
		{`{"products":[` + strings.TrimSuffix(many, ",") + `]}`, "products_invalid", 400},
		{`{"products":[{"name":"a","category":"b"},{}]}`, "product_invalid", 400},
		{`{"products":[null]}`, "product_invalid", 400},
		{`{"products":[{"name":" \t\u0000","category":null}]}`, "product_invalid", 400},
		{`{"products":[{"name":{"a":1},"category":"b"}]}`, "product_invalid", 400},
		{`{"products":[{"name":["a"],"category":"b"}]}`, "product_invalid", 400},
		{`{"products":[{"name":"a","category":"b","images":[{}]}]}`, "product_invalid", 400},
		{`{"products":[{"name":"a","category":"b","regional_names":["x"]}]}`, "product_invalid", 400},
		{`{"products":[{"name":"a","category":"b","nutrition":{"":"x"}}]}`, "product_invalid", 400},
		{`{"products":[{"":"a"}]}`, "product_invalid", 400},
		{`{"products":[{"name":"a","category":"b"}],"source":"../x"}`, "source_invalid", 400},
		{`{"products":[{"name":"a","category":"b"}],"source":"` + strings.Repeat("x", 101) + `"}`, "source_invalid", 400},
		{`{"products":[{"name":"a","category":"b"}],"sauce":"x"}`, "unknown_field", 400},
		{`{"products":[{"name":"a"}]}`, "products_invalid", 400},
		{`{"products":[{"name":"a","category":"b","ean":"1"},{"name":"a","category":"b","barcode":"1"}]}`, "products_invalid", 400},
		{`{"products":[{"name":"a","category":"b","ean":"1","barcode":"1"}]}`, "product_invalid", 400},
		{`{"products":[{"***":"a"}]}`, "products_invalid", 400},
		{`{"products":[{"name":` + deep + `}]}`, "json_invalid", 400},
		{`{"products":[{"name":"` + strings.Repeat("x", 9<<20) + `"}]}`, "body_too_large", 413},
	} {
		w := h.do(t, "asha", http.MethodPost, api.LegacyPath, tt.body)
		require.Equal(t, tt.status, w.Code, "%.80s: %s", tt.body, w.Body)
		require.NotEmpty(t, w.Header().Get("Sunset"))
		require.Equal(t, tt.code, decode(t, w)["code"], "%.80s", tt.body)
	}

	require.Empty(t, h.imported(t))
	require.Empty(t, h.get(t, "asha", http.MethodGet, api.Base, "", http.StatusOK)["jobs"], "nothing was made of them")
	require.Zero(t, h.jobsOfDay(t, "asha"))
	require.NotEmpty(t, h.do(t, "", http.MethodPost, api.LegacyPath, "").Header().Get("Deprecation"))
}

// Who sends products knows of fields, and of no file and its columns.
func TestBulkImportSpeaksOfFields(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for products, want := range map[string]string{
		`{"colour":"a","category":"b"}`: "No product has the field \"name\", which every one needs.",
		`{"colour":"red"}`:              "No product has the field \"name\" or \"category\", which every one needs.",
		`{"name":"a","category":"b","ean":"1"},{"name":"a","category":"b","barcode":"2"}`: "Some products have one and some the other " +
			"of the fields \"barcode\" and \"ean\", which mean the same; use one of them.",
		`{"name":"a","category":"b"},{"name":"a","category":"b","ean":"1","barcode":"2"}`: "Number 2 of products has the fields " +
			"\"barcode\" and \"ean\", which mean the same; keep one of them.",
		`{"name":"a","category":"b","nutrition":{"energy":1},"Nutrition Energy":1}`: "Number 1 of products has the fields " +
			"\"Nutrition Energy\" and \"nutrition.energy\", which mean the same; keep one of them.",
		`{"name":"a","category":"b","images":["https://a.example/1"],"Image 1":"https://a.example/2"}`: "Number 1 of products has the fields " +
			"\"Image 1\" and \"images\", which mean the same; keep one of them.",
		`{"name":"a","category":"b","nutrition":{` + manyMembers(200) + `}}`: "The products have too many different fields \"nutrition_*\" together.",
	} {
		w := h.do(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[`+products+`]}`)
		require.Equal(t, http.StatusBadRequest, w.Code, "%.200s: %s", products, w.Body)
		require.Equal(t, want, decode(t, w)["error"])
	}
}

func manyMembers(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"m%d":%d`, i, i)
	}

	return strings.Join(members, ",")
}

// stuck is a worker that is not done in time.
type stuck struct{}

func (stuck) RunJob(ctx context.Context, _ string) (importer.RunResult, error) {
	<-ctx.Done()

	return 0, ctx.Err()
}

func TestBulkImportThatTakesLong(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.legacy.Runner, h.legacy.Wait = stuck{}, time.Millisecond })

	answer := h.get(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"a","category":"b"}]}`, http.StatusAccepted)
	require.Contains(t, answer["message"], "/status")
	require.EqualValues(t, 0, answer["import_stats"].(object)["total_imported"])
}

// held is a worker that holds its place until it is let go.
type held struct{ began, letGo chan struct{} }

func (h held) RunJob(context.Context, string) (importer.RunResult, error) {
	h.began <- struct{}{}
	<-h.letGo

	return importer.RunSkipped, nil
}

// Where all places are taken nothing is made of the products, not even a file.
func TestBulkImportWithoutAPlace(t *testing.T) {
	t.Parallel()

	worker := held{began: make(chan struct{}), letGo: make(chan struct{})}
	h := newHarness(t, func(h *harness) {
		h.options.MaxConcurrentJobs = -1
		h.legacy.Runner, h.legacy.Wait = worker, 50*time.Millisecond
	})
	body := `{"products":[{"name":"a","category":"b"}]}`

	var wait sync.WaitGroup

	busy := func(user string) {
		w := h.do(t, user, http.MethodPost, api.LegacyPath, body)
		require.Equal(t, http.StatusServiceUnavailable, w.Code, w.Body.String())
		require.Equal(t, "imports_busy", decode(t, w)["code"])
		require.NotEmpty(t, w.Header().Get("Retry-After"))
	}

	// One user has one of them, whatever else is free.
	for _, user := range []string{"asha", "ravi", "meera", "root"} {
		wait.Go(func() { h.do(t, user, http.MethodPost, api.LegacyPath, body) })
		<-worker.began
		busy(user)
	}

	busy("usha")

	require.Len(t, h.get(t, "root", http.MethodGet, api.Base, "", http.StatusOK)["jobs"], 4)

	close(worker.letGo)
	wait.Wait()
}

// The file has a field for each product and column: a few products with very many fields
// must not make it a thousand times as large as the request.
func TestBulkImportWithManyFields(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	fields := func(from, to int, name string) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `,"`+name+`":1`, i)
		}

		return b.String()
	}

	for _, tt := range []struct {
		products string
		status   int
	}{
		{`{"name":"a","category":"b"` + fields(0, 2046, "%d") + `}`, http.StatusOK},
		{`{"name":"a","category":"b"` + fields(0, 2047, "%d") + `}`, http.StatusBadRequest},
		{`{"name":"a","category":"b"` + fields(0, 1500, "%d") + `},{"name":"c","category":"b"` + fields(1500, 3000, "%d") + `}`, http.StatusBadRequest},
		{`{"name":"a","category":"b","images":[` + strings.TrimPrefix(strings.Repeat(`,"x"`, 3000), ",") + `]}`, http.StatusBadRequest},
		{`{"name":"a","category":"b","nutrition":{` + strings.TrimPrefix(fields(0, 3000, "%d"), ",") + `}}`, http.StatusBadRequest},
		{`{"name":"a","category":"b"` + fields(0, 1000, strings.Repeat("x", 80)+"%d") + `}`, http.StatusBadRequest},
		{strings.Repeat(`{"a":1},`, 499) + `{"name":"a","category":"b"` + fields(0, 700_000, "%x") + `}`, http.StatusBadRequest},
	} {
		w := h.do(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[`+tt.products+`]}`)
		require.Equal(t, tt.status, w.Code, "%.80s: %.300s", tt.products, w.Body)

		if tt.status != http.StatusOK {
			require.Equal(t, "product_invalid", decode(t, w)["code"], "%.80s", tt.products)
		}
	}

	require.Len(t, h.get(t, "asha", http.MethodGet, api.Base, "", http.StatusOK)["jobs"], 1, "nothing was made of the others")
}

func TestBulkImportOfFieldsThatMeanTheSame(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for _, fields := range []string{
		`"image_url_1":"https://a.example/1","images":["https://a.example/2"]`,
		`"images":["https://a.example/1"],"image_urls":["https://a.example/2"]`,
		`"images":["https://a.example/1"],"Images":["https://a.example/2"]`,
		`"nutrition":{"energy":1},"nutrition_energy":2`,
		`"nutrition":{"energy":1},"NUTRITION":{"energy":2}`,
		`"regional_names":{"IN-TN":["x","y"]},"regional_names_IN-TN":"x"`,
	} {
		w := h.do(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"a","category":"b",`+fields+`}]}`)
		require.Equal(t, http.StatusBadRequest, w.Code, "%s: %s", fields, w.Body)
		answer := decode(t, w)
		require.Equal(t, "product_invalid", answer["code"], fields)
		require.Contains(t, answer["error"], "different values", fields)
	}

	require.Empty(t, h.imported(t))

	// Where only one has a value, or both the same, nothing is lost.
	h.get(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"a","category":"b",
		"image_url_1":"https://a.example/1","images":["https://a.example/1","https://a.example/2"],
		"nutrition":{"energy":7},"nutrition_energy":null,"NUTRITION":{"fat":1}}]}`, http.StatusOK)
	require.Equal(t, []string{"https://a.example/1", "https://a.example/2"}, h.imported(t)["a"].SourceImageURLs)
	require.Equal(t, map[string]string{"energy": "7", "fat": "1"}, h.imported(t)["a"].Attributes.Nutrition)
}

type broken struct{}

func (broken) RunJob(context.Context, string) (importer.RunResult, error) {
	return 0, errors.New("the secret reason")
}

func TestBulkImportThatBreaks(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.legacy.Runner = broken{} })

	answer := h.get(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"a","category":"b"}]}`, http.StatusInternalServerError)
	require.NotContains(t, answer["error"], "secret")
}

func TestBulkImportAndQuotas(t *testing.T) {
	t.Parallel()

	h := newHarness(t, func(h *harness) { h.options.MaxConcurrentJobs = 1 })
	h.process(t, "asha", h.job(t, "asha", someCSV), http.StatusAccepted)

	w := h.do(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"a","category":"b"}]}`)
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	require.Equal(t, "quota_concurrent_jobs", decode(t, w)["code"])

	// Nothing is left of it, however often it comes, and however many at once: no job, and no
	// count towards those of the day.
	before := h.jobsOfDay(t, "asha")

	var wait sync.WaitGroup

	for range 12 {
		wait.Go(func() {
			w := h.do(t, "asha", http.MethodPost, api.LegacyPath, `{"products":[{"name":"a","category":"b"}]}`)
			if w.Code != http.StatusTooManyRequests {
				t.Errorf("answered with %d: %s", w.Code, w.Body)
			}
		})
	}

	wait.Wait()
	require.Equal(t, before, h.jobsOfDay(t, "asha"))
	require.EqualValues(t, 1, before)
	require.Len(t, h.get(t, "asha", http.MethodGet, api.Base, "", http.StatusOK)["jobs"], 1)
}

// jobsOfDay returns how many jobs of a user count today.
func (h *harness) jobsOfDay(t *testing.T, user string) int64 {
	t.Helper()

	record, err := h.jobs.UpdateUser(t.Context(), user, func(*jobstore.UserRecord) error { return nil })
	require.NoError(t, err)

	return record.JobsOfDay
}

// Whatever the products are, nothing breaks, and every one is accounted for.
func FuzzBulkImport(f *testing.F) {
	f.Add("name", "Atta", "category", "Food")
	f.Add("name", "a\r\"b\"", "images", "x|y")
	f.Add("row_number", "error_code", "error_message", "'=1")
	f.Add("\x00", "\xff", "sep=;", "\ufeff")

	f.Fuzz(func(t *testing.T, field1, value1, field2, value2 string) {
		h := newHarness(t, nil)
		text, err := json.Marshal(object{"products": []object{
			{"name": "First", "category": "Food"}, {"name": "Second", "category": "Food", field1: value1, field2: value2},
			{"name": "Third", "category": "Food"},
		}})
		require.NoError(t, err)

		w := h.do(t, "asha", http.MethodPost, api.LegacyPath, string(text))
		require.Less(t, w.Code, 500, w.Body.String())

		if w.Code == http.StatusOK {
			stats := decode(t, w)["import_stats"].(object)
			require.EqualValues(t, 3, stats["total_imported"])
			require.Equal(t, 3.0, stats["successful"].(float64)+stats["failed"].(float64)+stats["duplicates_found"].(float64))
		}
	})
}
