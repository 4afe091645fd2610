//go:build vips

package vipsprocessor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// formatError makes an error of package imageformat one of the pipeline.
func formatError(err error) error {
	kind := imagepipe.ErrFormat
	if errors.Is(err, imageformat.ErrCorrupt) {
		kind = imagepipe.ErrCorrupt
	}

	reason := "The file is not a picture that can be read."

	var known *imageformat.Error
	if errors.As(err, &known) {
		reason = known.Reason
	}

	return &imagepipe.Error{Kind: kind, Reason: reason, Cause: err}
}

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

func waitError(ctx context.Context) error {
	return fmt.Errorf("vipsprocessor: %w", context.Cause(ctx))
}

func tooLarge(reason string) error {
	return &imagepipe.Error{Kind: imagepipe.ErrTooLarge, Reason: reason}
}
