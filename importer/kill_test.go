package importer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/pebblecatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/pebbledb"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/pebblejobstore"
)

// childFolder is the environment variable that makes the test program a process that
// imports what waits in a folder, until it is killed or done.
const childFolder = "BULKIMPORT_TEST_CHILD_FOLDER"

// quietChildFolder is the same for a process that nobody watches, with the default
// options.
const quietChildFolder = "BULKIMPORT_TEST_QUIET_CHILD_FOLDER"

// embedded is an engine on the embedded backends.
type embedded struct {
	jobs    jobstore.Store
	files   *dirblob.Store
	catalog *pebblecatalog.Store
	queue   *memqueue.Queue
	close   func() error
}

func openEmbedded(folder string) (*embedded, error) {
	db, err := pebbledb.Open(filepath.Join(folder, "db"), nil)
	if err != nil {
		return nil, err
	}

	files, err := dirblob.Open(filepath.Join(folder, "files"), nil)
	if err != nil {
		return nil, err
	}

	q, err := memqueue.New(nil)
	if err != nil {
		return nil, err
	}

	return &embedded{
		jobs: pebblejobstore.New(db, nil), files: files, catalog: pebblecatalog.New(db, nil), queue: q,
		close: func() error {
			if err := q.Close(); err != nil {
				return err
			}

			if err := files.Close(); err != nil {
				return err
			}

			return db.Close()
		},
	}, nil
}

func (e *embedded) ports() importer.Ports {
	return importer.Ports{
		Jobs: e.jobs, Files: e.files, Queue: e.queue,
		Kinds: kindsOf(e.catalog, e.catalog),
	}
}

func kindsOf(products catalog.Store, inventory catalog.Inventory) []importer.Kind {
	return []importer.Kind{importer.NewProductKind(products, nil), importer.NewInventoryKind(products, inventory, nil)}
}

// killOptions make for many chunks, so that there is much to interrupt.
func killOptions() *importer.WorkerOptions { return &importer.WorkerOptions{ChunkRows: 40, Jobs: 2} }

// runChild is the process that is killed. It writes a byte to its standard output
// before and after each writing call, which is how its killer knows where it is.
func runChild(folder string) int {
	return reported(func() error {
		return withEmbedded(folder, func(e *embedded) error {
			ports := e.ports()
			ports.Jobs, ports.Files = noisyJobs{e.jobs}, noisyFiles{e.files}
			ports.Kinds = kindsOf(noisyCatalog{e.catalog}, noisyInventory{e.catalog})

			return runUntilIdle(ports, killOptions())
		})
	})
}

func runQuietChild(folder string) int {
	return reported(func() error {
		return withEmbedded(folder, func(e *embedded) error { return runUntilIdle(e.ports(), nil) })
	})
}

// reported returns the exit code for what f returns.
func reported(f func() error) int {
	if err := f(); err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	return 0
}

// withEmbedded calls f with an engine on the embedded backends.
func withEmbedded(folder string, f func(*embedded) error) error {
	e, err := openEmbedded(folder)
	if err != nil {
		return err
	}

	return errors.Join(f(e), e.close())
}

// runUntilIdle takes up every unfinished job and returns when all have ended.
func runUntilIdle(ports importer.Ports, opts *importer.WorkerOptions) error {
	ctx := context.Background()

	s, err := importer.NewService(ports, nil)
	if err != nil {
		return err
	}

	w, err := importer.NewWorker(ports, opts)
	if err != nil {
		return err
	}

	jobs, err := s.Recover(ctx)
	if err != nil {
		return err
	}

	for range jobs {
		delivery, err := ports.Queue.Receive(ctx)
		if err != nil {
			return err
		}

		if result, err := w.RunJob(ctx, delivery.Message().JobID); err != nil || result != importer.RunEnded {
			return fmt.Errorf("run of %s: result %d, %w", delivery.Message().JobID, result, err)
		}
	}

	return nil
}

func noise() { _, _ = os.Stdout.Write([]byte{'.'}) }

type noisyJobs struct{ jobstore.Store }

func (s noisyJobs) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	noise()
	defer noise()

	return s.Store.Update(ctx, id, change)
}

type noisyFiles struct{ blob.Store }

func (s noisyFiles) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	noise()
	defer noise()

	return s.Store.Put(ctx, key, r, opts)
}

type noisyCatalog struct{ catalog.Store }

func (s noisyCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	noise()
	defer noise()

	return s.Store.Create(ctx, items)
}

type noisyInventory struct{ catalog.Inventory }

func (s noisyInventory) PutItems(ctx context.Context, items []catalog.InventoryItem) ([]catalog.ItemResult, error) {
	noise()
	defer noise()

	return s.Inventory.PutItems(ctx, items)
}

