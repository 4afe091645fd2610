package queuetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// settleCases are about Ack and Nack.
func settleCases() []testCase {
	return []testCase{
		{Name: "acknowledged message never comes again", Run: ackRemoves},
		{Name: "refused message comes again", Run: nackReturns},
		{Name: "refused message comes again after its delay", Run: nackDelays},
		{Name: "delivery is settled once", Run: settledOnce},
	}
}

func ackRemoves(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")
	require.NoError(t, receive(t, q, "a").Ack(t.Context()))
	requireQuiet(t, q)
}

func nackReturns(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	received := time.Now()
	require.NoError(t, receive(t, q, "a").Nack(t.Context(), 0))
	require.NoError(t, h.receiveAfter(t, q, "a", received, 0).Ack(t.Context()))
	requireQuiet(t, q)
}

// nackDelays has a receiver wait already, for the time-out of the delivery that
// is refused.
func nackDelays(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	received := time.Now()
	d := receive(t, q, "a")
	done := make(chan error, 1)

	go func() {
		time.Sleep(delay)
		done <- d.Nack(t.Context(), delay)
	}()

	require.NoError(t, h.receiveAfter(t, q, "a", received, 2*delay).Ack(t.Context()))
	require.NoError(t, <-done)
	requireQuiet(t, q)
}

func settledOnce(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	refused := receive(t, q, "a")
	require.NoError(t, refused.Nack(t.Context(), 0))
	requireSettled(t, refused, "after Nack")

	accepted := receive(t, q, "a")
	requireSettled(t, refused, "after Nack and the next delivery")
	require.NoError(t, accepted.Ack(t.Context()))
	requireSettled(t, accepted, "after Ack")
	requireQuiet(t, q)
}
