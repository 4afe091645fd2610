package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

// validate tries the import of a job; rows is a number or "all".
func (c client) validate(t *testing.T, jobID, rows string) object {
	t.Helper()

	return c.call(t, http.StatusOK, http.MethodPost, api.Base+"/validate", fmt.Sprintf(`{"job_id":%q,"rows":%s}`, jobID, rows))
}

// outcomes are the counts of a validation, in the order of counts.
func outcomes(validation object) [3]int64 {
	o := validation["outcomes"].(object)
	n := func(field string) int64 { return int64(o[field].(float64)) }

	return [3]int64{n("successful"), n("duplicates"), n("errors")}
}

// What a validation says is what the import then says.
func TestValidateThenImport(t *testing.T) {
	t.Parallel()

	for name, args := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := start(t, setting{args: args})
			s.imported(t, strings.NewReader("name,category,barcode\nOther name,Staples,8904043901015\n"), `{}`)

			id := s.upload(t, strings.NewReader(shopCSV))
			tried := s.validate(t, id, `"all"`)
			require.Equal(t, true, tried["complete"])
			require.Equal(t, "pending_upload", s.status(t, id)["status"])

			s.process(t, id, `{}`)
			status := s.await(t, id, ended)
			require.Equal(t, counts(t, status), outcomes(tried))

			for _, field := range []string{"error_codes", "duplicates_by_tier", "quality", "warnings"} {
				require.Equal(t, status[field], tried[field], field)
			}

			require.Equal(t, status["recent_errors"], tried["errors"])
		})
	}
}

func TestValidateBigBasket(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-data", t.TempDir()}})
	id := s.upload(t, testData(t, "bigbasket.csv"))
	tried := s.validate(t, id, `"all"`)

	if tried["complete"] == true { // it is not where the machine has much else to do
		require.Equal(t, [3]int64{24486, 3068, 1}, outcomes(tried))
	}

	require.EqualValues(t, 1000, s.validate(t, id, "1000")["rows_checked"])
}

func TestRetryGoesOn(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-data", t.TempDir()}})
	id := s.upload(t, bigFile())
	s.process(t, id, `{}`)
	s.await(t, id, begun)
	s.call(t, http.StatusAccepted, http.MethodDelete, api.Base+"/"+id, "")

	cancelled := s.await(t, id, ended)
	require.Equal(t, "cancelled", cancelled["status"])

	answer := s.call(t, http.StatusAccepted, http.MethodPost, api.Base+"/"+id+"/retry", "")
	require.Equal(t, "queued", answer["status"])

	done := s.await(t, id, ended)
	require.Equal(t, "completed", done["status"])
	require.Equal(t, [3]int64{bigRows, 0, 0}, counts(t, done))
	require.Len(t, s.report(t, id, "results"), bigRows+1, "a line for every row, those of the first run too")
	require.Equal(t, cancelled["timestamps"].(object)["started_at"], done["timestamps"].(object)["started_at"])
}

func TestBatchOfImports(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-data", t.TempDir(), "-workers", "2"}})

	var ids []string
	for range 4 {
		ids = append(ids, s.upload(t, synthetic.New(synthetic.Options{Rows: 500})))
	}

	answer := s.call(t, http.StatusAccepted, http.MethodPost, api.Base+"/batches", `{"job_ids":["`+strings.Join(ids, `","`)+`"]}`)

	for _, id := range ids {
		s.await(t, id, ended)
	}

	// The same products, in four imports at the same time: each once.
	batch := s.call(t, http.StatusOK, http.MethodGet, api.Base+"/batches/"+answer["batch_id"].(string), "")
	require.Equal(t, "completed", batch["status"])
	require.Equal(t, [3]int64{500, 1500, 0}, counts(t, batch))
}

func TestLegacyImport(t *testing.T) {
	t.Parallel()

	for name, args := range backends(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := start(t, setting{args: args})
			answer := s.call(t, http.StatusOK, http.MethodPost, api.LegacyPath,
				`{"products":[{"name":"Atta","category":"Food","barcode":8901030875391},{"name":"","category":"Food"}],"source":"till"}`)
			stats := answer["import_stats"].(object)
			require.EqualValues(t, 1, stats["successful"])
			require.EqualValues(t, 1, stats["failed"])
		})
	}
}

func TestBoundsOfAUser(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory", "-rate-limit", "0.5", "-max-jobs-day", "1"}})
	s.create(t)

	refused, text := s.send(t, http.MethodGet, s.url+api.Base+"/upload-url?filename=a.csv", nil)
	require.Equal(t, http.StatusTooManyRequests, refused.StatusCode)
	require.NotEmpty(t, refused.Header.Get("Retry-After"))

	// One and a half requests at a time make one: it was used up by the first.
	require.Equal(t, "rate_limited", parseObject(t, text)["code"])
}

func TestQuotaOfADay(t *testing.T) {
	t.Parallel()

	c := &clock{}
	s := start(t, setting{args: []string{"-backend", "memory", "-max-jobs-day", "1"}, clock: c, env: map[string]string{}})
	s.create(t)

	answer := s.call(t, http.StatusTooManyRequests, http.MethodGet, api.Base+"/upload-url?filename=a.csv", "")
	require.Equal(t, "quota_daily_jobs", answer["code"])

	// The token is good for a day, and the next day is nearer than that.
	now := c.Now().UTC()
	if tomorrow := now.Truncate(24 * time.Hour).Add(24 * time.Hour); tomorrow.Sub(now) < 23*time.Hour {
		c.forward(tomorrow.Sub(now) + time.Second)
		s.create(t)
	}
}

func TestFlagsOfBoundsThatAreWrong(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{
		{"-rate-limit", "0"}, {"-rate-limit", "x"}, {"-rate-limit", "NaN"}, {"-rate-limit", "Inf"}, {"-max-jobs", "0"}, {"-max-jobs-day", "0"},
	} {
		code, _, stderr := execute(t, setting{args: append(args, "-backend", "memory", "-addr", "127.0.0.1:0")})
		require.Equal(t, exitUsage, code, args)
		require.NotEmpty(t, stderr)
	}
}
