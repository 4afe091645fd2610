package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
)

// walk goes through the segments of a table: that of the products, or, for orphans, that of the
// keys.
type walk struct {
	backfill *dynamocatalog.Backfill
	page     int
	pace     *pace

	// mu guards what follows: pages are noted one at a time.
	mu        sync.Mutex
	at        *checkpoint
	conflicts *conflictWriter
	stderr    io.Writer
}

// run goes through all segments side by side, up to the first error.
func (w *walk) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)

	for i, s := range w.at.Segments {
		if !s.Done {
			group.Go(func() error { return w.segment(ctx, i, s.After) })
		}
	}

	return group.Wait()
}

// segment goes through one segment from an id on.
func (w *walk) segment(ctx context.Context, number int, after string) error {
	for {
		if err := w.pace.wait(ctx); err != nil {
			return err
		}

		page, err := w.step(ctx, dynamocatalog.Step{
			Segment: number, Segments: len(w.at.Segments), After: after, Limit: w.page,
		})
		if err != nil {
			return err
		}

		if err := w.note(number, page); err != nil {
			return err
		}

		if after = page.Next; after == "" {
			return nil
		}
	}
}

// page is what a step has brought.
type page struct {
	dynamocatalog.Progress
	released []dynamocatalog.Claim
}

func (w *walk) step(ctx context.Context, step dynamocatalog.Step) (page, error) {
	if !w.at.Orphans {
		progress, err := w.backfill.Step(ctx, step)

		return page{Progress: progress}, err
	}

	orphans, err := w.backfill.StepOrphans(ctx, step)

	return page{
		Progress: dynamocatalog.Progress{
			Next: orphans.Next, Scanned: orphans.Scanned, Keys: len(orphans.Released), Problems: orphans.Problems,
		},
		released: orphans.Released,
	}, err
}

// note keeps what a page has brought: the conflicts first, so that none is lost where the
// checkpoint is.
func (w *walk) note(number int, p page) error {
	w.mu.Lock()
	defer w.mu.Unlock()

	if err := errors.Join(w.conflicts.add(p.Conflicts), w.conflicts.addReleased(p.released)); err != nil {
		return err
	}

	for _, problem := range p.Problems {
		fmt.Fprintf(w.stderr, "backfill: product %q: %s\n", problem.Product, problem.Err)
	}

	t := &w.at.Totals
	t.Scanned += p.Scanned
	t.Products += p.Products
	t.Keys += p.Keys
	t.Conflicts += len(p.Conflicts)
	t.Problems += len(p.Problems)

	w.at.Segments[number] = segment{After: p.Next, Done: p.Next == ""}

	return w.at.save()
}
