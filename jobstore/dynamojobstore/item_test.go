package dynamojobstore_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/dynamojobstore"
)

func created() time.Time { return time.Date(2025, time.January, 6, 9, 30, 0, 120_000_000, time.UTC) }

func newJob(id string) jobstore.Job {
	return jobstore.Job{
		ID:              id,
		Type:            jobstore.TypeAdminProductImport,
		CreatedByUserID: "user-1",
		Status:          jobstore.StatusQueued,
		InputKey:        "admin-imports/" + id + "/input.csv",
		CreatedAt:       created(),
	}
}

// runningJob is what an import looks like on its way.
func runningJob(id string) jobstore.Job {
	at := created()
	job := newJob(id)
	job.Status = jobstore.StatusProcessing
	job.CreatedByEmail = "asha@example.org"
	job.StatusHistory = []jobstore.StatusChange{
		{Status: jobstore.StatusPendingUpload, At: at, By: "user-1"},
		{Status: jobstore.StatusQueued, At: at.Add(time.Minute), By: "user-1"},
		{Status: jobstore.StatusProcessing, At: at.Add(2 * time.Minute), By: "worker-1"},
	}
	job.Progress = jobstore.Progress{
		TotalRows: 27_555, ProcessedRows: 12_000, Successful: 10_900, Duplicates: 1_088, Errors: 12, Percentage: 43.55,
		DuplicatesByTier: map[string]int64{"barcode": 1_000, "name_brand": 88},
		Quality:          map[string]int64{"good": 9_000, "fair": 1_900}, QualitySum: 850_000,
	}
	job.Bucket, job.InputFilename, job.InputFileSizeBytes = "vyapaarai-bulk-uploads-prod", "products.csv", 7_340_032
	job.InputDialect = json.RawMessage(`{"delimiter":";","encoding":"utf-8"}`)
	job.Options = jobstore.Options{SkipDuplicates: true, DefaultVerificationStatus: "admin_created", MatchStrategy: "strict"}
	job.Checkpoint = jobstore.Checkpoint{
		Offset: 3_196_000, Row: 12_002, Line: 12_002, Segments: 12, LastSegment: 11_002, Digest: strings.Repeat("0f", 32),
		Writers: []jobstore.SegmentWriter{{FirstRow: 2, Epoch: 1}},
	}
	job.Lease = jobstore.Lease{Owner: "worker-1", Epoch: 1, ExpiresAt: at.Add(3 * time.Minute)}
	job.StartedAt = at.Add(2 * time.Minute)
	job.ExpiresAt = at.AddDate(0, 0, 30)

	for row := range int64(jobstore.MaxRecentErrors) {
		job.RecentErrors = append(job.RecentErrors, jobstore.RowError{
			Row: 100 * row, Barcode: "8.90103E+12", Name: "Maggi 2-Minute Noodles", Code: "barcode_scientific",
			Message: "The barcode was written as a number by a spreadsheet and has lost digits.",
		})
	}

	return job
}

// item returns what the server has under a key.
func (o *opened) item(t testing.TB, key string) dynamo.Item {
	t.Helper()

	out, err := o.client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: &o.table, Key: dynamo.Item{"job_id": dynamo.S(key)}, ConsistentRead: aws.Bool(true),
	})
	require.NoError(t, err)

	return out.Item
}

func (o *opened) put(t testing.TB, item dynamo.Item) {
	t.Helper()

	_, err := o.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &o.table, Item: item})
	require.NoError(t, err)
}

func number(text string) dynamo.Value { return &types.AttributeValueMemberN{Value: text} }

func mapOf(item dynamo.Item) dynamo.Value { return &types.AttributeValueMemberM{Value: item} }

func listOf(values ...dynamo.Value) dynamo.Value { return &types.AttributeValueMemberL{Value: values} }

