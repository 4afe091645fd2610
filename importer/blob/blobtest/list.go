package blobtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// listCases are about List.
func listCases() []testCase {
	return []testCase{
		{Name: "list of nothing", Run: listNothing},
		{Name: "list is in byte order of keys", Run: listOrder},
		{Name: "list by prefix and place", Run: listSelects},
		{Name: "list in pages", Run: listPages},
		{Name: "list bounds its pages", Run: listBounds},
		{Name: "list while keys come and go", Run: listDuringChange},
	}
}

// tree are keys whose byte order is not the order of folders and files, in byte
// order: '-' and '.' come before '/', digits and letters behind it.
func tree() []string {
	return []string{
		"Z/z", "a", "a-b/x", "a-b/y/z", "a.b", "a0", "aa/-", "aa/b", "ab",
		"b-/x", "b.c", "b/-", "b/c-d/e", "b/c.csv", "b/c/d", "b/c0", "b0", "c",
	}
}

func listNothing(t testing.TB, h Harness) {
	s := h.New(t)

	for _, prefix := range []string{"", "a", "a/", "a/b"} {
		listed, err := s.List(t.Context(), prefix, "", 0)
		require.NoError(t, err)
		require.Empty(t, listed)
	}
}

func listOrder(t testing.TB, h Harness) {
	s := h.New(t)

	backwards := tree()
	slices.Reverse(backwards)

	for _, key := range backwards {
		put(t, s, key, key)
	}

	listed, err := s.List(t.Context(), "", "", 0)
	require.NoError(t, err)
	require.Equal(t, tree(), keys(listed))
}

// listSelects compares every prefix, place and limit with the plain meaning.
func listSelects(t testing.TB, h Harness) {
	s := h.New(t)
	for _, key := range tree() {
		put(t, s, key, key)
	}

	var prefixes []string
	for _, key := range tree() {
		for end := range len(key) + 1 {
			prefixes = append(prefixes, key[:end])
		}
	}

	slices.Sort(prefixes)
	prefixes = append(slices.Compact(prefixes), "nowhere", "b/c/d/", "b/c/d/e", "a/", "a/b", "b/b", ".")
	places := append(slices.Clone(prefixes), "b/c/", "b/c/\xff", "\xff", "\x00", "b/c-d/e\x00", "a/../a")

	for _, prefix := range prefixes {
		for _, after := range places {
			for _, limit := range []int{0, 1, 3} {
				want := []string{}
				for _, key := range tree() {
					if strings.HasPrefix(key, prefix) && key > after && (limit == 0 || len(want) < limit) {
						want = append(want, key)
					}
				}

				listed, err := s.List(t.Context(), prefix, after, limit)
				require.NoError(t, err, "prefix %q, after %q, limit %d", prefix, after, limit)
				require.Equal(t, want, keys(listed), "prefix %q, after %q, limit %d", prefix, after, limit)
			}
		}
	}
}

func listPages(t testing.TB, h Harness) {
	s := h.New(t)

	var want []string
	for i := range 100 {
		want = append(want, fmt.Sprintf("jobs/%02d/segment-%d", i/7, i))
	}

	for _, key := range want {
		put(t, s, key, "")
	}

	slices.Sort(want)

	for _, size := range []int{1, 7, 10, 99, 100, 101} {
		var got []string
		for after := ""; ; {
			listed, err := s.List(t.Context(), "jobs/", after, size)
			require.NoError(t, err)
			require.LessOrEqual(t, len(listed), size)

			got = append(got, keys(listed)...)
			if len(listed) < size {
				break
			}

			after = got[len(got)-1]
		}

		require.Equal(t, want, got, "pages of %d", size)
	}
}

func listBounds(t testing.TB, h Harness) {
	s := h.New(t)

	// Side by side, for the sake of backends that sync or are far away.
	var group errgroup.Group
	group.SetLimit(32)

	for i := range blob.MaxPage + 3 {
		group.Go(func() error {
			_, err := s.Put(t.Context(), fmt.Sprintf("%04d", i), strings.NewReader(""), nil)
			return err
		})
	}

	require.NoError(t, group.Wait())

	for _, limit := range []int{0, -1, blob.MaxPage, blob.MaxPage + 1} {
		listed, err := s.List(t.Context(), "", "", limit)
		require.NoError(t, err)
		require.Len(t, listed, blob.MaxPage, "limit %d", limit)
	}

	listed, err := s.List(t.Context(), "", fmt.Sprintf("%04d", blob.MaxPage-1), 0)
	require.NoError(t, err)
	require.Equal(t, []string{"1000", "1001", "1002"}, keys(listed))
}

// listDuringChange deletes and adds keys between the pages of a listing: the keys
// that stay must appear exactly once.
func listDuringChange(t testing.TB, h Harness) {
	s := h.New(t)

	var staying []string
	for i := range 20 {
		staying = append(staying, fmt.Sprintf("k%02d/staying", i))
		put(t, s, staying[i], "")
		put(t, s, fmt.Sprintf("k%02d/going", i), "")
	}

	var got []string
	for after, page := "", 0; ; page++ {
		listed, err := s.List(t.Context(), "k", after, 3)
		require.NoError(t, err)

		for _, key := range keys(listed) {
			if strings.HasSuffix(key, "/staying") {
				got = append(got, key)
			}
		}

		if len(listed) < 3 {
			break
		}

		after = listed[len(listed)-1].Key

		// The key to go on from is among those that go.
		require.NoError(t, s.Delete(t.Context(), strings.ReplaceAll(after, "staying", "going")))
		put(t, s, fmt.Sprintf("k%02d/coming", 19-page%20), "")
	}

	require.Equal(t, staying, got)
}
