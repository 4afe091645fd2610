// Package openapitest holds a server to the description of its API: every request of a
// test that goes through it, and every answer, is compared with the description, and
// the test fails where they differ. It is for tests.
//
// The tests of package api, of httpserver and of lambdaapi send all their requests through
// it, except for
//
//   - the status requests of the load test, which are sent by the thousand and timed: to
//     compare them costs more than to answer them;
//   - requests for metrics, and those to the address where metrics are: they are no part
//     of the API;
//   - what the page sends in the tests with a browser.
//
// It leaves some of what goes through it alone: addresses that are no part of the API, such
// as the page's; the answers to HEAD and OPTIONS; and the content of files.
//
// What is asked of an exchange:
//
//   - The answer is one that the description has for the path and method: its status,
//     its headers and its JSON, in which nothing may be missing or too much.
//   - The status of a refusal is the one that its code is described with.
//   - A request that the description does not allow is refused: with a status of 400
//     or more. (What it allows may be refused all the same: a job may not be there.)
//   - A path or method that the description does not have is answered with 404 or 405,
//     in JSON as every refusal.
package openapitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/errors"

	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
)

// Handler returns a handler that does what next does and compares it with the
// description.
func Handler(t testing.TB, next http.Handler) http.Handler {
	t.Helper()

	c := newChecker(t)

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := takeBody(&r.Body, isFile(r))
		if err != nil {
			t.Errorf("openapitest: read the request: %v", err)
		}

		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)

		c.check(r, sent, answer.Result(), answer.Body.Bytes())

		for name, values := range answer.Header() {
			w.Header()[name] = values
		}

		w.WriteHeader(answer.Code)

		if answer.Body.Len() == 0 {
			return // some statuses, such as 304, allow not even an empty write
		}

		if _, err := w.Write(answer.Body.Bytes()); err != nil {
			t.Errorf("openapitest: pass the answer on: %v", err)
		}
	})
}

// Transport returns a transport that does what next does and compares what goes to the
// server at base, such as "http://127.0.0.1:8080", with the description.
func Transport(t testing.TB, base string, next http.RoundTripper) http.RoundTripper {
	t.Helper()

	return &transport{checker: newChecker(t), base: base, next: next}
}

type transport struct {
	checker *checker
	base    string
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (tr *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme+"://"+r.URL.Host != tr.base {
		return tr.next.RoundTrip(r)
	}

	r = r.Clone(r.Context())

	sent, err := takeBody(&r.Body, isFile(r))
	if err != nil {
		return nil, err
	}

	answer, err := tr.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}

	body, err := takeBody(&answer.Body, false)
	if err != nil {
		// The test will see the same error.
		answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))

		return answer, nil
	}

	tr.checker.check(r, sent, answer, body)

	return answer, nil
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// takeBody reads a body and puts a copy in its place. A file is left alone: it may have
// any size, and the description says nothing of its content.
func takeBody(body *io.ReadCloser, file bool) ([]byte, error) {
	if *body == nil || *body == http.NoBody || file {
		return nil, nil
	}

	content, err := io.ReadAll(*body)
	if err != nil {
		return content, err
	}

	if err := (*body).Close(); err != nil {
		return content, err
	}

	*body = io.NopCloser(bytes.NewReader(content))

	return content, nil
}