// TestItem is the layout that other programs rely on, as the server has it.
func TestItem(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	require.NoError(t, s.Create(t.Context(), runningJob("admin_import_20250106_abc123")))

	item := s.item(t, "admin_import_20250106_abc123")

	want := dynamo.Item{
		"job_id":             dynamo.S("admin_import_20250106_abc123"),
		"job_type":           dynamo.S("admin_product_import"),
		"created_by_user_id": dynamo.S("user-1"),
		"status":             dynamo.S("processing"),
		"created_at":         dynamo.S("2025-01-06T09:30:00.12Z"),
		"version":            number("1"),
		"input_dialect":      dynamo.S(`{"delimiter":";","encoding":"utf-8"}`),
		"ttl":                number(fmt.Sprint(created().AddDate(0, 0, 30).Unix() + 1)), // rounded up

		"created_by_user_id_gsi": dynamo.S("user-1"),
		"status_gsi":             dynamo.S("processing"),
		"job_type_gsi":           dynamo.S("admin_product_import"),
		"created_at_gsi":         dynamo.S("2025-01-06T09:30:00.120000000Z#admin_import_20250106_abc123"),

		"progress": mapOf(dynamo.Item{
			"total_rows": number("27555"), "processed_rows": number("12000"), "successful": number("10900"), "duplicates": number("1088"), "errors": number("12"),
			"percentage": number("43.55"), "quality_sum": number("850000"),
			"duplicates_by_tier": mapOf(dynamo.Item{"barcode": number("1000"), "name_brand": number("88")}),
			"quality":            mapOf(dynamo.Item{"good": number("9000"), "fair": number("1900")}),
		}),
		"lease": mapOf(dynamo.Item{"owner": dynamo.S("worker-1"), "epoch": number("1"), "expires_at": dynamo.S("2025-01-06T09:33:00.12Z")}),
	}
	for name, value := range want {
		require.Equal(t, value, item[name], name)
	}

	for _, absent := range []string{"store_id", "failure", "completed_at", "warnings", "batch_id"} {
		require.NotContains(t, item, absent)
	}

	job, err := s.Get(t.Context(), "admin_import_20250106_abc123")
	require.NoError(t, err)
	require.Equal(t, created().AddDate(0, 0, 30).Truncate(time.Second).Add(time.Second), job.ExpiresAt)
}

// foreignItem is a job as a program wrote it that knows nothing of this package.
func foreignItem(id string) dynamo.Item {
	return dynamo.Item{
		"job_id": dynamo.S(id), "job_type": dynamo.S("admin_product_import"), "created_by_user_id": dynamo.S("user-1"),
		"status":     dynamo.S("queued"),
		"created_at": dynamo.S("2025-01-06T09:30:00.123456"), // no zone
		"started_at": dynamo.S(""), "completed_at": &types.AttributeValueMemberNULL{Value: true},
		"progress":       mapOf(dynamo.Item{"total_rows": number("12"), "eta_seconds": number("7")}),
		"status_history": listOf(mapOf(dynamo.Item{"status": dynamo.S("queued"), "at": dynamo.S("2025-01-06 09:30:00"), "note": dynamo.S("by hand")})),
		"ttl":            number("1893456000.5"),
		"tenant":         dynamo.S("north"), "labels": &types.AttributeValueMemberSS{Value: []string{"a", "b"}},
		"created_by_user_id_gsi": dynamo.S("user-1"), "status_gsi": dynamo.S("queued"), "created_at_gsi": dynamo.S("2025-01-06T09:30:00"),
	}
}

