package turns_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/turns"
)

// ended is a context that does not wait.
func ended(t *testing.T) context.Context {
	t.Helper()

	ctx, stop := context.WithCancel(t.Context())
	stop()

	return ctx
}

func TestOnePlaceForEachUser(t *testing.T) {
	t.Parallel()

	places := turns.New(2)

	leave, err := places.Take(ended(t), "asha")
	require.NoError(t, err, "a free place is given to those who do not wait, too")

	_, err = places.Take(ended(t), "asha")
	require.ErrorIs(t, err, turns.ErrBusy, "one is free, but not for asha")

	leaveRavi, err := places.Take(ended(t), "ravi")
	require.NoError(t, err)

	_, err = places.Take(ended(t), "meera")
	require.ErrorIs(t, err, turns.ErrBusy)

	leave()

	leaveMeera, err := places.Take(ended(t), "meera")
	require.NoError(t, err)

	leaveRavi()
	leaveMeera()

	leave, err = places.Take(ended(t), "asha")
	require.NoError(t, err, "nothing of those who gave up is left")
	leave()
}

// However many callers of a user were there before, the others come in between.
func TestTurnsGoRound(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		places := turns.New(1)

		var (
			mu    sync.Mutex
			order []string
		)

		take := func(user string) {
			go func() {
				leave, err := places.Take(t.Context(), user)
				if err != nil {
					t.Errorf("%s: %v", user, err)

					return
				}

				mu.Lock()
				order = append(order, user)
				mu.Unlock()
				leave()
			}()
			synctest.Wait()
		}

		leave, err := places.Take(t.Context(), "asha")
		require.NoError(t, err)

		for _, user := range []string{"asha", "asha", "asha", "ravi", "ravi", "meera"} {
			take(user)
		}

		leave()
		synctest.Wait()
		require.Equal(t, []string{"ravi", "meera", "asha", "ravi", "asha", "asha"}, order)
	})
}

func TestFewWaitForAUser(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		places := turns.New(3)
		waiting, stop := context.WithCancel(t.Context())

		leave, err := places.Take(waiting, "asha")
		require.NoError(t, err)

		var refused atomic.Int64

		for range 16 {
			go func() {
				if _, err := places.Take(waiting, "asha"); err != nil {
					refused.Add(1)
				}
			}()
		}

		synctest.Wait()
		require.Zero(t, refused.Load())

		_, err = places.Take(t.Context(), "asha")
		require.ErrorIs(t, err, turns.ErrBusy, "at once, though it would wait for ever")

		stop()
		synctest.Wait()
		require.EqualValues(t, 16, refused.Load())
		leave()
	})
}

// No place is lost and none is given twice, whoever gives up when.
func TestTurnsUnderLoad(t *testing.T) {
	t.Parallel()

	const places, users, callers = 3, 7, 400

	var (
		all    = turns.New(places)
		inside atomic.Int64
		of     [users]atomic.Int64
		wait   sync.WaitGroup
	)

	for i := range callers {
		wait.Go(func() {
			waiting, stop := context.WithCancel(t.Context())
			defer stop()

			if i%3 == 0 {
				go stop()
			}

			leave, err := all.Take(waiting, fmt.Sprint(i%users))
			if err != nil {
				return
			}

			if inside.Add(1) > places || of[i%users].Add(1) > 1 {
				t.Error("too many at once")
			}

			runtime.Gosched()
			of[i%users].Add(-1)
			inside.Add(-1)
			leave()
		})
	}

	wait.Wait()

	for user := range places {
		_, err := all.Take(ended(t), fmt.Sprint(user))
		require.NoError(t, err)
	}

	_, err := all.Take(ended(t), "another")
	require.ErrorIs(t, err, turns.ErrBusy)
}
