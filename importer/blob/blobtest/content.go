package blobtest

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// largeSize is the size of what stands for an upload here, in bytes: more than
// any buffer on the way, and no multiple of one.
const largeSize = 5<<20 + 12_345

// contentCases are about what goes in, comes out and goes away.
func contentCases() []testCase {
	return []testCase{
		{Name: "content round trip", Run: roundTrip},
		{Name: "content of nothing", Run: emptyContent},
		{Name: "content that is large", Run: largeContent},
		{Name: "content is not shared with its source", Run: contentIsCopied},
		{Name: "description is the same everywhere", Run: sameInfo},
		{Name: "missing key is not found", Run: missingKey},
		{Name: "delete removes", Run: deleteRemoves},
		{Name: "delete leaves others alone", Run: deleteKeepsOthers},
	}
}

func roundTrip(t testing.TB, h Harness) {
	s := h.New(t)
	content := "name,category\r\n\"a\nb\",\x00\xff\n"

	info, err := s.Put(t.Context(), "admin-imports/job/input.csv", bytes.NewReader([]byte(content)),
		&blob.PutOptions{ContentType: "text/csv"})
	require.NoError(t, err)
	require.Equal(t, "admin-imports/job/input.csv", info.Key)
	require.EqualValues(t, len(content), info.Size)
	require.NotEmpty(t, info.ETag)
	require.False(t, info.ModTime.IsZero())

	require.Equal(t, content, get(t, s, "admin-imports/job/input.csv"))
	requireHolds(t, h, s, "admin-imports/job/input.csv")
}

func emptyContent(t testing.TB, h Harness) {
	s := h.New(t)

	info := put(t, s, "empty", "")
	require.Zero(t, info.Size)
	require.NotEmpty(t, info.ETag)
	require.Empty(t, get(t, s, "empty"))
	requireHolds(t, h, s, "empty")
}

func largeContent(t testing.TB, h Harness) {
	s := h.New(t)
	content := pattern('l', largeSize)

	// A reader of unknown length, as a request body is.
	info, err := s.Put(t.Context(), "large", io.LimitReader(bytes.NewReader(content), largeSize), nil)
	require.NoError(t, err)
	require.EqualValues(t, largeSize, info.Size)

	// Not require.Equal, which would print 5 MiB.
	require.True(t, get(t, s, "large") == string(content), "the large content came back changed")
}

func contentIsCopied(t testing.TB, h Harness) {
	s := h.New(t)
	source := []byte("before")

	_, err := s.Put(t.Context(), "k", bytes.NewBuffer(source), nil)
	require.NoError(t, err)
	copy(source, "behind")
	require.Equal(t, "before", get(t, s, "k"))
}

func sameInfo(t testing.TB, h Harness) {
	s := h.New(t)
	want := put(t, s, "a/b", "content")

	stat, err := s.Stat(t.Context(), "a/b")
	require.NoError(t, err)
	equalInfo(t, h, want, stat)

	r, opened, err := s.Open(t.Context(), "a/b", nil)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	equalInfo(t, Harness{}, stat, opened)

	listed, err := s.List(t.Context(), "a/b", "", 0)
	require.NoError(t, err)
	require.Len(t, listed, 1)
	equalInfo(t, Harness{}, stat, listed[0])
}

func missingKey(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "a/b", "content")

	// Beside, below and above what there is.
	for _, key := range []string{"missing", "a/missing", "a/b/c", "a", "x/y/z"} {
		_, err := s.Stat(t.Context(), key)
		require.ErrorIs(t, err, blob.ErrNotFound, "Stat of %s", key)

		_, _, err = s.Open(t.Context(), key, nil)
		require.ErrorIs(t, err, blob.ErrNotFound, "Open of %s", key)

		// ErrNotFound says more than that the offset or the ETag does not fit.
		_, _, err = s.Open(t.Context(), key, &blob.OpenOptions{Offset: 1, IfMatch: "etag"})
		require.ErrorIs(t, err, blob.ErrNotFound, "Open of %s with options", key)

		require.NoError(t, s.Delete(t.Context(), key), "Delete of %s", key)
	}

	requireHolds(t, h, s, "a/b")
}

func deleteRemoves(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "a/b/c", "content")

	require.NoError(t, s.Delete(t.Context(), "a/b/c"))
	_, err := s.Stat(t.Context(), "a/b/c")
	require.ErrorIs(t, err, blob.ErrNotFound)
	requireHolds(t, h, s)

	require.NoError(t, s.Delete(t.Context(), "a/b/c"), "once more")

	put(t, s, "a/b/c", "again")
	require.Equal(t, "again", get(t, s, "a/b/c"))

	// What was a folder of keys may become a key.
	require.NoError(t, s.Delete(t.Context(), "a/b/c"))
	put(t, s, "a", "key now")
	require.Equal(t, "key now", get(t, s, "a"))
}

func deleteKeepsOthers(t testing.TB, h Harness) {
	s := h.New(t)
	for _, key := range []string{"a/b/c", "a/b/d", "a/e", "a-b"} {
		put(t, s, key, key)
	}

	require.NoError(t, s.Delete(t.Context(), "a/b/c"))
	requireHolds(t, h, s, "a/b/d", "a/e", "a-b")

	require.NoError(t, s.Delete(t.Context(), "a/b/d"))
	requireHolds(t, h, s, "a/e", "a-b")
	require.Equal(t, "a/e", get(t, s, "a/e"))
}
