// Package secretfile keeps random secrets in files that only their owner can read.
package secretfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Size is the length of a secret, in bytes. The file holds it in hexadecimal.
const Size = 32

// ErrUnusable reports a file that cannot be taken for a secret: others can read
// it, or it holds something else.
var ErrUnusable = errors.New("secretfile: unusable")

// Load returns the secret in the file. The error wraps fs.ErrNotExist where there
// is none, or ErrUnusable.
func Load(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("secretfile: %w", err)
	}

	// Windows has no such permissions; there the folder's access list counts.
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: others can read %s; make a new one, or run chmod 600 if nobody has", ErrUnusable, path)
	}

	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secretfile: %w", err)
	}

	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != Size {
		// The cause would quote a part of what may be a secret after all.
		return nil, fmt.Errorf("%w: %s does not hold %d bytes in hexadecimal; remove it to get a new secret", ErrUnusable, path, Size)
	}

	return secret, nil
}

// LoadOrCreate returns the secret in the file, which it makes where there is none.
// Of several calls at the same time, in whatever processes, one makes the file and
// all return its secret; nobody ever sees a part of it.
func LoadOrCreate(path string) ([]byte, error) {
	secret, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}

	if err := create(path); err != nil {
		return nil, fmt.Errorf("secretfile: create: %w", err)
	}

	return Load(path)
}

// create writes a new secret into a file of its own and then gives that its name,
// unless the name is taken by then.
func create(path string) (err error) {
	secret := make([]byte, Size)

	// crypto/rand.Read never fails: it ends the program where there is no
	// randomness.
	_, _ = rand.Read(secret)

	// CreateTemp makes files with mode 0600.
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(temp.Name())) }()

	_, err = fmt.Fprintln(temp, hex.EncodeToString(secret))
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}

	// A link, unlike a rename, never replaces what somebody else has just made.
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}

	return nil
}
