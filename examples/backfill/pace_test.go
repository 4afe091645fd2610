package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Units are spent at the rate that was asked for, on average, whatever a page costs.
func TestSpend(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		limiter := newLimiter(100)
		begin := time.Now()

		for range 10 {
			require.NoError(t, spend(t.Context(), limiter, 249.5))
		}

		require.InDelta(t, 25, time.Since(begin).Seconds(), 1.5)

		begin = time.Now()
		require.NoError(t, spend(t.Context(), newLimiter(0), 1e9))
		require.Zero(t, time.Since(begin))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		require.Error(t, spend(ctx, limiter, 1e6))
	})
}
