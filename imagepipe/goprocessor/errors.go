package goprocessor

import (
	"errors"
	"image/jpeg"
	"image/png"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// decodeError makes an error of a decoder one of the pipeline.
func decodeError(err error) error {
	var (
		jpegUnsupported jpeg.UnsupportedError
		pngUnsupported  png.UnsupportedError
	)

	if errors.As(err, &jpegUnsupported) || errors.As(err, &pngUnsupported) {
		return &imagepipe.Error{
			Kind: imagepipe.ErrFormat, Cause: err,
			Reason: "The picture is of a rare kind that is not read; please save it as an ordinary JPEG or PNG.",
		}
	}

	return &imagepipe.Error{
		Kind: imagepipe.ErrCorrupt, Cause: err,
		Reason: "The picture is damaged; please upload it again.",
	}
}
