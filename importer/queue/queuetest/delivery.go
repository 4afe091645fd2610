package queuetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

// deliveryCases are about messages that come, and come once.
func deliveryCases() []testCase {
	return []testCase{
		{Name: "message comes", Run: messageComes},
		{Name: "empty queue is quiet", Run: emptyIsQuiet},
		{Name: "message wakes a receiver", Run: messageWakes},
		{Name: "all messages come", Run: allCome},
		{Name: "same message twice", Run: sameTwice},
		{Name: "concurrent receivers", Run: concurrentReceivers},
	}
}

func messageComes(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "admin_import_20250106_abc123")

	d := receive(t, q, "admin_import_20250106_abc123")
	require.NoError(t, d.Ack(t.Context()))
	require.Equal(t, message("admin_import_20250106_abc123"), d.Message(), "after Ack")
}

func emptyIsQuiet(t testing.TB, h Harness) {
	requireQuiet(t, h.New(t, visibility))
}

func messageWakes(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	began := time.Now()

	var group errgroup.Group
	group.Go(func() error {
		time.Sleep(delay)

		return q.Send(t.Context(), message("a"), 0)
	})

	d := h.receiveAfter(t, q, "a", began, delay)
	require.NoError(t, d.Ack(t.Context()))
	require.NoError(t, group.Wait())
}

func allCome(t testing.TB, h Harness) {
	q := h.New(t, visibility)

	var want, got []string
	for i := range 20 {
		want = append(want, fmt.Sprintf("job-%02d", i))
		send(t, q, want[i])
	}

	for range want {
		d, err := receiveAny(t.Context(), q)
		require.NoError(t, err)
		require.NoError(t, d.Ack(t.Context()))

		got = append(got, d.Message().JobID)
	}

	require.ElementsMatch(t, want, got)
	requireQuiet(t, q)
}

// sameTwice wants both: a job may be queued again while a message about it waits.
func sameTwice(t testing.TB, h Harness) {
	q := h.New(t, visibility)
	send(t, q, "a")
	send(t, q, "a")

	first := receive(t, q, "a")
	second := receive(t, q, "a")
	require.NoError(t, first.Ack(t.Context()))
	require.NoError(t, second.Ack(t.Context()))
	requireQuiet(t, q)
}

func concurrentReceivers(t testing.TB, h Harness) {
	const (
		receivers = 8
		messages  = 40
	)

	q := h.New(t, visibility)

	var (
		group errgroup.Group
		mu    sync.Mutex
		want  []string
		got   []string
	)

	for range receivers {
		group.Go(func() error {
			for range messages / receivers {
				d, err := receiveAny(t.Context(), q)
				if err != nil {
					return err
				}

				if err := d.Ack(t.Context()); err != nil {
					return err
				}

				mu.Lock()
				got = append(got, d.Message().JobID)
				mu.Unlock()
			}

			return nil
		})
	}

	for i := range messages {
		want = append(want, fmt.Sprintf("job-%02d", i))
		send(t, q, want[i])
	}

	require.NoError(t, group.Wait())
	slices.Sort(got)
	require.Equal(t, want, got)
	requireQuiet(t, q)
}

// requireSettled fails the test unless d is settled for each of its methods.
func requireSettled(t testing.TB, d queue.Delivery, why string) {
	t.Helper()

	require.ErrorIs(t, d.Ack(t.Context()), queue.ErrSettled, "Ack %s", why)
	require.ErrorIs(t, d.Nack(t.Context(), 0), queue.ErrSettled, "Nack %s", why)
	require.ErrorIs(t, d.Extend(t.Context(), time.Minute), queue.ErrSettled, "Extend %s", why)
}
