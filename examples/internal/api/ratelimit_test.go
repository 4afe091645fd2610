package api_test

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

// limited is a harness that bounds requests, on a clock that the test moves.
func limited(t *testing.T, perSecond float64) (*harness, func(time.Duration)) {
	t.Helper()

	var now atomic.Int64

	limits, err := api.NewRateLimit(perSecond, func() time.Time { return time.Unix(0, now.Load()) })
	require.NoError(t, err)

	return newHarness(t, func(h *harness) { h.limits = limits }), func(d time.Duration) { now.Add(int64(d)) }
}

func TestRateLimit(t *testing.T) {
	t.Parallel()

	h, forward := limited(t, 2)

	for range 6 {
		require.Equal(t, http.StatusOK, h.do(t, "asha", http.MethodGet, api.Base, "").Code)
	}

	for range 3 { // who is refused has used nothing up
		w := h.do(t, "asha", http.MethodGet, api.Base, "")
		require.Equal(t, http.StatusTooManyRequests, w.Code)
		require.Equal(t, "1", w.Header().Get("Retry-After"))
		require.Equal(t, "rate_limited", decode(t, w)["code"])
	}

	require.Equal(t, http.StatusOK, h.do(t, "ravi", http.MethodGet, api.Base, "").Code, "another user")
	require.Equal(t, http.StatusUnauthorized, h.do(t, "", http.MethodGet, api.Base, "").Code)

	forward(500 * time.Millisecond)
	require.Equal(t, http.StatusOK, h.do(t, "asha", http.MethodGet, api.Base, "").Code)
	require.Equal(t, http.StatusTooManyRequests, h.do(t, "asha", http.MethodGet, api.Base, "").Code)

	forward(time.Hour)

	for range 6 {
		require.Equal(t, http.StatusOK, h.do(t, "asha", http.MethodGet, api.Base, "").Code)
	}

	require.Equal(t, http.StatusTooManyRequests, h.do(t, "asha", http.MethodGet, api.Base, "").Code)
}

// Waiting as long as one is told to is long enough.
func TestRetryAfterIsTrue(t *testing.T) {
	t.Parallel()

	for _, perSecond := range []float64{0.3, 0.01} {
		h, forward := limited(t, perSecond)

		for range 3 {
			w := h.do(t, "asha", http.MethodGet, api.Base, "")
			for w.Code == http.StatusOK {
				w = h.do(t, "asha", http.MethodGet, api.Base, "")
			}

			seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
			require.NoError(t, err)
			forward(time.Duration(seconds) * time.Second)
			require.Equal(t, http.StatusOK, h.do(t, "asha", http.MethodGet, api.Base, "").Code)
		}
	}
}

// A page that polls ten imports every second stays inside the bound of the server.
func TestPollingIsInside(t *testing.T) {
	t.Parallel()

	h, forward := limited(t, 20)
	id := h.job(t, "asha", someCSV)

	for range 60 {
		for range 10 {
			h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
		}

		forward(time.Second)
	}
}

func TestRateLimitIsExact(t *testing.T) {
	t.Parallel()

	h, _ := limited(t, 5)

	var (
		wait   sync.WaitGroup
		passed atomic.Int64
	)

	for range 60 {
		wait.Go(func() {
			if h.do(t, "asha", http.MethodGet, api.Base, "").Code == http.StatusOK {
				passed.Add(1)
			}
		})
	}

	wait.Wait()
	require.EqualValues(t, 15, passed.Load())
}

func TestManyUsersAreBounded(t *testing.T) {
	t.Parallel()

	limits, err := api.NewRateLimit(1, time.Now)
	require.NoError(t, err)

	for i := range 25_000 {
		limits.Take(fmt.Sprint(i))
	}

	require.LessOrEqual(t, limits.Users(), 10_000)
}

func TestRatesThatMakeNoSense(t *testing.T) {
	t.Parallel()

	for _, perSecond := range []float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		_, err := api.NewRateLimit(perSecond, time.Now)
		require.ErrorIs(t, err, api.ErrRateLimit)
	}
}
