package queuetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

// depthCases are for queues that are a queue.Depther, too; of others they are skipped.
func depthCases() []testCase {
	return []testCase{
		{Name: "depth counts messages where they are", Run: testDepth},
		{Name: "depth refuses an ended context", Run: testDepthCancelled},
		{Name: "depth refuses after Close", Run: testDepthClosed},
	}
}

// depther returns the queue as a queue.Depther.
func depther(t testing.TB, q queue.Queue) queue.Depther {
	t.Helper()

	d, ok := q.(queue.Depther)
	if !ok {
		t.Skip("the queue does not count its messages")
	}

	return d
}

func testDepth(t testing.TB, h Harness) {
	t.Helper()

	q := h.New(t, visibility)
	d := depther(t, q)
	h.requireDepth(t, d, queue.Depth{})

	send(t, q, "a")
	h.requireDepth(t, d, queue.Depth{Waiting: 1})

	require.NoError(t, q.Send(t.Context(), message("b"), time.Hour))
	h.requireDepth(t, d, queue.Depth{Waiting: 1, Delayed: 1})

	held := receive(t, q, "a")
	h.requireDepth(t, d, queue.Depth{Delayed: 1, InHand: 1})

	require.NoError(t, held.Nack(t.Context(), 0))
	h.requireDepth(t, d, queue.Depth{Waiting: 1, Delayed: 1})

	again := receive(t, q, "a")
	require.NoError(t, again.Ack(t.Context()))
	h.requireDepth(t, d, queue.Depth{Delayed: 1})
}

// requireDepth waits for a depth where the time is that of a server, whose figures may be
// a little old.
func (h Harness) requireDepth(t testing.TB, d queue.Depther, want queue.Depth) {
	t.Helper()

	depth, err := d.Depth(t.Context())
	require.NoError(t, err)

	for deadline := time.Now().Add(slack); h.RealTime && depth != want && time.Now().Before(deadline); {
		depth, err = d.Depth(t.Context())
		require.NoError(t, err)
	}

	require.Equal(t, want, depth)
}

func testDepthCancelled(t testing.TB, h Harness) {
	t.Helper()

	d := depther(t, h.New(t, visibility))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := d.Depth(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func testDepthClosed(t testing.TB, h Harness) {
	t.Helper()

	if h.Close == nil {
		t.Skip("the queues of this backend are not closed")
	}

	q := h.New(t, visibility)
	d := depther(t, q)
	h.Close(t, q)

	_, err := d.Depth(t.Context())
	require.ErrorIs(t, err, queue.ErrClosed)
}
