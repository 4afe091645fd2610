package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const samples = "../data"

// outcome is what a run of the program left.
type outcome struct {
	code           int
	stdout, stderr string
}

// importcsv runs the program on an empty standard input.
func importcsv(t *testing.T, args ...string) outcome {
	t.Helper()

	return importcsvFrom(t, strings.NewReader(""), args...)
}

func importcsvFrom(t *testing.T, stdin io.Reader, args ...string) outcome {
	t.Helper()

	var stdout, stderr syncBuffer
	code := run(t.Context(), args, stdin, &stdout, &stderr)

	return outcome{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// statuses runs the program with -json, writing reports to a temporary folder, and
// returns the objects it printed.
func statuses(t *testing.T, wantCode int, args ...string) []status {
	t.Helper()

	got := importcsv(t, append([]string{"-json", "-reports", t.TempDir()}, args...)...)
	require.Equal(t, wantCode, got.code, got.stderr)

	return parseStatuses(t, got.stdout)
}

// parseStatuses reads lines of JSON; anything else fails the test.
func parseStatuses(t *testing.T, stdout string) []status {
	t.Helper()

	var all []status

	for line := range strings.Lines(stdout) {
		var s status
		require.NoError(t, json.Unmarshal([]byte(line), &s), line)
		all = append(all, s)
	}

	return all
}

// counts are rows, successful, duplicates and errors of an import.
type counts [4]int64

func countsOf(s status) counts {
	p := s.Progress

	return counts{p.ProcessedRows, p.Successful, p.Duplicates, p.Errors}
}

// writeFile writes a file to a temporary folder and returns its path.
func writeFile(t *testing.T, name, content string) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))

	return path
}

// testData returns the path of a file of real data, and skips the test where there
// is none.
func testData(t *testing.T, name string) string {
	t.Helper()

	folder := os.Getenv("BULKIMPORT_TESTDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}

	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no test data: %s does not exist; BULKIMPORT_TESTDATA can name its folder", path)
	}

	return path
}

// syncBuffer is a buffer that several goroutines may write to.
type syncBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.buffer.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.buffer.String()
}