// TestForeignItem reads, lists and changes an item without a version; what is not known of
// it survives.
func TestForeignItem(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	s.put(t, foreignItem("a"))

	job, err := s.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Zero(t, job.Version)
	require.Equal(t, time.Date(2025, time.January, 6, 9, 30, 0, 123_456_000, time.UTC), job.CreatedAt)
	require.True(t, job.StartedAt.IsZero())
	require.Equal(t, int64(12), job.Progress.TotalRows)
	require.Equal(t, time.Date(2030, time.January, 1, 0, 0, 1, 0, time.UTC), job.ExpiresAt)
	require.Equal(t, time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC), job.StatusHistory[0].At)

	page, err := s.List(t.Context(), jobstore.Query{CreatedBy: "user-1"})
	require.NoError(t, err)
	require.Len(t, page.Jobs, 1)

	got, err := s.Update(t.Context(), "a", func(j *jobstore.Job) error {
		j.Progress.ProcessedRows = 5

		return j.Transition(jobstore.StatusProcessing, created(), "worker-1")
	})
	require.NoError(t, err)
	require.Equal(t, int64(1), got.Version)

	item := s.item(t, "a")
	require.Equal(t, dynamo.S("north"), item["tenant"])
	require.Equal(t, &types.AttributeValueMemberSS{Value: []string{"a", "b"}}, item["labels"])
	require.Equal(t, number("1"), item["version"])
	require.Equal(t, dynamo.S("processing"), item["status_gsi"])
	require.Equal(t, dynamo.S("2025-01-06T09:30:00.123456000Z#a"), item["created_at_gsi"])
	require.Equal(t, dynamo.S("2025-01-06T09:30:00.123456"), item["created_at"], "what nobody changed is written in another way")

	progress := item["progress"].(*types.AttributeValueMemberM).Value
	require.Equal(t, number("7"), progress["eta_seconds"], "an unknown attribute of a map is gone")
	require.Equal(t, number("5"), progress["processed_rows"])

	history := item["status_history"].(*types.AttributeValueMemberL).Value
	require.Len(t, history, 2)
	require.Equal(t, dynamo.S("by hand"), history[0].(*types.AttributeValueMemberM).Value["note"], "and one of an element of a list")

	require.Len(t, page.Jobs, 1)
	require.Equal(t, got, mustGet(t, s, "a"))
}

func mustGet(t testing.TB, s jobstore.Store, id string) jobstore.Job {
	t.Helper()

	job, err := s.Get(t.Context(), id)
	require.NoError(t, err)

	return job
}

// TestForeignWriter has somebody change an item, who does not count versions, between our
// read and our write: what both changed is ours, the rest is theirs.
func TestForeignWriter(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	require.NoError(t, s.Create(t.Context(), newJob("a")))

	_, err := s.Update(t.Context(), "a", func(j *jobstore.Job) error {
		_, err := s.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: &s.table, Key: dynamo.Item{"job_id": dynamo.S("a")},
			UpdateExpression:          aws.String("SET input_etag = :e, tenant = :t"),
			ExpressionAttributeValues: dynamo.Item{":e": dynamo.S("theirs"), ":t": dynamo.S("north")},
		})
		j.InputFilename = "ours.csv"

		return err
	})
	require.NoError(t, err)

	item := s.item(t, "a")
	require.Equal(t, dynamo.S("ours.csv"), item["input_filename"])
	require.Equal(t, dynamo.S("theirs"), item["input_etag"])
	require.Equal(t, dynamo.S("north"), item["tenant"])
}

// TestItemGoesDuringUpdate has the item deleted, as by its time to live, in the middle: it
// must not come back as a fragment.
func TestItemGoesDuringUpdate(t *testing.T) {
	t.Parallel()

	for name, item := range map[string]dynamo.Item{"ours": nil, "of others": foreignItem("a")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := newStore(t, created)
			if item == nil {
				require.NoError(t, s.Create(t.Context(), newJob("a")))
			} else {
				s.put(t, item)
			}

			_, err := s.Update(t.Context(), "a", func(*jobstore.Job) error {
				_, err := s.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{
					TableName: &s.table, Key: dynamo.Item{"job_id": dynamo.S("a")},
				})

				return err
			})
			require.ErrorIs(t, err, jobstore.ErrNotFound)
			require.Empty(t, s.item(t, "a"))
		})
	}
}

