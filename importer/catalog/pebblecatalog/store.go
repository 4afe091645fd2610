// Package pebblecatalog is the embedded durable catalogue: products, claims and the
// inventories of stores in a Pebble database on the local disk.
//
// # Guarantees
//
// A Store keeps the contracts of [catalog.Store] and [catalog.Inventory] in full.
// Every call of Create, Delete and PutItems is one atomic batch, on disk when the
// call returns. One process owns the database's folder; within it any number of
// goroutines use the Store. Writers take turns, each until its write is on disk.
// Readers do not wait, so Lookup, Get, List, Items and ListItems may show a write a
// moment before it is on disk; the answers of Create and PutItems never rest on such
// a write.
//
// # When the database cannot go on
//
// A failed write of its log, as on a full disk, leaves the database in a state that
// nothing can be added to. There is no error for that: a database that [Open] has
// opened says why on standard error and to its logger and ends the process with exit
// code 1, whatever else the process does. One that the caller has opened ([New])
// does what Fatalf of its pebble.Options.Logger does, which by default is the same.
// What calls had returned by then is on disk, and the next start goes on from it.
//
// # Layout
//
//	c/p/<product id>    the product and the keys it holds; see record.go
//	c/k/<identity key>  the id of the product that holds the key
//	c/i/<length of the store id><store id><product id>
//	                    an item of a store's inventory; see item.go
//
// An id or key is the rest of its database key, whatever bytes it consists of,
// so none can be mistaken for another; a store's id has its length before it, in two
// bytes. Other stores may share the database under
// other prefixes (see [New]).
package pebblecatalog

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
)

var (
	// ErrLocked reports a folder that another process uses.
	ErrLocked = pebbledb.ErrLocked
	// ErrCorrupt reports a stored record that cannot be read: it is damaged, or
	// a later version of this package wrote it.
	ErrCorrupt = errors.New("pebblecatalog: unreadable record")
)

// Options are the settings of a Store. The zero value is ready for use.
type Options struct {
	// NoSync lets calls return before their writes are on disk. What the last
	// calls wrote may then be lost in a crash of the machine, or, unlike with
	// most databases, of the process. For tests and throw-away data.
	NoSync bool
	// Logger gets what the database has to say; used by Open only. Nil discards
	// it.
	Logger *slog.Logger
}

// Store is a catalogue in a Pebble database. Its methods may be called
// concurrently.
type Store struct {
	db    *pebble.DB
	owned bool // the database is closed with the Store
	write *pebble.WriteOptions

	// writing is held from the check of a write to its commit, which makes the
	// two one step.
	writing sync.Mutex

	// open is held for reading by every call under way, so that Close waits for
	// them: Pebble panics when it is used after it was closed.
	open   sync.RWMutex
	closed bool
}

var (
	_ catalog.Store     = (*Store)(nil)
	_ catalog.Inventory = (*Store)(nil)
	_ dedupe.Index      = (*Store)(nil)
)

// Open opens the catalogue in a folder, which it creates where there is none.
// opts may be nil. A folder that is in use gives an error that wraps
// [ErrLocked].
func Open(dir string, opts *Options) (*Store, error) {
	if opts == nil {
		opts = &Options{}
	}

	db, err := pebbledb.Open(dir, &pebbledb.Options{Logger: opts.Logger})
	if err != nil {
		return nil, fmt.Errorf("pebblecatalog: %w", err)
	}

	store := New(db, opts)
	store.owned = true

	return store, nil
}

// New returns the catalogue in a database that the caller has opened, and shares
// with other stores: it reads and writes only keys that begin with "c/". opts may
// be nil. The caller closes the Store first and the database afterwards. There
// must be no other Store over the same database, since the two would not wait
// for each other's writes.
func New(db *pebble.DB, opts *Options) *Store {
	write := pebble.Sync
	if opts != nil && opts.NoSync {
		write = pebble.NoSync
	}

	return &Store{db: db, write: write}
}

// Close waits for the calls under way and closes the Store, with its database
// where Open opened it. Every later call, of Close too, gives catalog.ErrClosed.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()

	if s.closed {
		return catalog.ErrClosed
	}

	s.closed = true

	if !s.owned {
		return nil
	}

	if err := s.db.Close(); err != nil {
		return fmt.Errorf("pebblecatalog: close: %w", err)
	}

	return nil
}

// begin marks the start of a call; end must follow unless it fails.
func (s *Store) begin() error {
	s.open.RLock()

	if s.closed {
		s.open.RUnlock()

		return catalog.ErrClosed
	}

	return nil
}

// end marks the end of a call.
func (s *Store) end() { s.open.RUnlock() }
