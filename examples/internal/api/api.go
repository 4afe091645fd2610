package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/errlog"
)

// Base is the path below which the endpoints of imports are.
const Base = "/api/v1/admin/products/import"

// FilesBase is the path below which signed URLs lead.
const FilesBase = "/files"

// ImagesBase is the path below which the images of products are, by their keys.
const ImagesBase = "/images"

// Authenticator tells who calls. *auth.Verifier is one.
type Authenticator interface {
	// Verify returns the user that a token names. The error wraps auth.ErrToken,
	// auth.ErrRole or auth.ErrKeys.
	Verify(ctx context.Context, token string) (auth.User, error)
}

// Options are the parts of the API. All are required but those that name a default, and
// Ready.
type Options struct {
	Service       *importer.Service
	Authenticator Authenticator
	// Files serves signed URLs, below FilesBase. Default: the store of files serves its
	// own, elsewhere.
	Files http.Handler
	// Images are the images of products, and nothing else: anybody may see them.
	Images blob.Store
	// Redirects say which files are not sent but redirected to. Default: none.
	Redirects Redirects
	// Validator tries imports. Default: there is no such endpoint.
	Validator *importer.Validator
	// Legacy are the parts of the import of products in a request. Default: there is no
	// such endpoint.
	Legacy *Legacy
	// Catalog and Inventory are what stores have, for the list of it. Default: there is
	// no such endpoint.
	Catalog   catalog.Store
	Inventory catalog.Inventory
	// MaxUpload is the largest file that uploads take, in bytes, so that a size that is
	// told beforehand can be refused. Default: any.
	MaxUpload int64
	// RateLimit bounds the requests of each user. Default: they are not bounded.
	RateLimit *RateLimit
	// Ready are what has to answer for the server to be ready.
	Ready []Check
	// Logger gets the details of what callers are not told. Default: nothing is
	// logged.
	Logger *slog.Logger
}

type api struct {
	service *importer.Service
	users   Authenticator
	images  blob.Store
	limits  *RateLimit
	others  Redirects

	maxUpload int64

	validator *importer.Validator
	legacy    *legacy

	ready []Check
	log   *slog.Logger

	catalog   catalog.Store
	inventory catalog.Inventory
}

// New returns the handler of every path of the server.
func New(o Options) http.Handler {
	a := &api{
		service: o.Service, users: o.Authenticator, images: o.Images, limits: o.RateLimit, others: o.Redirects,
		validator: o.Validator, legacy: newLegacy(o.Legacy), catalog: o.Catalog, inventory: o.Inventory,
		maxUpload: o.MaxUpload, ready: o.Ready, log: errlog.Logger(o.Logger),
	}

	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}

	rt := &router{api: a, words: http.NewServeMux(), ids: http.NewServeMux(), batches: http.NewServeMux()}

	// Not a HEAD, which must not create a job.
	rt.word("", Base+"/upload-url", a.only(http.MethodGet, a.forUsers(a.createUpload)))
	rt.word("POST", Base+"/process", a.forUsers(a.process))

	if a.validator != nil {
		rt.word("POST", Base+"/validate", a.forUsers(a.validate))
	}

	rt.word("GET", Base, a.forUsers(a.list))
	rt.word("GET", Base+"/template", a.forUsers(a.template))
	rt.word("POST", Base+"/batches", a.forUsers(a.startBatch))
	rt.word("GET", AnalyticsPath, a.forUsers(a.analytics))

	if a.legacy != nil {
		rt.word("POST", LegacyPath, a.legacy.deprecated(a.forUsers(a.bulkImport)))
	}

	description := openapi.Handler()
	rt.word("GET", openapi.SpecPath, description)
	rt.word("GET", openapi.PagePath, description)

	rt.word("GET", "/healthz", http.HandlerFunc(a.healthz))
	rt.word("GET", "/readyz", http.HandlerFunc(a.readyz))

	rt.id("POST", Base+"/{job_id}/upload/complete", a.forUsers(a.completeUpload))
	rt.id("GET", Base+"/{job_id}/status", a.forUsers(a.status))
	rt.id("GET", Base+"/{job_id}/errors", a.forUsers(a.report(importer.ReportErrors)))
	rt.id("GET", Base+"/{job_id}/results", a.forUsers(a.report(importer.ReportResults)))
	rt.id("POST", Base+"/{job_id}/retry", a.forUsers(a.retry))
	rt.id("DELETE", Base+"/{job_id}", a.forUsers(a.cancel))
	rt.batch("GET", Base+"/batches/{batch_id}", a.forUsers(a.batch))

	if a.inventory != nil && a.catalog != nil {
		rt.id("GET", StoresBase+"/{store_id}"+inventoryPath, a.forUsers(a.listInventory))
	}

	if o.Files != nil {
		rt.id("", FilesBase+"/", o.Files)
	}

	rt.id("GET", ImagesBase+"/{product_id}/{name...}", http.HandlerFunc(a.image))

	return rt
}

// Failed answers as to a request that failed for an internal reason. It is for
// what is around the API, such as the recovery from a panic.
func Failed(log *slog.Logger) http.Handler {
	a := &api{log: log}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.answerProblem(w, r, internalProblem(r))
	})
}