// inventoryFile names the file that is the inventory of a store.
const inventoryFile = "inventory"

// Promise 2, for real: a process is killed with SIGKILL, at least fifty times over one
// import, and the outcome equals that of an undisturbed run.
func TestSIGKILLAtAnyTimeChangesNothing(t *testing.T) {
	t.Parallel()

	files := map[string]string{"generated": manyRows(12_000), inventoryFile: manyStock(8_000)}
	if data, err := os.ReadFile(testData("bigbasket.csv")); err == nil {
		files["bigbasket"] = string(data)
	}

	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			undisturbed, disturbed := t.TempDir(), t.TempDir()
			now := time.Now()

			request := importer.UploadRequest{Filename: "products.csv"}
			if name == inventoryFile {
				request.Type, request.StoreID = jobstore.TypeStoreInventoryUpload, "store-1"
			}

			id := queueEmbedded(t, undisturbed, file, request, now)
			require.Equal(t, id, queueEmbedded(t, disturbed, file, request, now))

			_, finished := runKilled(t, undisturbed, -1)
			require.True(t, finished)

			random := rand.New(rand.NewPCG(uint64(len(file)), 2))
			kills := 0

			for finished := false; !finished; {
				// Few calls at first, so that fifty kills fit into one import; and
				// no bound on what happens after.
				calls := 3 + random.IntN(18)
				if kills >= 60 {
					calls = 30 + random.IntN(300)
				}

				var killed bool

				killed, finished = runKilled(t, disturbed, calls)
				if killed {
					kills++
				}
			}

			t.Logf("killed %d times", kills)
			require.GreaterOrEqual(t, kills, 50)
			require.Equal(t, readEmbedded(t, undisturbed, id), readEmbedded(t, disturbed, id))
		})
	}
}

// testData returns the path of a file of real data. It lies beside the repository, or
// where BULKIMPORT_TESTDATA says.
func testData(name string) string {
	folder := os.Getenv("BULKIMPORT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}

	return filepath.Join(folder, name)
}

// queueEmbedded queues a job for a file in a folder. The same time gives the same id.
func queueEmbedded(t *testing.T, folder, file string, request importer.UploadRequest, now time.Time) string {
	t.Helper()

	e, err := openEmbedded(folder)
	require.NoError(t, err)

	defer func() { require.NoError(t, e.close()) }()

	s, err := importer.NewService(e.ports(), &importer.ServiceOptions{
		Now:   func() time.Time { return now },
		NewID: func() string { return "thesamejob00" },
	})
	require.NoError(t, err)

	upload, err := s.CreateUpload(t.Context(), owner, request)
	require.NoError(t, err)
	_, err = e.files.Put(t.Context(), upload.Key, strings.NewReader(file), nil)
	require.NoError(t, err)
	_, err = s.Process(t.Context(), owner, upload.JobID, nil)
	require.NoError(t, err)

	return upload.JobID
}

// runKilled runs the import in a process of its own, and kills that with SIGKILL about
// when it makes its n-th call; a negative n lets it live. killed says that the signal
// came before the process had ended, finished that the process came to its end.
func runKilled(t *testing.T, folder string, n int) (killed, finished bool) {
	t.Helper()

	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childFolder+"="+folder)

	var problems strings.Builder

	child.Stderr = &problems

	calls, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())

	if n < 0 {
		_, err = io.Copy(io.Discard, calls)
	} else {
		_, err = io.CopyN(io.Discard, calls, int64(n))
	}

	// An early end of the output is the end of the process.
	if err == nil && n >= 0 {
		// Within the call as well as on either side of it.
		for range rand.IntN(3000) {
			_ = time.Now()
		}

		require.NoError(t, child.Process.Signal(syscall.SIGKILL))
	}

	_, _ = io.Copy(io.Discard, calls) // the rest, until the process is gone

	err = child.Wait()
	status, ok := child.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok)

	if status.Signaled() {
		return true, false
	}

	require.NoError(t, err, problems.String())

	return false, true
}

// readEmbedded reads all that an import left behind.
func readEmbedded(t *testing.T, folder, jobID string) footprint {
	t.Helper()

	e, err := openEmbedded(folder)
	require.NoError(t, err)

	defer func() { require.NoError(t, e.close()) }()

	inspect := &engine{t: t, clock: newClock(), jobs: e.jobs, files: e.files, queue: e.queue, catalog: e.catalog, told: &recorder{}}
	inspect.clock.now = time.Now()
	inspect.serviceOptions.Now = time.Now

	return inspect.footprint(jobID)
}
