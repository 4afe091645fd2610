package importer_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever pastes the program of the README into a file has one that imports.
func TestTheProgramOfTheReadmeRuns(t *testing.T) {
	t.Parallel()

	if testing.Short() {
		t.Skip("builds a program; run without -short")
	}

	programs := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(file(t, "..", "README.md"), -1)
	require.Len(t, programs, 1)

	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(programs[0][1]), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "products.csv"), []byte(manyRows(30)), 0o600))

	// From a folder of the module, whose packages it imports.
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "program"), filepath.Join(folder, "main.go")).CombinedOutput()
	require.NoError(t, err, "%s", built)

	program := exec.CommandContext(t.Context(), filepath.Join(folder, "program"))
	program.Dir = folder

	said, err := program.CombinedOutput()
	require.NoError(t, err, "%s", said)

	job := newEngine(t).imported(manyRows(30), nil)
	require.Positive(t, job.Progress.Successful)
	require.Equal(t, fmt.Sprintln(job.Status, job.Progress.Successful, "of", job.Progress.TotalRows), string(said))
}
