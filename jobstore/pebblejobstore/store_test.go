package pebblejobstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

func newJob(id string) jobstore.Job {
	return jobstore.Job{
		ID: id, Type: jobstore.TypeAdminProductImport, CreatedByUserID: "user-1",
		Status: jobstore.StatusQueued, CreatedAt: time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC),
	}
}

// TestPowerFailure shows that what was acknowledged is on the disk: the file
// system is copied as a power failure would leave it, with the synced data only.
func TestPowerFailure(t *testing.T) {
	t.Parallel()

	ctx := t.Context()
	fs := vfs.NewCrashableMem()
	s := open(t, fs, "db", time.Now)

	require.NoError(t, s.Create(ctx, newJob("a")))
	require.NoError(t, s.Create(ctx, newJob("b")))
	require.NoError(t, s.Create(ctx, newJob("c")))
	require.NoError(t, s.Delete(ctx, "c"))

	_, err := s.Update(ctx, "b", func(j *jobstore.Job) error {
		j.Status = jobstore.StatusProcessing

		return nil
	})
	require.NoError(t, err)

	after := open(t, fs.CrashClone(vfs.CrashCloneCfg{}), "db", time.Now)

	job, err := after.Get(ctx, "b")
	require.NoError(t, err)
	require.Equal(t, int64(2), job.Version)

	page, err := after.List(ctx, jobstore.Query{Status: jobstore.StatusProcessing})
	require.NoError(t, err)
	require.Len(t, page.Jobs, 1)

	page, err = after.List(ctx, jobstore.Query{CreatedBy: "user-1"})
	require.NoError(t, err)
	require.Len(t, page.Jobs, 2)
}

// TestSharedDatabase shows that the store keeps to its prefix, and is not
// confused by what lies beside it.
func TestSharedDatabase(t *testing.T) {
	t.Parallel()

	var (
		ctx = t.Context()
		// The clock is past the expiry of one job, so that all indexes are in use.
		now = time.Date(2025, time.January, 7, 0, 0, 0, 0, time.UTC)
		s   = open(t, vfs.NewMem(), "db", func() time.Time { return now })
	)

	neighbours := []string{"i", "i\xff\xff", "izz", "k", "k\x00", "\x00", "\xff"}
	for _, key := range neighbours {
		require.NoError(t, s.db.Set([]byte(key), []byte("theirs"), pebble.Sync))
	}

	expired := newJob("expired")
	expired.ExpiresAt = now.Add(-time.Hour)
	require.NoError(t, s.Create(ctx, expired))
	require.NoError(t, s.Create(ctx, newJob("a")))
	require.NoError(t, s.Delete(ctx, "expired"))

	page, err := s.List(ctx, jobstore.Query{})
	require.NoError(t, err)
	require.Len(t, page.Jobs, 1)

	require.NoError(t, s.Delete(ctx, "a"))

	// Nothing is left of the store, and everything of the others.
	it, err := s.db.NewIter(nil)
	require.NoError(t, err)

	var left []string
	for ok := it.First(); ok; ok = it.Next() {
		left = append(left, string(it.Key()))
	}

	require.NoError(t, it.Close())
	require.ElementsMatch(t, neighbours, left)
}

// TestDamage shows that a record that cannot be read is reported as such, and as
// none of the port's errors: it is neither missing nor anybody's mistake.
func TestDamage(t *testing.T) {
	t.Parallel()

	for name, value := range map[string]string{
		"empty":         "",
		"later version": "\x02{}",
		"not JSON":      "\x01{",
		"wrong type":    "\x01{\"version\":\"one\"}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			ctx := t.Context()
			s := open(t, vfs.NewMem(), "db", time.Now)
			require.NoError(t, s.Create(ctx, newJob("a")))
			require.NoError(t, s.db.Set(pebblejobstore.RecordKey("a"), []byte(value), pebble.Sync))

			_, getErr := s.Get(ctx, "a")
			_, updateErr := s.Update(ctx, "a", func(*jobstore.Job) error { return nil })
			_, listErr := s.List(ctx, jobstore.Query{})

			for _, err := range []error{getErr, updateErr, listErr, s.Create(ctx, newJob("a")), s.Delete(ctx, "a")} {
				require.ErrorContains(t, err, "not a job record of version 1")
				require.NotErrorIs(t, err, jobstore.ErrNotFound)
				require.NotErrorIs(t, err, jobstore.ErrExists)
				require.NotErrorIs(t, err, jobstore.ErrInvalid)
			}
		})
	}

	t.Run("index entry without a record", func(t *testing.T) {
		t.Parallel()

		s := open(t, vfs.NewMem(), "db", time.Now)
		require.NoError(t, s.Create(t.Context(), newJob("a")))
		require.NoError(t, s.db.Delete(pebblejobstore.RecordKey("a"), pebble.Sync))

		_, err := s.List(t.Context(), jobstore.Query{})
		require.ErrorContains(t, err, `the index knows job "a"`)
	})
}

