package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/vyapaarai/bulkimport"
	root   = "../.."
)

// goPackage is what `go list -json` says of a package; tests do not count.
type goPackage struct {
	ImportPath string
	Imports    []string
	// Deps are all packages that the package is built from, but for itself.
	Deps []string
}

// packages lists the packages of the module, by their paths in it: "" is the root.
func packages(t *testing.T) map[string]goPackage {
	t.Helper()
	dependOnSources(t)

	list := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...")
	list.Dir = root

	var stderr bytes.Buffer
	list.Stderr = &stderr

	output, err := list.Output()
	require.NoError(t, err, "go list: %s", &stderr)

	found := make(map[string]goPackage)

	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p goPackage

		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}

		require.NoError(t, err)

		path, inModule := within(p.ImportPath)
		require.True(t, inModule, p.ImportPath)

		found[path] = p
	}
}

// dependOnSources looks at every source file. The go command, which keeps the
// results of tests, notes which files a test has looked at, but not those that a
// command of the test reads; without this a forbidden import would pass unseen
// until something else changes.
func dependOnSources(t *testing.T) {
	t.Helper()

	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case filepath.Ext(path) != ".go" && d.Name() != "go.mod":
			return nil
		}

		_, err = os.Stat(path)

		return err
	}))
}

// within returns the path of a package in the module, and whether it is of it.
func within(importPath string) (string, bool) {
	if importPath == module {
		return "", true
	}

	return strings.CutPrefix(importPath, module+"/")
}

// below reports whether path is folder or lies in it.
func below(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