// TestUnreadableItem is one that somebody has spoilt: it is reported by name, and hides no
// others.
func TestUnreadableItem(t *testing.T) {
	t.Parallel()

	log := &strings.Builder{}
	s := newStore(t, created)
	store := open(t, s.client, s.table, &dynamojobstore.Options{Logger: slog.New(slog.NewTextHandler(log, nil))})
	require.NoError(t, store.Create(t.Context(), newJob("whole")))

	for name, spoil := range map[string]func(dynamo.Item){
		"status":     func(i dynamo.Item) { i["status"] = number("7") },
		"progress":   func(i dynamo.Item) { i["progress"] = dynamo.S("half") },
		"rows":       func(i dynamo.Item) { i["progress"] = mapOf(dynamo.Item{"total_rows": number("1.5")}) },
		"created_at": func(i dynamo.Item) { i["created_at"] = dynamo.S("yesterday") },
		"ttl text":   func(i dynamo.Item) { i["ttl"] = dynamo.S("soon") },
		"ttl in ms":  func(i dynamo.Item) { i["ttl"] = number("1736159400000") },
		"version":    func(i dynamo.Item) { i["version"] = dynamo.S("1") },
		"dialect":    func(i dynamo.Item) { i["input_dialect"] = dynamo.S("{") },
	} {
		item := foreignItem("spoilt")
		spoil(item)
		s.put(t, item)

		_, getErr := store.Get(t.Context(), "spoilt")
		_, updateErr := store.Update(t.Context(), "spoilt", func(*jobstore.Job) error { return nil })

		for _, err := range []error{getErr, updateErr} {
			require.ErrorIs(t, err, dynamojobstore.ErrUnreadable, name)
			require.NotErrorIs(t, err, jobstore.ErrNotFound)
		}

		log.Reset()

		page, err := store.List(t.Context(), jobstore.Query{})
		require.NoError(t, err, name)
		require.Len(t, page.Jobs, 1, name)
		require.Contains(t, log.String(), "job_id=spoilt", name)
	}
}

func TestSizeIsBounded(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)

	job := newJob("a")
	job.InputFilename = strings.Repeat("x", dynamo.MaxItemBytes)
	require.ErrorIs(t, s.Create(t.Context(), job), jobstore.ErrInvalid)

	job.InputFilename = strings.Repeat("x", dynamo.MaxItemBytes-1500)
	require.NoError(t, s.Create(t.Context(), job), "the server takes what the store says it does")

	_, err := s.Update(t.Context(), "a", func(j *jobstore.Job) error {
		j.InputETag = strings.Repeat("y", 1500)

		return nil
	})
	require.ErrorIs(t, err, jobstore.ErrInvalid)

	// What the store does not know takes up room as well.
	item := s.item(t, "a")
	item["tenant"] = dynamo.S(strings.Repeat("z", 600))
	s.put(t, item)

	_, err = s.Update(t.Context(), "a", func(j *jobstore.Job) error {
		j.InputETag = strings.Repeat("y", 600)

		return nil
	})
	require.ErrorIs(t, err, jobstore.ErrInvalid)
	require.Empty(t, mustGet(t, s, "a").InputETag)
}

// TestNumbersOutOfRange are those of a float64 that DynamoDB cannot keep.
func TestNumbersOutOfRange(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)

	for i, f := range []float64{math.MaxFloat64, -1e126, 1e-131, math.SmallestNonzeroFloat64} {
		job := newJob(fmt.Sprint("bad-", i))
		job.Progress.Percentage = f
		require.ErrorIs(t, s.Create(t.Context(), job), jobstore.ErrInvalid, f)
	}

	for i, f := range []float64{1e125, -1e-130, 0.1, math.Pi, 100.0 / 3} {
		job := newJob(fmt.Sprint("good-", i))
		job.Progress.Percentage, job.Progress.TotalRows = f, math.MaxInt64
		require.NoError(t, s.Create(t.Context(), job))

		got := mustGet(t, s, job.ID).Progress
		require.Equal(t, f, got.Percentage)
		require.Equal(t, int64(math.MaxInt64), got.TotalRows)
	}
}

