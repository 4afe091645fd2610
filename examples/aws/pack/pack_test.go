package main

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPackedIsOneProgramAndNoTime(t *testing.T) {
	t.Parallel()

	program := bytes.Repeat([]byte("program"), 1000)

	packed, err := pack(program)
	require.NoError(t, err)

	again, err := pack(program)
	require.NoError(t, err)
	require.Equal(t, packed, again)

	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	require.NoError(t, err)
	require.Len(t, archive.File, 1)

	file := archive.File[0]
	require.Equal(t, "bootstrap", file.Name, "what Lambda runs")
	require.Equal(t, os.FileMode(0o755), file.Mode(), "Lambda does not make it executable")
	require.True(t, file.Modified.Equal(time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)))

	content, err := file.Open()
	require.NoError(t, err)

	got, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, program, got)
}

// What is built runs on the processor that was asked for, without a library of the
// system, and says nothing of where it was built.
func TestBuild(t *testing.T) {
	t.Parallel()

	if testing.Short() {
		t.Skip("builds a program; run without -short")
	}

	for arch, machine := range map[string]elf.Machine{"arm64": elf.EM_AARCH64, "amd64": elf.EM_X86_64} {
		binary := filepath.Join(t.TempDir(), "program")
		require.NoError(t, build(t.Context(), "examples/aws/pack", arch, binary, io.Discard))

		program, err := elf.Open(binary)
		require.NoError(t, err)

		libraries, err := program.ImportedLibraries()
		require.NoError(t, err)
		require.Empty(t, libraries)
		require.Equal(t, machine, program.Machine)
		require.NoError(t, program.Close())

		content, err := os.ReadFile(binary)
		require.NoError(t, err)

		folder, err := filepath.Abs(".")
		require.NoError(t, err)
		require.NotContains(t, string(content), folder)
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{{}, {"-out", "x", "-arch", "mips"}, {"-arch", "arm64"}, {"-out", "x", "y"}, {"-nonsense"}} {
		require.Equal(t, exitUsage, run(t.Context(), args, io.Discard), args)
	}

	// A folder cannot be made where a file is.
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Equal(t, exitFailed, run(t.Context(), []string{"-out", filepath.Join(file, "folder")}, io.Discard))
}
