package importer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// requireUniqueKeys requires promise 3: no two products have the same identity
// key.
func requireUniqueKeys(t *testing.T, all []catalog.Product) {
	t.Helper()

	holders := map[dedupe.Key]string{}

	for _, p := range all {
		identity := dedupe.Identity{
			Barcodes: append([]string{p.Barcode}, p.AdditionalBarcodes...), ImageHash: p.ImageHash,
			Brand: p.Brand, Name: p.Name,
		}
		for _, key := range identity.Keys() {
			require.Empty(t, holders[key], "%s is held twice", key)
			holders[key] = p.ID
		}
	}
}

// Promise 3, and what lies beneath it: several jobs of the same file at once.
func TestConcurrentJobsOfOneFile(t *testing.T) {
	t.Parallel()

	for _, backend := range backends() {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()
			importConcurrently(newEngineOn(t, backend))
		})
	}
}

func importConcurrently(e *engine) {
	const jobs = 4

	t := e.t
	file := manyRows(400)
	want := undisturbed(t, file)

	ids := make([]string, jobs)
	for i := range ids {
		ids[i] = e.queued(file, nil)
	}

	var group sync.WaitGroup

	for _, id := range ids {
		group.Go(func() {
			_, err := e.worker().RunJob(context.Background(), id)
			if err != nil {
				t.Error(err)
			}
		})
	}

	group.Wait()

	all := products(t, e.catalog)
	identified := 0

	for _, p := range all {
		if len(dedupe.Identity{Barcodes: []string{p.Barcode}, Brand: p.Brand, Name: p.Name}.Keys()) > 0 {
			identified++
		}
	}

	requireUniqueKeys(t, all)

	var successful int64

	for _, id := range ids {
		p := e.job(id).Progress
		require.Equal(t, jobstore.StatusCompletedWithErrors, e.job(id).Status)
		require.Equal(t, want.Progress.Errors, p.Errors)
		require.Equal(t, p.ProcessedRows, p.Successful+p.Duplicates+p.Errors)

		successful += p.Successful
	}

	require.Len(t, all, int(successful), "every success is a product, and every product a success")
	require.Greater(t, identified, 200)
}

// Another job claims a key after it was looked up: the row that wanted it is a
// duplicate then, and a row that was taken for a duplicate of that row is not.
func TestAKeyClaimedBetweenLookupAndCreate(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	store := e.catalog
	rival := catalog.NewProduct{Product: catalog.Product{ID: "rival", Name: "Rival", Barcode: "8901719101038"}}
	rival.Keys = dedupe.Identity{Barcodes: []string{rival.Product.Barcode}}.Keys()

	e.hook(func(call int64) error {
		if call > 1 {
			return nil
		}

		_, err := store.Create(context.Background(), []catalog.NewProduct{rival})

		return err
	})

	job := e.imported("name,brand,category,barcode\n"+
		"Parle-G,Parle,Biscuits,8901719101038\n"+
		"PARLE G,Parle,Biscuits,\n"+
		"parle g,parle,Biscuits,\n", nil)

	require.Equal(t, map[string]int64{"barcode": 1, "name_brand": 1}, job.Progress.DuplicatesByTier)
	require.Equal(t, int64(1), job.Progress.Successful)

	results := e.report(job.ID, importer.ReportResults)
	require.Contains(t, results, "2,duplicate,rival,barcode")
	require.Contains(t, results, "3,successful,")
}

// Several workers on one job: one has it, the others find it taken.
func TestWorkersFightForOneJob(t *testing.T) {
	t.Parallel()

	for _, backend := range backends() {
		t.Run(backend, func(t *testing.T) {
			t.Parallel()

			e := newEngineOn(t, backend)
			file := manyRows(300)

			// The same id as that of the undisturbed run, whatever the clock says.
			e.serviceOptions.Now = e.clock.Now
			e.clock.now = time.Now()
			want := newEngine(t)
			want.clock.now = e.clock.now

			id := e.queued(file, nil)

			var group sync.WaitGroup

			for range 6 {
				group.Go(func() {
					if _, err := e.worker().RunJob(context.Background(), id); err != nil {
						t.Error(err)
					}
				})
			}

			group.Wait()
			require.Equal(t, want.footprint(want.imported(file, nil).ID), e.footprint(id))
			require.Len(t, e.told.got(), 1)
		})
	}
}

// A paused worker comes back after its lease has gone to another: the hand-over
// at every commit, with both going on.
func TestAPausedWorkerCannotHarmItsSuccessor(t *testing.T) {
	t.Parallel()

	file := manyRows(100)
	want := undisturbed(t, file)

	for pause := 1; pause <= 8; pause++ {
		t.Run(fmt.Sprint(pause), func(t *testing.T) {
			t.Parallel()

			e := newEngine(t)
			id := e.queued(file, nil)

			paused := &pausingCatalog{Store: e.catalog, at: pause, reached: make(chan struct{}), resume: make(chan struct{})}
			ports := e.ports()
			ports.Kinds = []importer.Kind{importer.NewProductKind(paused, &importer.ProductKindOptions{Now: e.clock.Now})}

			slow, err := importer.NewWorker(ports, &e.workerOptions)
			require.NoError(t, err)

			done := make(chan importer.RunResult)

			go func() {
				result, err := slow.RunJob(context.Background(), id)
				if err != nil {
					t.Error(err)
				}

				done <- result
			}()

			<-paused.reached

			// The chunk before the one that waits may be on its way into the job store,
			// and then it renews the lease once.
			result := importer.RunSkipped
			for range 2 {
				if result == importer.RunSkipped {
					e.clock.advance(time.Hour)
					result = e.run(id)
				}
			}

			require.Equal(t, importer.RunEnded, result)
			close(paused.resume)
			require.Equal(t, importer.RunSkipped, <-done)

			require.Equal(t, want, e.footprint(id))
			require.Len(t, e.told.got(), 1)
		})
	}
}

// pausingCatalog stops before one of its Creates until it is told to go on.
type pausingCatalog struct {
	catalog.Store
	mu              sync.Mutex
	at              int
	reached, resume chan struct{}
}

func (p *pausingCatalog) Create(ctx context.Context, items []catalog.NewProduct) ([]catalog.CreateResult, error) {
	p.mu.Lock()
	p.at--
	stop := p.at == 0
	p.mu.Unlock()

	if stop {
		close(p.reached)
		<-p.resume
	}

	return p.Store.Create(ctx, items)
}