// TestReservedIDs are those of the records of users, which no job has.
func TestReservedIDs(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	_, err := s.UpdateUser(t.Context(), "asha", func(*jobstore.UserRecord) error { return nil })
	require.NoError(t, err)

	id := dynamojobstore.UserPrefix + "asha"
	require.ErrorIs(t, s.Create(t.Context(), newJob(id)), jobstore.ErrInvalid)

	_, err = s.Get(t.Context(), id)
	require.ErrorIs(t, err, jobstore.ErrNotFound)

	_, err = s.Update(t.Context(), id, func(*jobstore.Job) error { return nil })
	require.ErrorIs(t, err, jobstore.ErrNotFound)

	item := s.item(t, id)
	require.Equal(t, dynamo.S("asha"), item["user_id"])

	for _, gsi := range []string{"created_by_user_id_gsi", "status_gsi", "job_type_gsi", "created_at_gsi", "ttl"} {
		require.NotContains(t, item, gsi)
	}
}

// TestUnknownAttributesOfUsersSurvive is for a later version of the record.
func TestUnknownAttributesOfUsersSurvive(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	s.put(t, dynamo.Item{
		"job_id": dynamo.S(dynamojobstore.UserPrefix + "asha"), "user_id": dynamo.S("asha"), "jobs_of_day": number("3"), "plan": dynamo.S("gold"),
	})

	record, err := s.UpdateUser(t.Context(), "asha", func(r *jobstore.UserRecord) error {
		r.JobsOfDay++

		return nil
	})
	require.NoError(t, err)
	require.Equal(t, int64(4), record.JobsOfDay)
	require.Equal(t, int64(1), record.Version)

	item := s.item(t, dynamojobstore.UserPrefix+"asha")
	require.Equal(t, dynamo.S("gold"), item["plan"])
	require.Equal(t, number("4"), item["jobs_of_day"])
}

// TestSortKeysKeepTheOrder compares keys with what they are made of, long ids too.
func TestSortKeysKeepTheOrder(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("x", dynamojobstore.SortIDBytes-1)

	var ids []string
	for _, end := range []string{"", "x", "y", "xx", "é", "éé", "e\u0301", "中", "中中", "👩", "👩👩", "\u00ff", "\u0800", "\U0010ffff"} {
		ids = append(ids, end, long+end, long+"x"+end, long+"xx"+end, long[1:]+end)
	}

	for _, a := range ids {
		key := dynamojobstore.SortKey(created(), a)
		require.LessOrEqual(t, len(key), 1024)
		require.Equal(t, strings.ToValidUTF8(key, "?"), key, "a character is cut")

		for _, b := range ids {
			if c := cmp.Compare(key, dynamojobstore.SortKey(created(), b)); c != 0 {
				require.Equal(t, cmp.Compare(a, b), c, "%.20q %.20q", a, b)
			} else if a != b {
				require.Greater(t, len(a), dynamojobstore.SortIDBytes-1)
			}
		}
	}

	times := []time.Time{
		{}, created().AddDate(-500, 0, 0), time.Unix(-1, 999_999_999), time.Unix(0, 0), created(), created().Add(1), created().Add(time.Second),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	}
	keys := make([]string, len(times))

	for i, at := range times {
		keys[i] = dynamojobstore.SortKey(at.In(time.FixedZone("IST", 5*3600+1800)), "z")
	}

	require.True(t, slices.IsSorted(keys), keys)
}

