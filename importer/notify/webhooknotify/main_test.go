package webhooknotify_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is 32 bytes of no secret.
var secret = []byte("0123456789abcdef0123456789abcdef")

// now is the time of the tests: 1736155800.
func now() time.Time { return time.Date(2025, 1, 6, 9, 30, 0, 0, time.UTC) }

func event() notify.Event {
	return notify.Event{
		ID: "admin_import_20250106_abc123-ended", JobID: "admin_import_20250106_abc123", JobType: "admin_product_import",
		Status: "completed_with_errors", UserID: "meera", Email: "meera@example.org", Filename: "products.csv",
		TotalRows: 27_555, Successful: 24_486, Duplicates: 3_068, Errors: 1,
		StartedAt: now().Add(-time.Minute), CompletedAt: now(),
	}
}

// received is a request that a receiver got.
type received struct {
	header http.Header
	method string
	path   string
	body   []byte
}

// receiver is a server that keeps its requests and answers as told.
type receiver struct {
	*httptest.Server

	mu   sync.Mutex
	reqs []received
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()

	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return // the sender has gone
		}

		r.mu.Lock()
		r.reqs = append(r.reqs, received{req.Header.Clone(), req.Method, req.URL.RequestURI(), body})
		r.mu.Unlock()

		if answer != nil {
			answer(w, req)
		}
	}))
	t.Cleanup(r.Close)

	return r
}

func (r *receiver) got() []received {
	r.mu.Lock()
	defer r.mu.Unlock()

	return append([]received(nil), r.reqs...)
}

// newNotifier returns a notifier to an address below a receiver, which is allowed.
func newNotifier(t *testing.T, r *receiver, path string, change func(*webhooknotify.Options)) *webhooknotify.Notifier {
	t.Helper()

	opts := &webhooknotify.Options{AllowHosts: []string{strings.TrimPrefix(r.URL, "http://")}, Now: now}
	if change != nil {
		change(opts)
	}

	n, err := webhooknotify.New(r.URL+path, secret, opts)
	require.NoError(t, err)

	return n
}