// TestCancelledWhileWaiting shows that a call whose context ends in the wait for
// another writer writes nothing.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()

	s := open(t, vfs.NewMem(), "db", time.Now)
	require.NoError(t, s.Create(t.Context(), newJob("a")))

	ctx, cancel := context.WithCancel(t.Context())

	_, err := s.Update(ctx, "a", func(j *jobstore.Job) error {
		j.Status = jobstore.StatusFailed

		cancel()

		return nil
	})
	require.ErrorIs(t, err, context.Canceled)

	job, err := s.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusQueued, job.Status)
	require.Equal(t, int64(1), job.Version)
}

// TestListWhileWriting shows that a list never sees half of an update: a job is
// in exactly one of the statuses that it moves between.
func TestListWhileWriting(t *testing.T) {
	t.Parallel()

	const moves = 200

	var (
		ctx  = t.Context()
		s    = open(t, vfs.NewMem(), "db", time.Now)
		wait sync.WaitGroup
		stop = make(chan struct{})
		errs = make(chan error, 1)
	)

	require.NoError(t, s.Create(ctx, newJob("a")))

	wait.Go(func() {
		defer close(stop)

		for i := range moves {
			_, err := s.Update(ctx, "a", func(j *jobstore.Job) error {
				j.Status = []jobstore.Status{jobstore.StatusProcessing, jobstore.StatusQueued}[i%2]

				return nil
			})
			if err != nil {
				errs <- err

				return
			}
		}
	})

	check := func(q jobstore.Query) {
		page, err := s.List(ctx, q)
		require.NoError(t, err)

		for _, j := range page.Jobs {
			require.True(t, q.Matches(&j), "%s in the list of %s", j.Status, q.Status)
		}
	}

	for running := true; running; {
		select {
		case <-stop:
			running = false
		default:
		}

		check(jobstore.Query{Status: jobstore.StatusQueued})
		check(jobstore.Query{Status: jobstore.StatusProcessing, CreatedBy: "user-1"})

		page, err := s.List(ctx, jobstore.Query{})
		require.NoError(t, err)
		require.Len(t, page.Jobs, 1)
	}

	wait.Wait()
	require.Empty(t, errs)
}

func FuzzDecodeRecord(f *testing.F) {
	job := newJob("a")
	job.Warnings = []jobstore.Warning{{Code: "unknown_column", Rows: []int64{2, 3}}}

	value, err := pebblejobstore.EncodeRecord(&job)
	require.NoError(f, err)

	f.Add(value)
	f.Add([]byte(nil))
	f.Add([]byte("\x01null"))
	f.Add([]byte("\x01{\"created_at\":\"2025-01-06T09:30:00+05:30\"}"))
	f.Add([]byte("\x02{}"))

	f.Fuzz(func(t *testing.T, value []byte) {
		job, err := pebblejobstore.DecodeRecord(value)
		if err != nil {
			return
		}

		again, err := pebblejobstore.EncodeRecord(&job)
		require.NoError(t, err)

		_, err = pebblejobstore.DecodeRecord(again)
		require.NoError(t, err)
	})
}

func ExampleNew() {
	db, err := pebble.Open("jobs", &pebble.Options{FS: vfs.NewMem(), Logger: silent{pebble.DefaultLogger}})
	if err != nil {
		fmt.Println(err)

		return
	}
	defer db.Close()

	store := pebblejobstore.New(db, nil)
	defer store.Close()

	ctx := context.Background()

	err = store.Create(ctx, jobstore.Job{
		ID:              "admin_import_20250106_abc123",
		Type:            jobstore.TypeAdminProductImport,
		CreatedByUserID: "asha",
		Status:          jobstore.StatusPendingUpload,
		CreatedAt:       time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)

		return
	}

	page, err := store.List(ctx, jobstore.Query{CreatedBy: "asha", Status: jobstore.StatusPendingUpload})
	if err != nil {
		fmt.Println(err)

		return
	}

	for _, job := range page.Jobs {
		fmt.Println(job.ID, job.Status, job.Version)
	}
	// Output: admin_import_20250106_abc123 pending_upload 1
}
