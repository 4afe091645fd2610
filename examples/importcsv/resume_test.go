package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/pebbledb"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
)

// largeRows are enough rows for an import to be interrupted half-way.
const largeRows = 20_000

func TestSecondImportFindsDuplicatesOfFirst(t *testing.T) {
	t.Parallel()

	data, file := t.TempDir(), filepath.Join(samples, "products.csv")

	require.Equal(t, counts{40, 25, 8, 7}, countsOf(statuses(t, exitOK, "-data", data, file)[0]))

	// The two bananas have no identity key, so nothing tells them from others.
	require.Equal(t, counts{40, 2, 31, 7}, countsOf(statuses(t, exitOK, "-data", data, file)[0]))
}

func TestInterruptedImportGoesOn(t *testing.T) {
	t.Parallel()

	file := filepath.Join(t.TempDir(), "large.csv")
	writeSynthetic(t, file, largeRows)

	undisturbed := countsOf(statuses(t, exitOK, file)[0])

	t.Run("by the same command", func(t *testing.T) {
		t.Parallel()

		data := t.TempDir()
		first := interruptedImport(t, data, file)

		got := importcsv(t, "-json", "-reports", t.TempDir(), "-data", data, file)
		require.Equal(t, exitOK, got.code, got.stderr)
		require.Contains(t, got.stderr, "large.csv: goes on after row ")

		all := parseStatuses(t, got.stdout)
		require.Len(t, all, 1)
		require.Equal(t, first.JobID, all[0].JobID)
		require.Equal(t, undisturbed, countsOf(all[0]))
	})

	t.Run("beside another file", func(t *testing.T) {
		t.Parallel()

		data := t.TempDir()
		first := interruptedImport(t, data, file)

		all := statuses(t, exitOK, "-data", data, writeFile(t, "tea.csv", "name,category\nTea,Drinks\n"))
		require.Len(t, all, 2)
		require.Equal(t, "large.csv", all[0].File)
		require.Equal(t, first.JobID, all[0].JobID)
		require.Equal(t, undisturbed, countsOf(all[0]))
		require.Equal(t, counts{1, 1, 0, 0}, countsOf(all[1]))
	})

	t.Run("not by a file of the same name", func(t *testing.T) {
		t.Parallel()

		data := t.TempDir()
		first := interruptedImport(t, data, file)

		other, err := os.ReadFile(file)
		require.NoError(t, err)

		other[len(other)-2] ^= 1 // of the same size, too

		all := statuses(t, exitOK, "-data", data, writeFile(t, "large.csv", string(other)))
		require.Len(t, all, 2)
		require.Equal(t, first.JobID, all[0].JobID)
		require.NotEqual(t, first.JobID, all[1].JobID)
	})
}

func TestInterruptedInMemory(t *testing.T) {
	t.Parallel()

	file := filepath.Join(t.TempDir(), "large.csv")
	writeSynthetic(t, file, largeRows)

	ctx, interrupt := context.WithCancel(t.Context())
	stderr := &interrupter{interrupt: interrupt}

	code := run(ctx, []string{"-progress", "1ms", file}, strings.NewReader(""), io.Discard, stderr)
	require.Equal(t, exitInterrupted, code)
	require.Contains(t, stderr.String(), "which were in memory only")
}

func TestInterruptWhileReading(t *testing.T) {
	t.Parallel()

	ctx, interrupt := context.WithCancel(t.Context())
	silent, writer := io.Pipe()
	t.Cleanup(func() { _ = writer.Close() })

	// The program is at its reading once it has taken this.
	go func() {
		_, _ = writer.Write([]byte("name,category\n"))
		interrupt()
	}()

	var stderr syncBuffer

	code := run(ctx, []string{"-"}, silent, io.Discard, &stderr)
	require.Equal(t, exitInterrupted, code)
	require.Contains(t, stderr.String(), "standard input: interrupted before it began")
}

func TestInterruptEndsBlockedRead(t *testing.T) {
	t.Parallel()

	ctx, interrupt := context.WithCancel(t.Context())
	silent, writer := io.Pipe()
	t.Cleanup(func() { _ = writer.Close() })

	reader := interruptible(ctx, silent)

	go interrupt()

	_, err := io.ReadAll(reader)
	require.ErrorIs(t, err, context.Canceled)
}

// interruptedImport starts an import and interrupts it when it says that it has
// done something. It returns the status it printed.
func interruptedImport(t *testing.T, data, file string) status {
	t.Helper()

	ctx, interrupt := context.WithCancel(t.Context())

	var stdout syncBuffer

	stderr := &interrupter{interrupt: interrupt}
	args := []string{"-json", "-progress", "1ms", "-data", data, file}

	require.Equal(t, exitInterrupted, run(ctx, args, strings.NewReader(""), &stdout, stderr), stderr.String())
	require.Contains(t, stderr.String(), "the same command goes on from there")

	all := parseStatuses(t, stdout.String())
	require.Len(t, all, 1)
	require.Equal(t, "interrupted", all[0].Status)
	require.Positive(t, all[0].Progress.ProcessedRows)
	require.Less(t, all[0].Progress.ProcessedRows, int64(largeRows))

	return all[0]
}

// interrupter is a standard error that interrupts the program when the first rows
// are through.
type interrupter struct {
	syncBuffer

	interrupt func()
}

func (i *interrupter) Write(p []byte) (int, error) {
	if strings.Contains(string(p), " rows, ") && !strings.Contains(string(p), ", 0 rows") {
		i.interrupt()
	}

	return i.syncBuffer.Write(p)
}

func writeSynthetic(t *testing.T, path string, rows int64) {
	t.Helper()

	f, err := os.Create(path)
	require.NoError(t, err)

	_, err = io.Copy(f, synthetic.New(synthetic.Options{Rows: rows, Duplicates: 0.1, Errors: 0.01, Seed: 7}))
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestFolderInUse(t *testing.T) {
	t.Parallel()

	data := t.TempDir()
	db, err := pebbledb.Open(filepath.Join(data, "db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })

	got := importcsv(t, "-data", data, filepath.Join(samples, "products.csv"))
	require.Equal(t, exitFailed, got.code)
	require.Empty(t, got.stdout)
	require.Contains(t, got.stderr, "another process uses this folder")
	require.Equal(t, 1, strings.Count(got.stderr, "\n"), got.stderr)
}
