package pebbledb

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

// A database that cannot go on ends the process: a panic could be recovered from.
func TestADeadDatabaseEndsTheProcess(t *testing.T) {
	t.Parallel()

	var (
		output bytes.Buffer
		code   int
	)

	l := newLogger(slog.New(slog.NewTextHandler(&output, nil)))
	l.exit = func(c int) { code = c }

	l.Fatalf("cannot write %s", "the log")
	require.Equal(t, 1, code)
	require.Contains(t, output.String(), "cannot write the log")
}
