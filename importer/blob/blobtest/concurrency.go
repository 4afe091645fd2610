package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// concurrencyCases are about calls side by side; they mean most under the race
// detector.
func concurrencyCases() []testCase {
	return []testCase{
		{Name: "concurrent writers of one key", Run: writersOfOneKey},
		{Name: "concurrent writers of many keys", Run: writersOfManyKeys},
		{Name: "concurrent Put and Delete in one folder", Run: putAndDelete},
		{Name: "concurrent Put and Delete of one key", Run: putAndDeleteSame},
	}
}

// isWhole reports whether content is what pattern makes for some seed.
func isWhole(content string, size int) bool {
	return len(content) == size && content == string(pattern(content[0], size))
}

func writersOfOneKey(t testing.TB, h Harness) {
	const (
		writers = 4
		rounds  = 20
		size    = 100_000
	)

	s := h.New(t)
	put(t, s, "k", string(pattern(0, size)))

	var group errgroup.Group
	for w := range writers {
		group.Go(func() error {
			for r := range rounds {
				content := pattern(byte(w*rounds+r), size)
				if _, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil); err != nil {
					return err
				}
			}

			return nil
		})
		group.Go(func() error {
			for range rounds {
				content, err := read(t.Context(), s, "k")
				if errors.Is(err, blob.ErrChanged) {
					continue
				}

				if err != nil {
					return err
				}

				if !isWhole(content, size) {
					return errors.New("a reader saw content that nobody wrote")
				}
			}

			return nil
		})
	}

	require.NoError(t, group.Wait())
	require.True(t, isWhole(get(t, s, "k"), size), "the content is none that was written")
	requireHolds(t, h, s, "k")
}

func writersOfManyKeys(t testing.TB, h Harness) {
	const writers = 8

	s := h.New(t)

	var (
		group errgroup.Group
		want  []string
	)

	for w := range writers {
		for i := range 20 {
			want = append(want, fmt.Sprintf("jobs/%d/segment-%02d", i%4, w*20+i))
		}

		mine := slices.Clone(want[w*20:])
		group.Go(func() error {
			for _, key := range mine {
				if _, err := s.Put(t.Context(), key, strings.NewReader(key), nil); err != nil {
					return err
				}
			}

			return nil
		})
	}

	require.NoError(t, group.Wait())
	requireHolds(t, h, s, want...)

	for _, key := range want {
		require.Equal(t, key, get(t, s, key))
	}
}

// putAndDelete has a backend that keeps folders make and remove the same one all
// the time: no Put may fail for it.
func putAndDelete(t testing.TB, h Harness) {
	s := h.New(t)

	var group errgroup.Group
	for w := range 4 {
		key := fmt.Sprintf("a/b/%d", w)

		group.Go(func() error {
			for range 50 {
				if _, err := s.Put(t.Context(), key, strings.NewReader(key), nil); err != nil {
					return err
				}

				if _, err := s.Stat(t.Context(), key); err != nil {
					return err
				}

				if err := s.Delete(t.Context(), key); err != nil {
					return err
				}
			}

			return nil
		})
	}

	require.NoError(t, group.Wait())
	requireHolds(t, h, s)
}

// putAndDeleteSame deletes a key as soon as it is there, with its folder: that
// fails no Put either.
func putAndDeleteSame(t testing.TB, h Harness) {
	s := h.New(t)
	done := make(chan struct{})

	var group errgroup.Group
	group.Go(func() error {
		defer close(done)

		for range 200 {
			if _, err := s.Put(t.Context(), "a/b/k", strings.NewReader("content"), nil); err != nil {
				return err
			}
		}

		return nil
	})
	group.Go(func() error {
		for {
			select {
			case <-done:
				return s.Delete(t.Context(), "a/b/k")
			default:
			}

			if err := s.Delete(t.Context(), "a/b/k"); err != nil {
				return err
			}
		}
	})

	require.NoError(t, group.Wait())
	requireHolds(t, h, s)
}
