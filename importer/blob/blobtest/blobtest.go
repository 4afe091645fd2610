// Package blobtest is the conformance suite of blob.Store.
//
// A backend proves itself in one test:
//
//	func TestConformance(t *testing.T) {
//		blobtest.Run(t, blobtest.Harness{
//			New: func(testing.TB) blob.Store { return memblob.New(nil) },
//		})
//	}
//
// The suite itself is tested with stores that break the contract, one promise
// each: see its own tests.
package blobtest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/conformance"
)

// Harness makes the stores that the suite tests.
type Harness struct {
	// New returns an empty store and has t clean it up. It is called once or
	// more in every case, and the cases run in parallel.
	New func(t testing.TB) blob.Store

	// Reopen closes a store that New made and opens what it held, as a restart of
	// the process does. nil says that the backend is not durable; those cases are
	// then skipped.
	Reopen func(t testing.TB, s blob.Store) blob.Store

	// Debris returns names of whatever a store that New made holds besides
	// content, such as temporary files and empty folders. The suite calls it when
	// no Put is under way and wants nothing. nil says that there is no way to
	// look; the other checks of the same cases still run.
	Debris func(t testing.TB, s blob.Store) []string

	// PutTimeSlack is how far the ModTime that Put returns may be from what the other
	// methods say, at most 2 seconds. 0 means not at all.
	PutTimeSlack time.Duration

	// SameBytesSameETag says that content which is put again, byte by byte, gets the
	// ETag it had before. Where it does not, the suite makes sure of it.
	SameBytesSameETag bool
}

// Run tests the stores of h, each case in a subtest.
func Run(t *testing.T, h Harness) {
	t.Helper()

	conformance.Run(t, h, cases())
}

// testCase is one promise of the contract.
type testCase = conformance.Case[Harness]

// cases lists the suite by topic.
func cases() []testCase {
	return slices.Concat(
		contentCases(), replaceCases(), refusalCases(), readCases(), keyCases(), listCases(),
		cancelCases(), concurrencyCases(), durabilityCases(),
	)
}

// put stores content under key.
func put(t testing.TB, s blob.Store, key, content string) blob.Info {
	t.Helper()

	info, err := s.Put(t.Context(), key, strings.NewReader(content), nil)
	require.NoError(t, err)

	return info
}

// get returns the content of key.
func get(t testing.TB, s blob.Store, key string) string {
	t.Helper()

	content, err := read(t.Context(), s, key)
	require.NoError(t, err)

	return content
}

// read returns the content of key. It suits goroutines, which must not end a
// test.
func read(ctx context.Context, s blob.Store, key string) (content string, err error) {
	r, _, err := s.Open(ctx, key, nil)
	if err != nil {
		return "", err
	}

	b, err := io.ReadAll(r)
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}

	return string(b), err
}

// keys returns the keys of infos.
func keys(infos []blob.Info) []string {
	all := make([]string, 0, len(infos))
	for _, info := range infos {
		all = append(all, info.Key)
	}

	return all
}

// requireHolds fails the test unless the store of h holds exactly these keys and
// nothing besides.
func requireHolds(t testing.TB, h Harness, s blob.Store, want ...string) {
	t.Helper()

	infos, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.ElementsMatch(t, want, keys(infos), "keys listed")

	if h.Debris != nil {
		require.Empty(t, h.Debris(t, s), "debris")
	}
}

// equalInfo fails the test unless the two descriptions are the same, of which want may
// be what Put returned.
func equalInfo(t testing.TB, h Harness, want, got blob.Info) {
	t.Helper()

	require.LessOrEqual(t, want.ModTime.Sub(got.ModTime).Abs(), h.PutTimeSlack,
		"ModTime: want %v, got %v", want.ModTime, got.ModTime)

	got.ModTime = want.ModTime
	require.Equal(t, want, got)
}

// failingReader delivers content and then err.
func failingReader(content string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(content), iotest.ErrReader(err))
}

// pattern returns n bytes that differ from one seed to the next and along the
// way.
func pattern(seed byte, n int) []byte {
	b := bytes.Repeat([]byte{seed}, n)
	for i := range b {
		b[i] += byte(i>>8) ^ byte(i)
	}

	return b
}
