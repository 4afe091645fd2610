// Package pebbledb opens the Pebble database that the embedded backends share,
// with settings that fit them: many point lookups of keys that are not there,
// writes in synced batches, and bounded memory.
//
// One process owns the folder of a database: Pebble keeps a lock on it until the
// database is closed, or the process ends, in whichever way. Within the process
// any number of stores share the database, each under key prefixes of its own:
//
//	c/...  importer/catalog/pebblecatalog
//	j/...  jobstore/pebblejobstore
package pebbledb

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options are the settings of a database. The zero value is ready for use.
type Options struct {
	// CacheSize is the size of the block cache, in bytes. 0 means 48 MiB, in
	// which the index and filter blocks of some five million products stay.
	CacheSize int64
	// MemTableSize is the size of a table in memory, in bytes, of which up to
	// four wait to be written out. 0 means 16 MiB.
	MemTableSize uint64
	// Logger gets what Pebble has to say. Nil discards it.
	Logger *slog.Logger
}

const (
	defaultCacheSize    = 48 << 20
	defaultMemTableSize = 16 << 20

	// memTables bounds the tables in memory; writers wait when all are full.
	memTables = 4

	// filterBits is the size of a Bloom filter per key. 10 bits let about one in
	// a hundred lookups of a missing key through to a read.
	filterBits = 10

	// maxOpenFiles bounds the file handles, and the memory that goes with each.
	maxOpenFiles = 500
)

// Open opens the database in a folder, which it creates where there is none,
// readable to this user only. opts may be nil. A folder that another process, or
// another database of this one, has open gives an error that wraps [ErrLocked].
func Open(dir string, opts *Options) (*pebble.DB, error) {
	dir, err := prepare(dir)
	if err != nil {
		return nil, fmt.Errorf("pebbledb: %w", err)
	}

	db, err := pebble.Open(dir, settings(opts))
	if err != nil {
		return nil, fmt.Errorf("pebbledb: open %s: %w", dir, err)
	}

	return db, nil
}

// prepare creates the folder and returns its one true name. Pebble tells the
// databases of a process apart by the names they were opened under, and the
// system lets a process lock a file twice: under two names the same folder could
// be opened two times, and ruined.
func prepare(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("no folder given")
	}

	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}

	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}

	return filepath.Abs(dir)
}

// settings returns the settings of Pebble.
func settings(opts *Options) *pebble.Options {
	if opts == nil {
		opts = &Options{}
	}

	settings := &pebble.Options{
		CacheSize:                   defaultCacheSize,
		MemTableSize:                defaultMemTableSize,
		MemTableStopWritesThreshold: memTables,
		MaxOpenFiles:                maxOpenFiles,
		FormatMajorVersion:          pebble.FormatNewest,
		FS:                          lockNamingFS{vfs.Default},
		Logger:                      newLogger(opts.Logger),
	}

	if opts.CacheSize > 0 {
		settings.CacheSize = opts.CacheSize
	}

	if opts.MemTableSize > 0 {
		settings.MemTableSize = opts.MemTableSize
	}

	for i := range settings.Levels {
		settings.Levels[i].FilterPolicy = bloom.FilterPolicy(filterBits)
	}

	return settings
}
