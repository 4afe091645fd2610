package queuetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// delayCases are about messages that are to come later.
func delayCases() []testCase {
	return []testCase{
		{Name: "delayed message comes in time", Run: delayedComes},
		{Name: "delayed message holds up no other", Run: delayedIsOvertaken},
		{Name: "sooner message overtakes a wait", Run: soonerOvertakes},
		{Name: "negative delay is none", Run: negativeDelay},
	}
}

func delayedComes(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	sent := time.Now()
	require.NoError(t, q.Send(t.Context(), message("a"), delay))

	d := h.receiveAfter(t, q, "a", sent, delay)
	require.NoError(t, d.Ack(t.Context()))
}

func delayedIsOvertaken(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	sent := time.Now()
	require.NoError(t, q.Send(t.Context(), message("late"), delay))
	require.NoError(t, q.Send(t.Context(), message("now"), 0))

	require.NoError(t, h.receiveAfter(t, q, "now", sent, 0).Ack(t.Context()))
	require.NoError(t, h.receiveAfter(t, q, "late", sent, delay).Ack(t.Context()))
}

// soonerOvertakes has the receiver wait for a message when one that is due before
// it arrives.
func soonerOvertakes(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	sent := time.Now()
	require.NoError(t, q.Send(t.Context(), message("late"), 3*delay))

	done := make(chan error, 1)

	go func() {
		time.Sleep(delay)
		done <- q.Send(t.Context(), message("soon"), delay)
	}()

	require.NoError(t, h.receiveAfter(t, q, "soon", sent, 2*delay).Ack(t.Context()))
	require.NoError(t, h.receiveAfter(t, q, "late", sent, 3*delay).Ack(t.Context()))
	require.NoError(t, <-done)
}

func negativeDelay(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	sent := time.Now()
	require.NoError(t, q.Send(t.Context(), message("a"), -time.Hour))

	d := h.receiveAfter(t, q, "a", sent, 0)
	require.NoError(t, d.Nack(t.Context(), -time.Hour))
	require.NoError(t, h.receiveAfter(t, q, "a", sent, 0).Ack(t.Context()))
}

// visibilityCases are about receivers that fall silent.
func visibilityCases() []testCase {
	return []testCase{
		{Name: "silent receiver loses its message", Run: silentLoses},
		{Name: "message is hidden until the time-out", Run: hiddenUntilTimeout},
		{Name: "Extend keeps the message", Run: extendKeeps},
		{Name: "Extend repeated keeps the message", Run: heartbeatKeeps},
		{Name: "late settling is refused", Run: lateSettling},
		{Name: "late settling does not touch the next delivery", Run: lateSettlingOfRedelivered},
	}
}

func silentLoses(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	received := time.Now()
	receive(t, q, "a")

	// Not only once: the second receiver may die as well.
	h.receiveAfter(t, q, "a", received, visibility)

	received = time.Now()
	d := h.receiveAfter(t, q, "a", received, visibility)
	require.NoError(t, d.Ack(t.Context()))
	requireQuiet(t, q)
}

// hiddenUntilTimeout wants another message to come first, although it was sent
// later.
func hiddenUntilTimeout(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "held")

	received := time.Now()
	receive(t, q, "held")
	send(t, q, "other")

	require.NoError(t, receive(t, q, "other").Ack(t.Context()))
	require.NoError(t, h.receiveAfter(t, q, "held", received, visibility).Ack(t.Context()))
}

func extendKeeps(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	d := receive(t, q, "a")
	time.Sleep(delay)

	extended := time.Now()
	require.NoError(t, d.Extend(t.Context(), visibility+delay))

	again := h.receiveAfter(t, q, "a", extended, visibility+delay)
	require.NoError(t, again.Ack(t.Context()))
}

// heartbeatKeeps works on a message for longer than several time-outs.
func heartbeatKeeps(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	d := receive(t, q, "a")

	for range 4 {
		time.Sleep(visibility / 2)
		require.NoError(t, d.Extend(t.Context(), visibility))
	}

	require.NoError(t, d.Ack(t.Context()))
	requireQuiet(t, q)
}

func lateSettling(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	d := receive(t, q, "a")
	time.Sleep(visibility + time.Second)
	requireSettled(t, d, "after the time-out")

	require.NoError(t, receive(t, q, "a").Ack(t.Context()))
}

func lateSettlingOfRedelivered(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")

	late := receive(t, q, "a")
	time.Sleep(visibility + time.Second)

	received := time.Now()
	current := receive(t, q, "a")
	requireSettled(t, late, "of the first delivery during the second")

	// The second is still there, and still as long as it would have been.
	again := h.receiveAfter(t, q, "a", received, visibility)
	requireSettled(t, current, "of the second delivery during the third")
	require.NoError(t, again.Ack(t.Context()))
	requireQuiet(t, q)
}
