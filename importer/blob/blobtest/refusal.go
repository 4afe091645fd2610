package blobtest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// refusalCases are about PutOptions.BeforeReplace.
func refusalCases() []testCase {
	return []testCase{
		{Name: "replacement is asked for when complete", Run: askedWhenComplete},
		{Name: "refused replacement leaves the old content", Run: refusedReplacement},
		{Name: "replacement is not asked for after a failure", Run: notAskedAfterFailure},
	}
}

// askedWhenComplete replaces a key and puts a new one, and looks around when it is
// asked.
func askedWhenComplete(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "a/old", "old")

	type contextKey struct{}

	ctx := context.WithValue(t.Context(), contextKey{}, "the context of the Put")

	for _, key := range []string{"a/old", "b/c/new"} {
		complete, asked := false, 0

		_, err := s.Put(ctx, key, &hookedReader{strings.NewReader("content"), func() { complete = true }}, &blob.PutOptions{
			BeforeReplace: func(ctx context.Context) error {
				asked++

				require.True(t, complete, "all of the content has come")
				require.NotNil(t, ctx.Value(contextKey{}), "the context is that of the Put")

				content, err := read(ctx, s, key)
				if key == "a/old" {
					require.NoError(t, err)
					require.Equal(t, "old", content)
				} else {
					require.ErrorIs(t, err, blob.ErrNotFound)
				}

				// The store is at work as ever, in the very place that waits for
				// the answer: the last Delete empties it.
				put(t, s, key+"-neighbour", "neighbour")
				require.NoError(t, s.Delete(ctx, key))

				return s.Delete(ctx, key+"-neighbour")
			},
		})
		require.NoError(t, err)
		require.Equal(t, 1, asked)
		require.Equal(t, "content", get(t, s, key))
	}

	requireHolds(t, h, s, "a/old", "b/c/new")
}

var errRefused = errors.New("the import has begun")

func refusedReplacement(t testing.TB, h Harness) {
	s := h.New(t)
	old := put(t, s, "a/old", "old")

	for _, key := range []string{"a/old", "a/new", "b/c/new"} {
		_, err := s.Put(t.Context(), key, bytes.NewReader(pattern('n', 1<<20)), &blob.PutOptions{
			BeforeReplace: func(context.Context) error { return errRefused },
		})
		require.ErrorIs(t, err, errRefused, key)
	}

	stat, err := s.Stat(t.Context(), "a/old")
	require.NoError(t, err)
	equalInfo(t, h, old, stat)
	require.Equal(t, "old", get(t, s, "a/old"))
	requireHolds(t, h, s, "a/old")
}

func notAskedAfterFailure(t testing.TB, h Harness) {
	s := h.New(t)
	asked := false
	opts := &blob.PutOptions{MaxBytes: 10, BeforeReplace: func(context.Context) error {
		asked = true

		return nil
	}}

	_, err := s.Put(t.Context(), "k", failingReader("new", errSource), opts)
	require.ErrorIs(t, err, errSource)

	_, err = s.Put(t.Context(), "k", bytes.NewReader(pattern('n', 11)), opts)
	require.ErrorIs(t, err, blob.ErrTooLarge)

	ctx, cancel := context.WithCancelCause(t.Context())
	_, err = s.Put(ctx, "k", &hookedReader{strings.NewReader("new"), func() { cancel(errCause) }}, opts)
	require.ErrorIs(t, err, errCause)

	require.False(t, asked)
	requireHolds(t, h, s)
}
