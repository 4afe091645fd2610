package memqueue_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/importer/queue/queuetest"
)

func newQueue(t testing.TB, opts *memqueue.Options) *memqueue.Queue {
	t.Helper()

	q, err := memqueue.New(opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, q.Close()) })

	return q
}

func TestConformance(t *testing.T) {
	t.Parallel()

	queuetest.Run(t, queuetest.Harness{
		New: func(t testing.TB, visibility time.Duration) queue.Queue {
			return newQueue(t, &memqueue.Options{Visibility: visibility})
		},
		Close: func(t testing.TB, q queue.Queue) {
			require.NoError(t, q.(*memqueue.Queue).Close())
		},
	})
}

func TestNewRefusesNegativeVisibility(t *testing.T) {
	t.Parallel()

	_, err := memqueue.New(&memqueue.Options{Visibility: -1})
	require.Error(t, err)
}

func TestDefaultVisibility(t *testing.T) {
	t.Parallel()

	for name, opts := range map[string]*memqueue.Options{"no options": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(t, opts)
				require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

				_, err := q.Receive(t.Context())
				require.NoError(t, err)

				received := time.Now()
				_, err = q.Receive(t.Context())
				require.NoError(t, err)
				require.Equal(t, memqueue.DefaultVisibility, time.Since(received))
			})
		})
	}
}

// TestOrderOfSending is a promise of this backend beyond the contract.
func TestOrderOfSending(t *testing.T) {
	t.Parallel()

	q := newQueue(t, nil)
	for i := range 10 {
		require.NoError(t, q.Send(t.Context(), queue.Message{JobID: fmt.Sprint(i)}, 0))
	}

	for i := range 10 {
		d, err := q.Receive(t.Context())
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), d.Message().JobID)
	}
}

// TestExtendMayShorten has a receiver wait for the time-out that was.
func TestExtendMayShorten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t, nil)
		require.NoError(t, q.Send(t.Context(), queue.Message{JobID: "a"}, 0))

		d, err := q.Receive(t.Context())
		require.NoError(t, err)

		received := time.Now()
		extended := make(chan error, 1)

		go func() {
			time.Sleep(time.Second)
			extended <- d.Extend(t.Context(), 2*time.Second)
		}()

		_, err = q.Receive(t.Context())
		require.NoError(t, err)
		require.Equal(t, 3*time.Second, time.Since(received))
		require.NoError(t, <-extended)
	})
}

func Example() {
	q, err := memqueue.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer q.Close()

	ctx := context.Background()
	if err := q.Send(ctx, queue.Message{JobID: "admin_import_20250106_abc123"}, 0); err != nil {
		fmt.Println(err)
		return
	}

	d, err := q.Receive(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(d.Message().JobID)
	fmt.Println(d.Ack(ctx))
	fmt.Println(d.Ack(ctx))

	// Output:
	// admin_import_20250106_abc123
	// <nil>
	// queue: delivery is settled already
}
