package goprocessor

import (
	"errors"
	"fmt"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/gate"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/jpegcodec"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/phash"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

const (
	originalQuality = 90
	// sizedQuality is that of the smaller renditions: a common choice for the web, with
	// which differences to the source are hardly seen.
	sizedQuality = 85
	// enough is how much larger than the medium rendition a picture has to be at least
	// when it is reduced while it is decoded. The filter that follows has then something
	// to choose from.
	enough = imagepipe.MediumSide * 3 / 2
)

// render makes the renditions of a picture.
func render(data []byte, info *imageformat.Info) (*imagepipe.Picture, error) {
	orientation := planar.Orientation(info.Orientation)
	width, height := orientation.Upright(info.Width, info.Height)
	result := &imagepipe.Picture{Format: info.Format.String(), Width: width, Height: height}

	// A picture whose pixels are not kept as they are is needed whole.
	kept, least := keep(data, info), max(info.Width, info.Height)
	if kept != nil {
		least = enough
	}

	source, err := decode(data, info, least)
	if err != nil {
		return nil, sourceError(err)
	}
	defer source.Free()

	original, err := makeOriginal(kept, info, source)
	if err != nil {
		return nil, err
	}

	medium := scaleTo(source, width, height, imagepipe.MediumSide, orientation)
	defer medium.Free()

	thumbnail := scaleTo(medium, width, height, imagepipe.ThumbnailSide, upright)
	defer thumbnail.Free()

	result.Renditions = []imagepipe.Rendition{original}

	for _, sized := range []struct {
		size    imagepipe.Size
		picture *planar.Picture
	}{{imagepipe.SizeMedium, medium}, {imagepipe.SizeThumbnail, thumbnail}} {
		rendition, err := makeSized(sized.size, sized.picture, kept, info)
		if err != nil {
			return nil, err
		}

		result.Renditions = append(result.Renditions, rendition)
	}

	result.Hash, err = phash.Of(&thumbnail.Y)

	return result, err
}

// upright is the orientation of what has been turned.
const upright = planar.Orientation(1)

func sourceError(err error) error {
	if errors.Is(err, imageformat.ErrFormat) || errors.Is(err, imageformat.ErrCorrupt) {
		return gate.FormatError(err)
	}

	return decodeError(err)
}

// scaleTo returns a picture, whose dimensions when upright and not reduced are width and
// height, with a longest side of side at most.
func scaleTo(p *planar.Picture, width, height, side int, o planar.Orientation) *planar.Picture {
	width, height = fit(width, height, side)

	// A quarter of the chroma samples does, as in nearly all photographs, and pictures
	// with fewer do not get more.
	return planar.Scale(p, width, height, 2, 2, o)
}

// fit returns dimensions in proportion to these, no larger, with a longest side of side
// at most, and at least 1.
func fit(width, height, side int) (int, int) {
	longest := max(width, height)
	if longest <= side {
		return width, height
	}

	return max(1, (width*side+longest/2)/longest), max(1, (height*side+longest/2)/longest)
}

// keep returns the upload as it is to be published, if its pixels can stay as they are.
func keep(data []byte, info *imageformat.Info) []byte {
	if !info.KeepAsJPEG() {
		return nil
	}

	stripped, err := imageformat.StripJPEG(data)
	if err != nil {
		return nil // decoding tells whether the picture can be used all the same
	}

	return stripped
}

// makeOriginal returns the rendition with all pixels.
func makeOriginal(kept []byte, info *imageformat.Info, source *planar.Picture) (imagepipe.Rendition, error) {
	orientation := planar.Orientation(info.Orientation)
	width, height := orientation.Upright(info.Width, info.Height)
	r := imagepipe.Rendition{Size: imagepipe.SizeOriginal, Width: width, Height: height, Data: kept}

	if kept != nil {
		return r, nil
	}

	turned := planar.Upright(source, orientation)
	defer turned.Free()

	var err error

	r.Data, err = encode(turned, originalQuality, info.ICC)

	return r, err
}

// makeSized returns a smaller rendition. A kept original that is small enough is its own
// smaller rendition, unless it has far more bytes than it needs.
func makeSized(size imagepipe.Size, p *planar.Picture, kept []byte, info *imageformat.Info) (imagepipe.Rendition, error) {
	const bytesPerPixel = 0.4 // photographs of quality 85 have 0.1 to 0.35

	r := imagepipe.Rendition{Size: size, Width: p.Width, Height: p.Height}

	if kept != nil && p.Width == info.Width && p.Height == info.Height &&
		float64(len(kept)) <= bytesPerPixel*float64(p.Width*p.Height)+4096 {
		r.Data = kept

		return r, nil
	}

	var err error

	r.Data, err = encode(p, sizedQuality, info.ICC)

	return r, err
}

// encode encodes a picture with its colour profile, where that fits.
func encode(p *planar.Picture, quality int, icc []byte) ([]byte, error) {
	data, err := jpegcodec.Encode(make([]byte, 0, p.Width*p.Height/4+1024), p, quality)
	if err != nil {
		return nil, fmt.Errorf("goprocessor: %w", err)
	}

	// Bytes 16 to 19 of a profile say what colours it is for (ICC.1, table 17).
	space := "RGB "
	if p.Grey() {
		space = "GRAY"
	}

	if len(icc) < 20 || string(icc[16:20]) != space {
		return data, nil
	}

	data, err = imageformat.EmbedICC(data, icc)
	if err != nil {
		return nil, fmt.Errorf("goprocessor: %w", err)
	}

	return data, nil
}
