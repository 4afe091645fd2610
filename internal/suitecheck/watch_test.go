package suitecheck_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

func TestWatch(t *testing.T) {
	t.Parallel()

	reached := false

	for name, test := range map[string]struct {
		run     func(testing.TB)
		failed  bool
		skipped bool
	}{
		"passes":  {func(tb testing.TB) { tb.Helper(); require.NotEmpty(tb, tb.TempDir()) }, false, false},
		"fails":   {func(tb testing.TB) { tb.Errorf("a %s", "reason") }, true, false},
		"stops":   {func(tb testing.TB) { require.True(tb, false); reached = true }, true, false},
		"is over": {func(tb testing.TB) { tb.Fatal("over"); reached = true }, true, false},
		"skips":   {func(tb testing.TB) { tb.Skip("not here"); reached = true }, false, true},
	} {
		outcome := suitecheck.Watch(t, test.run)
		require.Equal(t, test.failed, outcome.Failed(), name)
		require.Equal(t, test.skipped, outcome.Skipped, name)
	}

	require.False(t, reached, "a case that has stopped must not go on")
	require.Contains(t, suitecheck.Watch(t, func(tb testing.TB) { tb.Errorf("a %s", "reason") }).Log(), "a reason")
}
