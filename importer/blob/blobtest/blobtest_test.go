package blobtest

import (
	"context"
	"io"
	"testing"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

func suite() suitecheck.Suite[Harness] { return suitecheck.Suite[Harness]{Cases: cases()} }

// TestSuiteCatchesDefects runs the suite over stores that break one promise each,
// and wants the case that is about the promise to fail.
func TestSuiteCatchesDefects(t *testing.T) {
	t.Parallel()

	var planted []suitecheck.Defect[Harness]
	for name, d := range defects() {
		planted = append(planted, suitecheck.Defect[Harness]{Name: name, Harness: d.harness(), FoundBy: d.caughtBy})
	}

	suite().Finds(t, planted)
	suite().Covers(t, planted)
}

// TestSuiteAcceptsWholeStore shows that the failures above come from the defects.
func TestSuiteAcceptsWholeStore(t *testing.T) {
	t.Parallel()

	suite().Accepts(t, defect{}.harness())
}

// TestSuiteSkipsGaps: what a backend does not offer is skipped, and nothing else is.
func TestSuiteSkipsGaps(t *testing.T) {
	t.Parallel()

	h := defect{}.harness()
	h.Reopen = nil
	suite().Accepts(t, h, "* a restart")
}

// defect is a store in memory that breaks one promise. Methods without a
// replacement are those of memblob.
type defect struct {
	caughtBy string

	put  func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error)
	open func(s blob.Store, ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error)
	stat func(s blob.Store, ctx context.Context, key string) (blob.Info, error)
	list func(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error)
	del  func(s blob.Store, ctx context.Context, key string) error

	// reopen replaces keeping the store.
	reopen func(s blob.Store) blob.Store
}

func (d defect) harness() Harness {
	return Harness{
		New: func(testing.TB) blob.Store { return &broken{memblob.New(nil), d} },
		Reopen: func(_ testing.TB, s blob.Store) blob.Store {
			if d.reopen != nil {
				return d.reopen(s)
			}

			return s
		},
	}
}

// broken is a whole store behind a defect.
type broken struct {
	blob.Store
	defect
}

func (b *broken) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	if b.put != nil {
		return b.put(b.Store, ctx, key, r, opts)
	}

	return b.Store.Put(ctx, key, r, opts)
}

func (b *broken) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if b.open != nil {
		return b.open(b.Store, ctx, key, opts)
	}

	return b.Store.Open(ctx, key, opts)
}

func (b *broken) Stat(ctx context.Context, key string) (blob.Info, error) {
	if b.stat != nil {
		return b.stat(b.Store, ctx, key)
	}

	return b.Store.Stat(ctx, key)
}

func (b *broken) List(ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if b.list != nil {
		return b.list(b.Store, ctx, prefix, after, limit)
	}

	return b.Store.List(ctx, prefix, after, limit)
}

func (b *broken) Delete(ctx context.Context, key string) error {
	if b.del != nil {
		return b.del(b.Store, ctx, key)
	}

	return b.Store.Delete(ctx, key)
}
