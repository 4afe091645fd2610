package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// programs are the folders below examples whose programs become functions.
var programs = []string{"lambdaworker", "lambdaapi"}

// module is what the paths of packages begin with.
const module = "github.com/vyapaarai/bulkimport/"

// entryPoint is what Lambda runs, in functions without a runtime of its own.
const entryPoint = "bootstrap"

// packAll builds and packs the programs into a folder.
func packAll(ctx context.Context, arch, out string, stderr io.Writer) error {
	var keys strings.Builder

	for _, program := range programs {
		binary := filepath.Join(out, program)
		if err := build(ctx, "examples/"+program, arch, binary, stderr); err != nil {
			return err
		}

		content, err := os.ReadFile(binary)
		if err != nil {
			return err
		}

		packed, err := pack(content)
		if err != nil {
			return fmt.Errorf("pack %s: %w", program, err)
		}

		digest := sha256.Sum256(packed)
		name := hex.EncodeToString(digest[:16]) + ".zip"

		if err := os.WriteFile(filepath.Join(out, name), packed, 0o600); err != nil {
			return err
		}

		fmt.Fprintf(&keys, "%s %s/%s/%s\n", program, program, arch, name)
	}

	return os.WriteFile(filepath.Join(out, "keys"), []byte(keys.String()), 0o600)
}

// build builds a program for Lambda, without what differs from one build to the next.
func build(ctx context.Context, folder, arch, binary string, stderr io.Writer) error {
	absolute, err := filepath.Abs(binary)
	if err != nil {
		return err
	}

	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc",
		"-ldflags", "-s -w -buildid=", "-o", absolute, module+folder)
	// The level of the instruction set is named, so that an environment that asks for
	// another one makes no other program: Lambda's processors have these.
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOAMD64=v2", "GOARM64=v8.0", "GOFLAGS=-mod=readonly")
	build.Stderr = stderr

	if err := build.Run(); err != nil {
		return fmt.Errorf("build %s: %w", folder, err)
	}

	return nil
}

// pack returns a ZIP file with the program in it.
func pack(program []byte) ([]byte, error) {
	var packed bytes.Buffer

	w := zip.NewWriter(&packed)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})

	header := &zip.FileHeader{
		Name: entryPoint, Method: zip.Deflate,
		// The first moment that the format can express.
		Modified: time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	header.SetMode(0o755)

	file, err := w.CreateHeader(header)
	if err != nil {
		return nil, err
	}

	if _, err := file.Write(program); err != nil {
		return nil, err
	}

	if err := w.Close(); err != nil {
		return nil, err
	}

	return packed.Bytes(), nil
}
