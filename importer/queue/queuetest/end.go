package queuetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

// cancelCases are about contexts that end.
func cancelCases() []testCase {
	return []testCase{
		{Name: "ended context is refused", Run: endedContext},
		{Name: "context that ends wakes a receiver", Run: contextWakes},
		{Name: "receiver that gave up takes no message", Run: noMessageForTheGone},
	}
}

var errCause = errors.New("the worker shuts down")

func endedContext(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errCause)

	require.ErrorIs(t, q.Send(ctx, message("never"), 0), errCause)

	// Although there is one.
	_, err := q.Receive(ctx)
	require.ErrorIs(t, err, errCause)

	received := time.Now()
	d := receive(t, q, "a")
	require.ErrorIs(t, d.Ack(ctx), errCause)
	require.ErrorIs(t, d.Nack(ctx, 0), errCause)
	require.ErrorIs(t, d.Extend(ctx, time.Hour), errCause)

	// None of the calls did anything.
	require.NoError(t, h.receiveAfter(t, q, "a", received, visibility).Ack(t.Context()))
	requireQuiet(t, q)
}

func contextWakes(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	began := time.Now()

	ctx, cancel := context.WithTimeoutCause(t.Context(), delay, errCause)
	defer cancel()

	_, err := q.Receive(ctx)
	require.ErrorIs(t, err, errCause)

	if h.RealTime {
		require.LessOrEqual(t, time.Since(began), delay+slack)
	} else {
		require.Equal(t, delay, time.Since(began))
	}
}

func noMessageForTheGone(t testing.TB, h Harness) {
	q := h.New(t, visibility)

	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), delay)
		_, err := q.Receive(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
	}

	send(t, q, "a")

	// Time for whatever the receivers may have left behind to take it.
	time.Sleep(time.Second)
	require.NoError(t, h.receiveAfter(t, q, "a", time.Now(), 0).Ack(t.Context()))
}

// closeCases are about queues that are closed.
func closeCases() []testCase {
	return []testCase{
		{Name: "Close wakes receivers", Run: closeWakes},
		{Name: "calls after Close are refused", Run: callsAfterClose},
	}
}

func closeWakes(t testing.TB, h Harness) {
	if h.Close == nil {
		t.Skip("the backend's queues are not closed")
	}

	const receivers = 3

	q := h.New(t, visibility)
	woken := make(chan error, receivers)
	began := time.Now()

	for range receivers {
		go func() {
			_, err := receiveAny(t.Context(), q)
			woken <- err
		}()
	}

	time.Sleep(delay)
	h.Close(t, q)

	for range receivers {
		require.ErrorIs(t, <-woken, queue.ErrClosed)
	}

	if h.RealTime {
		require.LessOrEqual(t, time.Since(began), delay+slack)
	} else {
		require.Equal(t, delay, time.Since(began))
	}
}

func callsAfterClose(t testing.TB, h Harness) {
	if h.Close == nil {
		t.Skip("the backend's queues are not closed")
	}

	q := h.New(t, visibility)
	send(t, q, "held")
	d := receive(t, q, "held")
	send(t, q, "waiting")

	h.Close(t, q)
	h.Close(t, q)

	require.ErrorIs(t, q.Send(t.Context(), message("a"), 0), queue.ErrClosed)
	_, err := receiveAny(t.Context(), q)
	require.ErrorIs(t, err, queue.ErrClosed)
	require.ErrorIs(t, d.Ack(t.Context()), queue.ErrClosed)
	require.ErrorIs(t, d.Nack(t.Context(), 0), queue.ErrClosed)
	require.ErrorIs(t, d.Extend(t.Context(), time.Minute), queue.ErrClosed)
}