// isFile reports whether the request is one to a signed URL.
func isFile(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/files/") }

type checker struct {
	t        testing.TB
	v        validator.Validator
	statuses map[string]int
}

// newValidator is made once: reading the description takes a while.
var newValidator = sync.OnceValues(func() (validator.Validator, []error) {
	document, err := libopenapi.NewDocument(openapi.Spec())
	if err != nil {
		return nil, []error{err}
	}

	return validator.NewValidator(document, config.WithFormatAssertions())
})

func newChecker(t testing.TB) *checker {
	t.Helper()

	v, problems := newValidator()
	if len(problems) > 0 {
		t.Fatalf("openapitest: the description cannot be used: %v", problems)
	}

	codes, err := statuses()
	if err != nil {
		t.Fatalf("openapitest: the codes of the description cannot be read: %v", err)
	}

	return &checker{t: t, v: v, statuses: codes}
}

// check compares an exchange with the description.
func (c *checker) check(r *http.Request, sent []byte, answer *http.Response, body []byte) {
	c.t.Helper()

	if !isDescribed(r.URL.Path) {
		return
	}

	// A HEAD is a GET whose answer has no body, and so is nothing that is described.
	if r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return
	}

	_, wrong := c.v.ValidateHttpRequestSync(asDescribed(r, sent))

	for _, e := range wrong {
		switch {
		case e.IsPathMissingError():
			c.unknown(r, answer, body, http.StatusNotFound)

			return
		case e.IsOperationMissingError():
			c.unknown(r, answer, body, http.StatusMethodNotAllowed)

			return
		}
	}

	if len(wrong) > 0 && answer.StatusCode < http.StatusBadRequest && !isFile(r) {
		c.t.Errorf("openapitest: %s %s is answered with %d although the description does not allow it:\n%s",
			r.Method, r.URL.Path, answer.StatusCode, explain(wrong))
	}

	copied := *answer
	copied.Body = io.NopCloser(bytes.NewReader(body))

	if valid, wrong := c.v.ValidateHttpResponse(asDescribed(r, sent), &copied); !valid {
		c.t.Errorf("openapitest: the answer %d to %s %s is not as described:\n%s\n%s",
			answer.StatusCode, r.Method, r.URL.Path, explain(wrong), body)
	}

	c.checkCode(r, answer.StatusCode, body)
}

// isDescribed reports whether a path is one of the API. A page, and metrics, may be
// served beside it.
func isDescribed(path string) bool {
	for _, area := range []string{"/api/", "/files/", "/images/", "/healthz", "/readyz", openapi.SpecPath, openapi.PagePath} {
		if strings.HasPrefix(path, area) {
			return true
		}
	}

	return false
}

// unknown checks the answer to a request for what is not described: a refusal like any
// other. It may be refused for another reason first, such as its token.
func (c *checker) unknown(r *http.Request, answer *http.Response, body []byte, wanted int) {
	c.t.Helper()

	switch answer.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusBadRequest:
	default:
		c.t.Errorf("openapitest: %s %s is not described, and answered with %d in place of %d", r.Method, r.URL.Path, answer.StatusCode, wanted)

		return
	}

	var problem struct{ Error, Code string }

	if err := json.Unmarshal(body, &problem); err != nil || problem.Error == "" || problem.Code == "" ||
		answer.Header.Get("Content-Type") != "application/json" {
		c.t.Errorf("openapitest: %s %s is refused by something other than a problem in JSON:\n%s", r.Method, r.URL.Path, body)
	}

	if answer.StatusCode == http.StatusMethodNotAllowed && answer.Header.Get("Allow") == "" {
		c.t.Errorf("openapitest: %s %s is refused, and Allow does not say what is taken", r.Method, r.URL.Path)
	}

	c.checkCode(r, answer.StatusCode, body)
}

// asDescribed returns the request in the form that the validator knows.
func asDescribed(r *http.Request, sent []byte) *http.Request {
	c := r.Clone(r.Context())
	c.Body = io.NopCloser(bytes.NewReader(sent))

	// OpenAPI has no parameters with slashes.
	for _, base := range []string{"/files/", "/images/"} {
		rest, is := strings.CutPrefix(c.URL.Path, base)
		if !is {
			continue
		}

		if base == "/images/" {
			product, name, _ := strings.Cut(rest, "/")
			c.URL.Path = base + product + "/" + strings.ReplaceAll(name, "/", "-")
		} else {
			c.URL.Path = base + strings.ReplaceAll(rest, "/", "-")
		}

		c.URL.RawPath = ""
	}

	// The description says in its text what else JSON may be called.
	if name, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";"); len(sent) > 0 && slices.Contains(otherNames, name) {
		c.Header.Set("Content-Type", "application/json")
	}

	return c
}

// otherNames are the types that a body in JSON may have besides its own: those that its
// sender did not choose.
var otherNames = []string{"", "application/x-www-form-urlencoded", "application/octet-stream", "text/plain"}

// explain puts what was found wrong into lines.
func explain(wrong []*errors.ValidationError) string {
	var lines []string

	for _, e := range wrong {
		lines = append(lines, "- "+e.Message+": "+e.Reason)

		for _, s := range e.SchemaValidationErrors {
			lines = append(lines, "  - "+s.FieldPath+": "+s.Reason)
		}
	}

	return strings.Join(lines, "\n")
}
