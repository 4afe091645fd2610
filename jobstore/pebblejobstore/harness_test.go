package pebblejobstore_test

import (
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/jobstoretest"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

// silent is a pebble.Logger that keeps quiet, but for what ends the process.
type silent struct{ pebble.Logger }

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}

// opened is a store with the database it rests on.
type opened struct {
	*pebblejobstore.Store

	db  *pebble.DB
	fs  vfs.FS
	dir string
}

// open opens a store on a folder of a file system, until the test ends or
// shutDown is called.
func open(t testing.TB, fs vfs.FS, dir string, now func() time.Time) *opened {
	t.Helper()

	db, err := pebble.Open(dir, &pebble.Options{FS: fs, Logger: silent{pebble.DefaultLogger}})
	require.NoError(t, err)

	o := &opened{
		Store: pebblejobstore.New(db, &pebblejobstore.Options{Now: now}),
		db:    db, fs: fs, dir: dir,
	}
	t.Cleanup(func() { o.shutDown(t) })

	return o
}

// shutDown closes the store and its database, once.
func (o *opened) shutDown(t testing.TB) {
	t.Helper()

	require.NoError(t, o.Close())

	if o.db != nil {
		require.NoError(t, o.db.Close())
		o.db = nil
	}
}

func reopen(t testing.TB, s jobstore.Store, now func() time.Time) jobstore.Store {
	o := s.(*opened)
	o.shutDown(t)

	return open(t, o.fs, o.dir, now)
}

func TestConformance(t *testing.T) {
	t.Parallel()

	for name, newFS := range map[string]func(testing.TB) (vfs.FS, string){
		"in memory": func(testing.TB) (vfs.FS, string) { return vfs.NewMem(), "db" },
		"on disk":   func(t testing.TB) (vfs.FS, string) { return vfs.Default, t.TempDir() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			jobstoretest.Run(t, jobstoretest.Harness{
				New: func(t testing.TB, now func() time.Time) jobstore.Store {
					fs, dir := newFS(t)

					return open(t, fs, dir, now)
				},
				Reopen: reopen,
			})
		})
	}
}
