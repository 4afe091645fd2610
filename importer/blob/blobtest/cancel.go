package blobtest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// cancelCases are about contexts that end.
func cancelCases() []testCase {
	return []testCase{
		{Name: "ended context is refused", Run: endedContext},
		{Name: "context that ends during a Put", Run: contextEndsDuringPut},
		{Name: "context that ends with the source", Run: contextEndsWithSource},
	}
}

var errCause = errors.New("the server shuts down")

func endedContext(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "k", "old")

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errCause)

	_, err := s.Put(ctx, "k", strings.NewReader("new"), nil)
	require.ErrorIs(t, err, errCause, "Put")

	_, _, err = s.Open(ctx, "k", nil)
	require.ErrorIs(t, err, errCause, "Open")

	_, err = s.Stat(ctx, "k")
	require.ErrorIs(t, err, errCause, "Stat")

	_, err = s.List(ctx, "", "", 0)
	require.ErrorIs(t, err, errCause, "List")

	require.ErrorIs(t, s.Delete(ctx, "k"), errCause, "Delete")

	require.Equal(t, "old", get(t, s, "k"))
	requireHolds(t, h, s, "k")
}

// endlessReader never ends, and calls hook before each read.
type endlessReader struct {
	hook func()
}

func (r endlessReader) Read(p []byte) (int, error) {
	r.hook()

	return copy(p, "endless"), nil
}

func contextEndsDuringPut(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "k", "old")

	for _, key := range []string{"k", "a/new"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		reads := 0

		// A bound, for a store that does not look at ctx.
		_, err := s.Put(ctx, key, endlessReader{func() {
			if reads++; reads == 10 {
				cancel(errCause)
			}
		}}, &blob.PutOptions{MaxBytes: 1 << 20})
		require.ErrorIs(t, err, errCause)
	}

	require.Equal(t, "old", get(t, s, "k"))
	requireHolds(t, h, s, "k")
}

// contextEndsWithSource ends the context when all content has come: whoever
// cancelled must not find it stored.
func contextEndsWithSource(t testing.TB, h Harness) {
	s := h.New(t)
	put(t, s, "k", "old")

	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := s.Put(ctx, "k", &hookedReader{strings.NewReader("new"), func() { cancel(errCause) }}, nil)
	require.ErrorIs(t, err, errCause)
	require.Equal(t, "old", get(t, s, "k"))
	requireHolds(t, h, s, "k")
}
