package goprocessor

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/jpegcodec"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// decode decodes a picture. Where the result is only for smaller ones it may be reduced
// by a power of two, but not so far that its longest side is shorter than least.
func decode(data []byte, info *imageformat.Info, least int) (*planar.Picture, error) {
	canvas := image.Rect(0, 0, info.Width, info.Height)

	if err := agree(data, info); err != nil {
		return nil, err
	}

	switch info.Format {
	case imageformat.JPEG:
		return decodeJPEG(data, info, least)
	case imageformat.PNG:
		return convert(png.Decode(bytes.NewReader(data)))(canvas)
	case imageformat.GIF:
		return convert(gif.Decode(bytes.NewReader(data)))(canvas)
	case imageformat.WebP:
		return decodeWebP(data, canvas)
	case imageformat.Unknown:
	}

	return nil, fmt.Errorf("goprocessor: no decoder for format %v", info.Format)
}

// errDisagree reports a file whose dimensions are others to its decoder than to us.
var errDisagree = errors.New("goprocessor: dimensions are ambiguous")

// agree asks the decoder for the dimensions that it is going to allocate. They have been
// found, and paid for, already; a file in which different readers find different ones is
// made to deceive.
func agree(data []byte, info *imageformat.Info) error {
	if info.Format == imageformat.WebP {
		return nil // see decodeWebP: it is the frame that counts
	}

	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}

	if config.Width != info.Width || config.Height != info.Height {
		return fmt.Errorf("%w: %d x %d or %d x %d", errDisagree, config.Width, config.Height, info.Width, info.Height)
	}

	return nil
}

// decodeJPEG asks our own decoder first, which is faster. What that does not read, or
// finds damaged, is for the standard library's to decide.
func decodeJPEG(data []byte, info *imageformat.Info, least int) (*planar.Picture, error) {
	if !info.Progressive {
		reduce := 1
		for reduce < 8 && max(info.Width, info.Height)/(2*reduce) >= least {
			reduce *= 2
		}

		if p, err := jpegcodec.Decode(data, info.Width, info.Height, reduce); err == nil {
			return p, nil
		}
	}

	return convert(jpeg.Decode(bytes.NewReader(data)))(image.Rect(0, 0, info.Width, info.Height))
}

func decodeWebP(data []byte, canvas image.Rectangle) (*planar.Picture, error) {
	frame, err := imageformat.FirstFrame(data)
	if err != nil {
		return nil, err
	}

	config, err := webp.DecodeConfig(bytes.NewReader(frame.Data))
	if err != nil {
		return nil, err
	}

	if size := frame.Bounds.Size(); config.Width != size.X || config.Height != size.Y {
		return nil, fmt.Errorf("%w: %d x %d or %v", errDisagree, config.Width, config.Height, size)
	}

	m, err := webp.Decode(bytes.NewReader(frame.Data))
	if err != nil {
		return nil, err
	}

	// The decoder hands out the samples as they are stored, in the range of video.
	switch m := m.(type) {
	case *image.YCbCr:
		if p := planar.FromYCbCr(m); p != nil {
			p.ExpandRange()
		}
	case *image.NYCbCrA:
		if p := planar.FromYCbCr(&m.YCbCr); p != nil {
			p.ExpandRange()
		}
	}

	return convert(m, nil)(canvas.Sub(frame.Bounds.Min))
}

// convert returns a function that makes planes of a decoded picture which lies on a
// canvas.
func convert(m image.Image, err error) func(canvas image.Rectangle) (*planar.Picture, error) {
	return func(canvas image.Rectangle) (*planar.Picture, error) {
		if err != nil {
			return nil, err
		}

		if m, ok := m.(*image.YCbCr); ok && m.Rect == canvas {
			if p := planar.FromYCbCr(m); p != nil {
				return p, nil
			}
		}

		return planar.FromImage(m, canvas), nil
	}
}
