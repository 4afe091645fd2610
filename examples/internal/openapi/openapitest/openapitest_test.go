package openapitest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
)

// spy is a test that only notes that it failed.
type spy struct {
	testing.TB
	failures []string
}

func (s *spy) Errorf(format string, args ...any) {
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

func (s *spy) Helper() {}

const base = "/api/v1/admin/products/import"

// TestDeviationsAreFound shows that each kind of deviation is found, and that what is as
// described passes.
func TestDeviationsAreFound(t *testing.T) {
	t.Parallel()

	const (
		started = `{"success":true,"job_id":"a","status":"queued","estimated_rows":1,"message":"m"}`
		problem = `{"success":false,"error":"A sentence.","code":"job_not_found"}`
	)

	for _, c := range []struct {
		name, method, path, body, token string
		status                          int
		answer                          string
		// want is a part of the failure; empty where there must be none.
		want string
	}{
		{"as described", "POST", base + "/process", `{"job_id":"a"}`, "t", 202, started, ""},
		{"status not described", "POST", base + "/process", `{"job_id":"a"}`, "t", 201, started, "is not as described"},
		{"field missing", "POST", base + "/process", `{"job_id":"a"}`, "t", 202, `{"success":true,"job_id":"a","status":"queued","message":"m"}`, "estimated_rows"},
		{"field too much", "POST", base + "/process", `{"job_id":"a"}`, "t", 202, strings.Replace(started, "{", `{"more":1,`, 1), "more"},
		{"wrong type", "POST", base + "/process", `{"job_id":"a"}`, "t", 202, strings.Replace(started, ":1,", `:"1",`, 1), "estimated_rows"},
		{"unknown status", "POST", base + "/process", `{"job_id":"a"}`, "t", 202, strings.Replace(started, "queued", "resting", 1), "status"},
		{"bad request accepted", "POST", base + "/process", `{"job":"a"}`, "t", 202, started, "does not allow it"},
		{"bad request refused", "POST", base + "/process", `{"job":"a"}`, "t", 400, strings.Replace(problem, "job_not_found", "json_invalid", 1), ""},
		{"no token accepted", "POST", base + "/process", `{"job_id":"a"}`, "", 202, started, "does not allow it"},
		{"problem without code", "POST", base + "/process", `{"job_id":"a"}`, "t", 404, `{"success":false,"error":"A sentence."}`, "code"},
		{"code not described", "POST", base + "/process", `{"job_id":"a"}`, "t", 404, strings.Replace(problem, "job_not_found", "job_lost", 1), "code"},
		{"code of another status", "POST", base + "/process", `{"job_id":"a"}`, "t", 409, problem, "described as one of 404"},
		{"code of a file, whatever the status", "POST", base + "/process", `{"job_id":"a"}`, "t", 422, strings.Replace(problem, "job_not_found", "file_empty", 1), ""},
		{"problem that says success", "POST", base + "/process", `{"job_id":"a"}`, "t", 404, strings.Replace(problem, "false", "true", 1), "success"},
		{"limit out of bounds accepted", "GET", base + "?limit=101", "", "t", 200, `{"success":true,"jobs":[],"next_cursor":null}`, "does not allow it"},
		{"unknown path served", "GET", base + "/a/b/c", "", "t", 200, `{"success":true}`, "is not described"},
		{"unknown path redirected", "GET", base + "/a/b/c", "", "t", 307, problem, "is not described"},
		{"unknown path refused in HTML", "GET", base + "/a/b/c", "", "t", 404, `<a href="/">Found</a>`, "other than a problem in JSON"},
		{"unknown method refused without Allow", "PATCH", base + "/process", "", "t", 405, strings.Replace(problem, "job_not_found", "method_not_allowed", 1), "Allow"},
		{"unknown path refused", "GET", base + "/a/b/c", "", "t", 404, problem, ""},
		{"unknown method served", "PATCH", base + "/process", "", "t", 200, `{"success":true}`, "is not described"},
		{"image of a later address", "GET", "/images/p1/2/medium.jpg", "", "", 404, problem, ""},
		{"signed URL", "PUT", "/files/admin-imports/a/input.csv?signature=x", "name\nTea\n", "", 200, `{"success":true,"size_bytes":9}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			s := &spy{TB: t}
			h := openapitest.Handler(s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)

				_, err := w.Write([]byte(c.answer))
				require.NoError(t, err)
			}))

			r := httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body))
			if c.token != "" {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}

			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)

			require.Equal(t, c.status, w.Code)
			require.Equal(t, c.answer, w.Body.String())

			if c.want == "" {
				require.Empty(t, s.failures)

				return
			}

			require.Len(t, s.failures, 1)
			require.Contains(t, s.failures[0], c.want)
		})
	}
}

// TestTypesOfBodies: what JSON may be called is what the description says, and no more.
func TestTypesOfBodies(t *testing.T) {
	t.Parallel()

	for called, allowed := range map[string]bool{
		"": true, "application/json": true, "application/x-www-form-urlencoded": true, "text/plain; charset=utf-8": true,
		"application/octet-stream": true, "text/csv": false, "multipart/form-data; boundary=x": false,
	} {
		if name, _, _ := strings.Cut(called, ";"); name != "" && allowed {
			require.Contains(t, string(openapi.Spec()), "`"+name+"`")
		}

		s := &spy{TB: t}
		h := openapitest.Handler(s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusAccepted)

			_, err := w.Write([]byte(`{"success":true,"job_id":"a","status":"queued","estimated_rows":1,"message":"m"}`))
			require.NoError(t, err)
		}))

		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, base+"/process", strings.NewReader(`{"job_id":"a"}`))
		r.Header.Set("Authorization", "Bearer t")
		r.Header.Set("Content-Type", called)
		h.ServeHTTP(httptest.NewRecorder(), r)

		if allowed {
			require.Empty(t, s.failures, called)
		} else {
			require.Len(t, s.failures, 1, called)
			require.Contains(t, s.failures[0], "does not allow it")
		}
	}
}
