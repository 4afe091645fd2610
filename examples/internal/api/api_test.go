package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// users is an authenticator whose tokens are the names of errors and users.
type users struct{}

func (users) Verify(_ context.Context, token string) (auth.User, error) {
	switch token {
	case "expired":
		return auth.User{}, auth.ErrExpired
	case "forged":
		return auth.User{}, auth.ErrToken
	case "cashier":
		return auth.User{}, auth.ErrRole
	case "no-keys":
		return auth.User{}, auth.ErrKeys
	case "broken":
		return auth.User{}, errors.New("the secret reason")
	case "root":
		return auth.User{ID: token, Role: auth.RoleSuperAdmin}, nil
	}

	// "meena@store-1" is the owner of a store.
	if id, storeID, found := strings.Cut(token, "@"); found {
		return auth.User{ID: id, Role: auth.RoleStoreOwner, StoreID: storeID}, nil
	}

	return auth.User{ID: token, Email: token + "@example.in", Role: auth.RoleAdmin}, nil
}

// harness is the API on stores in memory, without a worker: jobs stay where a test
// puts them.
type harness struct {
	handler http.Handler
	jobs    *memjobstore.Store
	files   *memblob.Store
	images  blob.Store
	// catalog is where jobs that are run import to.
	catalog *memcatalog.Store
	// jobStore is what the service works on; jobs, unless a test puts something
	// before it.
	jobStore jobstore.Store
	ready    []api.Check
	limits   *api.RateLimit
	options  importer.ServiceOptions
	// redirects and noFiles are options of the API.
	redirects api.Redirects
	noFiles   bool
	legacy    api.Legacy
}

func newHarness(t testing.TB, change func(*harness)) *harness {
	t.Helper()

	h := &harness{jobs: memjobstore.New(nil), files: memblob.New(nil), images: memblob.New(nil), catalog: memcatalog.New(nil)}
	h.jobStore = h.jobs

	if change != nil {
		change(h)
	}

	urls, err := signedurl.New(signedurl.Options{
		Store: h.files, Secret: make([]byte, signedurl.MinSecret), BaseURL: "http://import.example.in" + api.FilesBase,
	})
	require.NoError(t, err)

	messages, err := memqueue.New(nil)
	require.NoError(t, err)

	ports := importer.Ports{
		Jobs: h.jobStore, Files: h.files, Queue: messages, Signer: urls,
		Kinds: []importer.Kind{
			importer.NewProductKind(h.catalog, nil), importer.NewInventoryKind(h.catalog, h.catalog, nil),
		},
	}

	service, err := importer.NewService(ports, &h.options)
	require.NoError(t, err)

	validator, err := importer.NewValidator(ports, nil)
	require.NoError(t, err)

	if h.legacy.Runner == nil {
		h.legacy.Runner, err = importer.NewWorker(ports, nil)
		require.NoError(t, err)
	}

	h.legacy.Files = h.files

	options := api.Options{
		Service: service, Authenticator: users{}, Files: urls, Images: h.images, Catalog: h.catalog, Inventory: h.catalog,
		Validator: validator, Legacy: &h.legacy, RateLimit: h.limits, Redirects: h.redirects, Ready: h.ready,
	}
	if h.noFiles {
		options.Files = nil
	}

	h.handler = api.New(options)

	return h
}

// object is a JSON object of an answer.
type object = map[string]any

// do sends a request as a user; an empty one sends no token.
func (h *harness) do(t testing.TB, user, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()

	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if user != "" {
		r.Header.Set("Authorization", "Bearer "+user)
	}

	w := httptest.NewRecorder()
	openapitest.Handler(t, h.handler).ServeHTTP(w, r)

	return w
}

// get sends a request and returns the JSON of its answer, which must have this
// status.
func (h *harness) get(t testing.TB, user, method, path, body string, status int) object {
	t.Helper()

	w := h.do(t, user, method, path, body)
	require.Equal(t, status, w.Code, w.Body.String())

	return decode(t, w)
}

func decode(t testing.TB, w *httptest.ResponseRecorder) object {
	t.Helper()

	require.Equal(t, "application/json", w.Header().Get("Content-Type"))

	var answer object
	require.NoError(t, json.NewDecoder(w.Body).Decode(&answer))
	require.Equal(t, w.Code < 400, answer["success"])

	if w.Code >= 400 {
		require.Regexp(t, `^[A-Z].*\.$`, answer["error"], "a sentence")
		require.Regexp(t, `^[a-z][a-z_]*$`, answer["code"])
		// What a try of a file has besides.
		_, columns := answer["columns"]
		_, missing := answer["missing_columns"]
		require.Len(t, answer, 3+count(columns)+count(missing))
	}

	return answer
}

func count(is bool) int {
	if is {
		return 1
	}

	return 0
}

// job creates a job of a user and returns its id; csv, where not empty, is its
// file.
func (h *harness) job(t testing.TB, user, csv string) string {
	t.Helper()

	answer := h.get(t, user, http.MethodGet, api.Base+"/upload-url?filename=products.csv", "", http.StatusOK)

	if csv != "" {
		_, err := h.files.Put(t.Context(), answer["s3_key"].(string), strings.NewReader(csv), nil)
		require.NoError(t, err)
	}

	return answer["job_id"].(string)
}

// update changes the record of a job.
func (h *harness) update(t testing.TB, id string, change func(*jobstore.Job)) {
	t.Helper()

	_, err := h.jobs.Update(t.Context(), id, func(j *jobstore.Job) error {
		change(j)

		return nil
	})
	require.NoError(t, err)
}

// running moves a job to where a worker has begun.
func (h *harness) running(t testing.TB, id string) {
	t.Helper()

	h.update(t, id, func(j *jobstore.Job) {
		j.Status = jobstore.StatusProcessing
		j.StartedAt = j.CreatedAt.Add(time.Minute)
	})
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()

	data, err := io.ReadAll(r)
	require.NoError(t, err)

	return string(data)
}

const someCSV = "name,category,brand\nAtta,Food,Aashirvaad\nSalt,Food,Tata\n"
