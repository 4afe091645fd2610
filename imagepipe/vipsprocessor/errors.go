//go:build vips

package vipsprocessor

import (
	"errors"
	"strings"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// decodeError makes an error of libvips one of the pipeline. It comes with the trace of the
// goroutine, which tells nothing. Where pictures fail at the same time, the text can be
// that of another one; so nothing depends on it.
func decodeError(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\nStack:")

	return &imagepipe.Error{
		Kind: imagepipe.ErrCorrupt, Cause: errors.New("libvips: " + strings.TrimSpace(text)),
		Reason: "The picture is damaged; please upload it again.",
	}
}
