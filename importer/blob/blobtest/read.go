package blobtest

import (
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// readCases are about the options of Open.
func readCases() []testCase {
	return []testCase{
		{Name: "offset within the content", Run: offsets},
		{Name: "offset in large content", Run: offsetInLarge},
		{Name: "offset outside the content", Run: offsetsOutside},
		{Name: "content that matches its ETag", Run: etagMatches},
		{Name: "content that has changed", Run: etagDiffers},
	}
}

// openAt returns what Open delivers with opts.
func openAt(t testing.TB, s blob.Store, key string, opts blob.OpenOptions) string {
	t.Helper()

	r, info, err := s.Open(t.Context(), key, &opts)
	require.NoError(t, err)
	require.Equal(t, key, info.Key)

	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, info.Size, opts.Offset+int64(len(content)), "Info.Size is that of the whole content")

	return string(content)
}

func offsets(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "k", "0123456789")
	put(t, s, "empty", "")

	for offset, want := range map[int64]string{0: "0123456789", 1: "123456789", 5: "56789", 9: "9", 10: ""} {
		require.Equal(t, want, openAt(t, s, "k", blob.OpenOptions{Offset: offset}), "offset %d", offset)
	}

	require.Empty(t, openAt(t, s, "empty", blob.OpenOptions{}))
}

func offsetInLarge(t testing.TB, h Harness) {
	s := h.New(t)
	content := string(pattern('o', largeSize))
	put(t, s, "k", content)

	for _, offset := range []int64{1, 65_535, largeSize/2 + 1, largeSize - 1} {
		require.True(t, content[offset:] == openAt(t, s, "k", blob.OpenOptions{Offset: offset}), "offset %d", offset)
	}
}

func offsetsOutside(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "k", "0123456789")
	put(t, s, "empty", "")

	for _, offset := range []int64{11, math.MaxInt64, -1, math.MinInt64} {
		_, _, err := s.Open(t.Context(), "k", &blob.OpenOptions{Offset: offset})
		require.ErrorIs(t, err, blob.ErrRange, "offset %d", offset)
	}

	_, _, err := s.Open(t.Context(), "empty", &blob.OpenOptions{Offset: 1})
	require.ErrorIs(t, err, blob.ErrRange)
}

func etagMatches(t testing.TB, h Harness) {
	s := h.New(t)
	info := put(t, s, "k", "0123456789")

	require.Equal(t, "0123456789", openAt(t, s, "k", blob.OpenOptions{IfMatch: info.ETag}))
	require.Equal(t, "6789", openAt(t, s, "k", blob.OpenOptions{IfMatch: info.ETag, Offset: 6}))
}

func etagDiffers(t testing.TB, h Harness) {
	s := h.New(t)
	old := put(t, s, "k", "0123456789")
	current := put(t, s, "k", "012345678X")

	// Behind the end as well: that the content has changed explains it.
	for _, offset := range []int64{0, 5, 11} {
		_, _, err := s.Open(t.Context(), "k", &blob.OpenOptions{IfMatch: old.ETag, Offset: offset})
		require.ErrorIs(t, err, blob.ErrChanged, "offset %d", offset)
	}

	require.Equal(t, "X", openAt(t, s, "k", blob.OpenOptions{IfMatch: current.ETag, Offset: 9}))
}
