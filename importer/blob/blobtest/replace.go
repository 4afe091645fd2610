package blobtest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// replaceCases are about replacing content wholly or not at all.
func replaceCases() []testCase {
	return []testCase{
		{Name: "replacement is invisible until complete", Run: invisibleReplacement},
		{Name: "replacement leaves open readers alone", Run: openReaderSurvives},
		{Name: "replacement changes the ETag", Run: etagChanges},
		{Name: "failing source leaves the old content", Run: failingSource},
		{Name: "failing source of a new key leaves nothing", Run: failingSourceOfNew},
		{Name: "content over the limit", Run: contentOverLimit},
		{Name: "content that fits exactly", Run: contentFits},
		{Name: "negative limit is refused", Run: negativeLimit},
		{Name: "last Put to finish wins", Run: lastToFinishWins},
	}
}

// hookedReader calls hook before its content ends.
type hookedReader struct {
	io.Reader
	hook func()
}

func (r *hookedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && r.hook != nil {
		r.hook()
		r.hook = nil
	}

	return n, err
}

func invisibleReplacement(t testing.TB, h Harness) {
	s := h.New(t)
	old := put(t, s, "k", "old")
	looked := false

	_, err := s.Put(t.Context(), "k", &hookedReader{bytes.NewReader(pattern('n', 1<<20)), func() {
		looked = true

		require.Equal(t, "old", get(t, s, "k"))

		stat, err := s.Stat(t.Context(), "k")
		require.NoError(t, err)
		equalInfo(t, h, old, stat)

		listed, err := s.List(t.Context(), "", "", 0)
		require.NoError(t, err)
		require.Equal(t, []string{"k"}, keys(listed))
	}}, nil)
	require.NoError(t, err)
	require.True(t, looked)
	require.Len(t, get(t, s, "k"), 1<<20)
}

func openReaderSurvives(t testing.TB, h Harness) {
	s := h.New(t)
	old := string(pattern('o', 1<<20))

	for name, change := range map[string]func(key string) error{
		"Delete": func(key string) error { return s.Delete(t.Context(), key) },
		"Put": func(key string) error {
			_, err := s.Put(t.Context(), key, bytes.NewReader(pattern('n', 1<<20)), nil)
			return err
		},
	} {
		put(t, s, name, old)

		r, _, err := s.Open(t.Context(), name, nil)
		require.NoError(t, err)

		head := make([]byte, 10)
		_, err = io.ReadFull(r, head)
		require.NoError(t, err)
		require.NoError(t, change(name))

		rest, err := io.ReadAll(r)
		require.NoError(t, r.Close())

		if err != nil {
			require.ErrorIs(t, err, blob.ErrChanged, "reading after %s", name)
		}

		require.True(t, strings.HasPrefix(old, string(head)+string(rest)), "two contents are mixed after %s", name)
		require.True(t, err != nil || len(head)+len(rest) == len(old), "the content ends early after %s", name)
	}
}

func etagChanges(t testing.TB, h Harness) {
	s := h.New(t)
	seen := make(map[string]bool)

	// Many, of equal size, and within few ticks of any clock.
	for i := range 50 {
		info := put(t, s, "k", string(pattern(byte(i), 8)))
		require.False(t, seen[info.ETag], "ETag %q comes twice", info.ETag)
		seen[info.ETag] = true
	}

	// What was deleted and put again was replaced, too.
	require.NoError(t, s.Delete(t.Context(), "k"))
	again := put(t, s, "k", string(pattern(0, 8)))
	require.Equal(t, h.SameBytesSameETag, seen[again.ETag], "ETag of the first content put again")
}

var errSource = errors.New("the source fails")

func failingSource(t testing.TB, h Harness) {
	s := h.New(t)
	old := put(t, s, "a/k", "old")

	for _, size := range []int{0, 1, 1 << 20} {
		_, err := s.Put(t.Context(), "a/k", failingReader(strings.Repeat("n", size), errSource), nil)
		require.ErrorIs(t, err, errSource, "after %d bytes", size)
	}

	// What a request body says when the client goes away.
	_, err := s.Put(t.Context(), "a/k", failingReader("n", io.ErrUnexpectedEOF), nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)

	stat, err := s.Stat(t.Context(), "a/k")
	require.NoError(t, err)
	equalInfo(t, h, old, stat)
	require.Equal(t, "old", get(t, s, "a/k"))
	requireHolds(t, h, s, "a/k")
}

func failingSourceOfNew(t testing.TB, h Harness) {
	s := h.New(t)

	_, err := s.Put(t.Context(), "a/b/c", failingReader("new", errSource), nil)
	require.ErrorIs(t, err, errSource)

	_, err = s.Stat(t.Context(), "a/b/c")
	require.ErrorIs(t, err, blob.ErrNotFound)
	requireHolds(t, h, s)
}

func contentOverLimit(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "k", "old")

	for _, size := range []int{11, 1 << 20} {
		for _, key := range []string{"k", "new"} {
			_, err := s.Put(t.Context(), key, bytes.NewReader(pattern('n', size)), &blob.PutOptions{MaxBytes: 10})
			require.ErrorIs(t, err, blob.ErrTooLarge, "%d bytes under %s", size, key)
		}
	}

	require.Equal(t, "old", get(t, s, "k"))
	requireHolds(t, h, s, "k")
}

func contentFits(t testing.TB, h Harness) {
	s := h.New(t)

	for _, size := range []int64{1, 10, 1 << 20} {
		content := pattern('f', int(size))
		_, err := s.Put(t.Context(), "k", bytes.NewReader(content), &blob.PutOptions{MaxBytes: size})
		require.NoError(t, err, "%d bytes", size)
		require.True(t, get(t, s, "k") == string(content), "%d bytes came back changed", size)
	}
}

func negativeLimit(t testing.TB, h Harness) {
	s := h.New(t)

	_, err := s.Put(t.Context(), "k", strings.NewReader(""), &blob.PutOptions{MaxBytes: -1})
	require.Error(t, err)
	requireHolds(t, h, s)
}

func lastToFinishWins(t testing.TB, h Harness) {
	s := h.New(t)

	_, err := s.Put(t.Context(), "k", &hookedReader{strings.NewReader("began first"), func() {
		put(t, s, "k", "finished first")
	}}, nil)
	require.NoError(t, err)
	require.Equal(t, "began first", get(t, s, "k"))
}
