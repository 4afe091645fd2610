package blobtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// durabilityCases are about what a restart leaves.
func durabilityCases() []testCase {
	return []testCase{
		{Name: "content survives a restart", Run: contentSurvives},
		{Name: "ETags differ across a restart", Run: etagsDifferAcrossRestart},
	}
}

func contentSurvives(t testing.TB, h Harness) {
	if h.Reopen == nil {
		t.Skip("the backend is not durable")
	}

	s := h.New(t)

	var want []blob.Info
	for _, key := range tree() {
		put(t, s, key, "replaced "+key)
		want = append(want, put(t, s, key, key))
	}

	deleted := want[3]
	require.NoError(t, s.Delete(t.Context(), deleted.Key))

	s = h.Reopen(t, s)

	for _, info := range want {
		stat, err := s.Stat(t.Context(), info.Key)
		if info == deleted {
			require.ErrorIs(t, err, blob.ErrNotFound)
			continue
		}

		require.NoError(t, err)
		equalInfo(t, h, info, stat)
		require.Equal(t, info.Key, openAt(t, s, info.Key, blob.OpenOptions{IfMatch: info.ETag}))
	}
}

func etagsDifferAcrossRestart(t testing.TB, h Harness) {
	if h.Reopen == nil {
		t.Skip("the backend is not durable")
	}

	s := h.New(t)
	before := put(t, s, "k", "before")

	s = h.Reopen(t, s)
	after := put(t, s, "k", "behind")
	require.NotEqual(t, before.ETag, after.ETag)
}
