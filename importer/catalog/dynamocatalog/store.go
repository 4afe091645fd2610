package dynamocatalog

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

var (
	// ErrUnreadable reports an item with an attribute of a type or a form that nothing
	// can be made of. The error says which.
	ErrUnreadable = errors.New("dynamocatalog: unreadable item")
	// ErrOptions reports options that make no sense.
	ErrOptions = errors.New("dynamocatalog: invalid options")
)

// The errors of AWS that say what to do. They come with the SDK's own error.
var (
	// ErrCredentials: the AWS credentials cannot be fetched, are wrong or have expired.
	ErrCredentials = dynamo.ErrCredentials
	// ErrDenied: the credentials lack a permission; the package documentation lists them.
	ErrDenied = dynamo.ErrDenied
	// ErrNoTable: a table, or an index that GSIFallback asks, does not exist.
	ErrNoTable = dynamo.ErrNoTable
	// ErrBusy: a table was throttled for longer than it was waited for.
	ErrBusy = dynamo.ErrBusy
	// ErrContended: other transactions held on to the same items for longer than it was
	// waited for.
	ErrContended = dynamo.ErrContended
)

// Client is what a Store uses of a *dynamodb.Client.
type Client = dynamo.Client

// DefaultConcurrency is the default of Options.Concurrency.
const DefaultConcurrency = 8

// Options are the settings of a Store. The zero value is ready for use.
type Options struct {
	// GSIFallback also takes a product for the holder of a key that has no claim, where
	// an index of the products table finds it; see the package documentation. It is for
	// the time until the backfill is through, and costs about one request for each key.
	GSIFallback bool
	// EventualLookup halves the price of Lookup, which then may miss what was claimed
	// within the last second or so. Create decides all the same, but what a row is
	// reported to be a duplicate of may differ when a job is resumed right after a
	// crash.
	EventualLookup bool
	// Concurrency bounds the requests that one call has under way at the same time. 0
	// means DefaultConcurrency.
	Concurrency int
	// Attempts is how often a request is made while the table is busy, with growing
	// waits in between, beyond what the client does itself. 0 means 12, some fifteen
	// seconds.
	Attempts int
}

// Store is a catalogue in two tables of DynamoDB. Its methods may be called
// concurrently, and any number of Stores, in any number of processes, may share the
// tables.
type Store struct {
	writer

	products   string
	keys       string
	fallback   bool
	consistent bool // lookups
	vetted     *vetted
}

var (
	_ catalog.Store = (*Store)(nil)
	_ dedupe.Index  = (*Store)(nil)
)

// New returns the catalogue in these tables: that of the products
// (GLOBAL_PRODUCTS_TABLE) and that of the identity keys (IDENTITY_KEYS_TABLE). opts may
// be nil. Nothing is asked of AWS yet. Options that make no sense give ErrOptions.
func New(client Client, productsTable, keysTable string, opts *Options) (*Store, error) {
	if opts == nil {
		opts = &Options{}
	}

	if productsTable == "" || keysTable == "" || productsTable == keysTable {
		return nil, fmt.Errorf("%w: tables %q and %q, want two different names", ErrOptions, productsTable, keysTable)
	}

	w, err := newWriter(client, opts.Concurrency, opts.Attempts)
	if err != nil {
		return nil, err
	}

	store := &Store{
		writer: w, products: productsTable, keys: keysTable,
		fallback: opts.GSIFallback, consistent: !opts.EventualLookup,
	}

	if store.fallback {
		store.vetted = newVetted(time.Now)
	}

	return store, nil
}

// newWriter checks what stores and inventories have in common.
func newWriter(client Client, concurrency, attempts int) (writer, error) {
	switch {
	case client == nil:
		return writer{}, fmt.Errorf("%w: no client", ErrOptions)
	case concurrency < 0 || attempts < 0:
		return writer{}, fmt.Errorf("%w: concurrency %d, attempts %d", ErrOptions, concurrency, attempts)
	}

	return writer{
		client: client, retry: &dynamo.Retry{Attempts: attempts}, concurrency: cmp.Or(concurrency, DefaultConcurrency),
	}, nil
}