func TestOptions(t *testing.T) {
	t.Parallel()

	client := dynamodb.New(dynamodb.Options{})

	for name, build := range map[string]func() (*dynamojobstore.Store, error){
		"no client": func() (*dynamojobstore.Store, error) { return dynamojobstore.New(nil, "jobs", nil) },
		"no table":  func() (*dynamojobstore.Store, error) { return dynamojobstore.New(client, "", nil) },
		"negative": func() (*dynamojobstore.Store, error) {
			return dynamojobstore.New(client, "jobs", &dynamojobstore.Options{Attempts: -1})
		},
	} {
		_, err := build()
		require.ErrorIs(t, err, dynamojobstore.ErrOptions, name)
	}

	var store jobstore.Store = open(t, client, "jobs", nil)

	_, expires := store.(jobstore.Expirer)
	require.False(t, expires, "DynamoDB removes expired records by itself")
}

// FuzzDecodeJob reads items made of any JSON: what is read can be written, and reads the
// same.
func FuzzDecodeJob(f *testing.F) {
	whole, err := json.Marshal(runningJob("a"))
	require.NoError(f, err)

	for _, seed := range []string{
		string(whole), `{}`, `{"ttl":1}`, `{"ttl":-62135596800.5}`, `{"ttl":253402300799}`, `{"created_at":"2025-01-06 09:30:00"}`,
		`{"input_dialect":{"a":1e400}}`, `{"input_dialect":"[1,2]"}`, `{"progress":{"percentage":1e308}}`, `{"Status":"queued","STATUS":7}`,
	} {
		f.Add([]byte(seed))
	}

	f.Fuzz(func(t *testing.T, data []byte) {
		item, ok := itemOf(data)
		if !ok {
			return
		}

		job, err := dynamojobstore.DecodeJob(item)
		if err != nil {
			require.ErrorIs(t, err, dynamojobstore.ErrUnreadable)

			return
		}

		encoded, err := dynamojobstore.EncodeJob(&job)
		if err != nil {
			require.ErrorIs(t, err, jobstore.ErrInvalid)

			return
		}

		again, err := dynamojobstore.DecodeJob(encoded)
		require.NoError(t, err)

		// What is written over itself changes nothing.
		require.Equal(t, encoded, dynamojobstore.Merge(encoded, encoded, encoded))

		merged := dynamojobstore.Merge(item, encoded, encoded)
		for name := range item {
			require.Contains(t, slices.Collect(maps.Keys(merged)), name)
		}

		reencoded, err := dynamojobstore.EncodeJob(&again)
		require.NoError(t, err)
		require.Equal(t, encoded, reencoded)
	})
}

// itemOf makes an item of a JSON object.
func itemOf(data []byte) (dynamo.Item, bool) {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()

	var fields map[string]any
	if decoder.Decode(&fields) != nil {
		return nil, false
	}

	return valueOf(fields).(*types.AttributeValueMemberM).Value, true
}

func valueOf(v any) dynamo.Value {
	switch v := v.(type) {
	case string:
		return dynamo.S(v)
	case json.Number:
		return number(v.String())
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}
	case []any:
		var values []dynamo.Value
		for _, element := range v {
			values = append(values, valueOf(element))
		}

		return listOf(values...)
	case map[string]any:
		item := dynamo.Item{}
		for name, member := range v {
			item[name] = valueOf(member)
		}

		return mapOf(item)
	}

	return &types.AttributeValueMemberNULL{Value: true}
}

func Example() {
	ctx := context.Background()

	// cfg, err := config.LoadDefaultConfig(ctx); client := dynamodb.NewFromConfig(cfg)
	client := dynamodb.New(dynamodb.Options{Region: "ap-south-1"})

	store, err := dynamojobstore.New(client, "vyaparai-import-jobs-prod", nil)
	if err != nil {
		fmt.Println(err)

		return
	}

	page, err := store.List(ctx, jobstore.Query{CreatedBy: "asha", Status: jobstore.StatusProcessing})
	if err != nil {
		fmt.Println(err)

		return
	}

	for _, job := range page.Jobs {
		fmt.Println(job.ID, job.Progress.Percentage)
	}
}
