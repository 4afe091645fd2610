package jobstoretest

import (
	"context"
	"errors"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func cancelCases() []testCase {
	return []testCase{
		{"cancel/a done context writes nothing", testCancelled},
		{"cancel/a done context stops the sweep", testCancelledSweep},
	}
}

func testCancelled(e *env) {
	e.create(e.job("a"))

	before := e.get("a")
	ctx, cancel := context.WithCancel(e.Context())
	cancel()

	require.ErrorIs(e, e.store.Create(ctx, e.job("b")), context.Canceled)

	_, err := e.store.Get(ctx, "a")
	require.ErrorIs(e, err, context.Canceled)

	_, err = e.store.Update(ctx, "a", func(*jobstore.Job) error {
		return errors.New("change was called")
	})
	require.ErrorIs(e, err, context.Canceled)

	_, err = e.store.List(ctx, jobstore.Query{})
	require.ErrorIs(e, err, context.Canceled)

	e.requireMissing("b")
	e.requireJob(before, e.get("a"))
}

func testCancelledSweep(e *env) {
	x := e.expirer()
	e.create(e.job("a"))

	ctx, cancel := context.WithCancel(e.Context())
	cancel()

	_, err := x.Expired(ctx, e.clock.Now(), 1)
	require.ErrorIs(e, err, context.Canceled)
	require.ErrorIs(e, x.Delete(ctx, "a"), context.Canceled)
	require.Equal(e, "a", e.get("a").ID)
}
