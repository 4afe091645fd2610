//go:build vips

package vipsprocessor

import (
	"image"

	"github.com/davidbyttow/govips/v2/vips"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// reduction is by how much a picture may be reduced while it is decoded, so that its
// longest side is not shorter than least: a power of two.
func reduction(info *imageformat.Info, least int) int {
	// The reduced picture is cut to whole pixels. For one of a few that is much, and for
	// one of less than one libvips 8.14 ends the process.
	const thin = 64

	reduce := 1
	if info.Format != imageformat.JPEG {
		return reduce
	}

	for reduce < 8 && max(info.Width, info.Height)/(2*reduce) >= least && min(info.Width, info.Height)/(2*reduce) >= thin {
		reduce *= 2
	}

	return reduce
}

// load returns the pixels of a picture, as they are stored, with 8 bits in one channel of
// grey or three of colour. They are decoded when they are first asked for, and once. Those
// of a JPEG may be reduced.
func load(data []byte, info *imageformat.Info, reduce int) (*vips.ImageRef, error) {
	params := vips.NewImportParams()
	params.FailOnError.Set(true)

	if info.Format == imageformat.JPEG {
		params.AutoRotate.Set(false)
		params.JpegShrinkFactor.Set(reduce)
	}

	m, err := vips.LoadImageFromBuffer(data, params)
	if err != nil {
		return nil, err
	}

	err = simplify(m)
	if err == nil && info.Format == imageformat.GIF {
		err = clearAround(m, info.Frame)
	}

	if err != nil {
		m.Close()

		return nil, err
	}

	return m, nil
}

// clearAround makes white what a GIF's first frame does not cover. libvips has it black
// when the frame itself has no transparency.
func clearAround(m *vips.ImageRef, frame image.Rectangle) error {
	width, height := m.Width(), m.Height()
	if frame == image.Rect(0, 0, width, height) {
		return nil
	}

	if err := m.ExtractArea(frame.Min.X, frame.Min.Y, frame.Dx(), frame.Dy()); err != nil {
		return err
	}

	return m.EmbedBackground(frame.Min.X, frame.Min.Y, width, height, &vips.Color{R: 255, G: 255, B: 255})
}

// simplify takes away transparency, inks and bits. Colours keep their numbers, which the
// colour profile explains, but for inks, which become sRGB.
func simplify(m *vips.ImageRef) error {
	// First, since it knows by the bits what is opaque.
	if m.HasAlpha() {
		if err := m.Flatten(&vips.Color{R: 255, G: 255, B: 255}); err != nil {
			return err
		}
	}

	plain := vips.InterpretationSRGB
	if m.Bands() == 1 {
		plain = vips.InterpretationBW
	}

	if m.Interpretation() == plain && m.BandFormat() == vips.BandFormatUchar {
		return nil
	}

	return m.ToColorSpace(plain)
}

// turn makes a picture upright, by an orientation of the Exif standard.
func turn(m *vips.ImageRef, orientation int) error {
	switch orientation {
	case 2:
		return m.Flip(vips.DirectionHorizontal)
	case 3:
		return m.Rotate(vips.Angle180)
	case 4:
		return m.Flip(vips.DirectionVertical)
	case 5, 6:
		if err := m.Rotate(vips.Angle90); err != nil || orientation == 6 {
			return err
		}

		return m.Flip(vips.DirectionHorizontal)
	case 7, 8:
		if err := m.Rotate(vips.Angle270); err != nil || orientation == 8 {
			return err
		}

		return m.Flip(vips.DirectionHorizontal)
	}

	return nil
}
