package retryafter_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/retryafter"
)

func TestParse(t *testing.T) {
	t.Parallel()

	now := time.Date(2025, 1, 6, 9, 30, 0, 0, time.UTC)

	for header, want := range map[string]time.Duration{
		"":                              0,
		"0":                             0,
		"120":                           2 * time.Minute,
		"-1":                            0,
		"1.5":                           0,
		" 5":                            0,
		"soon":                          0,
		"18446744073709551615":          math.MaxInt32 * time.Second,
		"18446744073709551616":          0,
		"Mon, 06 Jan 2025 09:35:00 GMT": 5 * time.Minute,
		"Mon, 06 Jan 2025 09:00:00 GMT": 0,
		"Mon, 06 Jan 9999 09:00:00 GMT": math.MaxInt64,
	} {
		require.Equal(t, want, retryafter.Parse(header, now), header)
	}
}
