//go:build vips

package vipsprocessor

import (
	"fmt"
	"runtime"

	"github.com/davidbyttow/govips/v2/vips"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

const (
	originalQuality = 90
	// sizedQuality is that of the smaller renditions, as in package goprocessor.
	sizedQuality = 85
)

// enough is the longest side down to which a picture may be reduced while it is decoded,
// for a rendition of a longest side. The filter that follows has then something to choose
// from.
func enough(side int) int { return side * 3 / 2 }

// renderer makes the renditions of one picture.
type renderer struct {
	data []byte
	info *imageformat.Info
	// width and height are those of the upright picture.
	width, height int
	// kept is the upload as it is to be published, or nil where it has to be encoded anew.
	kept []byte
	// whole has the pixels as they are stored. It is loaded when it is needed.
	whole *vips.ImageRef
}

// render makes the renditions of a picture.
func render(data []byte, info *imageformat.Info) (*imagepipe.Picture, error) {
	data, stripped := clean(data, info)

	// libvips reads the data until all renditions are made.
	var pinned runtime.Pinner

	pinned.Pin(&data[0])
	defer pinned.Unpin()

	r := &renderer{data: data, info: info, width: info.Width, height: info.Height}
	defer r.close()

	if stripped && info.KeepAsJPEG() {
		r.kept = data
	}

	if info.Orientation >= 5 {
		r.width, r.height = r.height, r.width
	}

	// First, since by it the whole upload is decoded: one that is damaged is not published,
	// not even the upload itself.
	thumbnail, err := r.sized(imagepipe.SizeThumbnail, imagepipe.ThumbnailSide)
	if err != nil {
		return nil, err
	}

	medium, keepsMedium := r.keptAs(imagepipe.SizeMedium, imagepipe.MediumSide)
	if !keepsMedium {
		if medium, err = r.sized(imagepipe.SizeMedium, imagepipe.MediumSide); err != nil {
			return nil, err
		}
	}

	original, err := r.original()
	if err != nil {
		return nil, err
	}

	hash, err := perceptualHash(thumbnail.Data)
	if err != nil {
		return nil, err
	}

	if kept, keeps := r.keptAs(imagepipe.SizeThumbnail, imagepipe.ThumbnailSide); keeps {
		thumbnail = kept
	}

	return &imagepipe.Picture{
		Format: info.Format.String(), Width: r.width, Height: r.height, Hash: hash,
		Renditions: []imagepipe.Rendition{original, medium, thumbnail},
	}, nil
}

// original returns the rendition with all pixels.
func (r *renderer) original() (imagepipe.Rendition, error) {
	if r.kept != nil {
		return imagepipe.Rendition{Size: imagepipe.SizeOriginal, Width: r.width, Height: r.height, Data: r.kept}, nil
	}

	source, err := r.source()
	if err != nil {
		return imagepipe.Rendition{}, err
	}

	return r.encode(source, imagepipe.SizeOriginal, r.width, r.height, originalQuality)
}

// sized returns a smaller rendition.
func (r *renderer) sized(size imagepipe.Size, side int) (imagepipe.Rendition, error) {
	width, height := fit(r.width, r.height, side)

	// A JPEG is best decoded for each size, reduced: that costs less than the filter on
	// all pixels.
	if reduce := reduction(r.info, enough(side)); reduce > 1 {
		source, err := load(r.data, r.info, reduce)
		if err != nil {
			return imagepipe.Rendition{}, decodeError(err)
		}
		defer source.Close()

		return r.encode(source, size, width, height, sizedQuality)
	}

	source, err := r.source()
	if err != nil {
		return imagepipe.Rendition{}, err
	}

	return r.encode(source, size, width, height, sizedQuality)
}

// source returns all pixels.
func (r *renderer) source() (*vips.ImageRef, error) {
	if r.whole == nil {
		whole, err := load(r.data, r.info, 1)
		if err != nil {
			return nil, decodeError(err)
		}

		r.whole = whole
	}

	return r.whole, nil
}

func (r *renderer) close() {
	if r.whole != nil {
		r.whole.Close()
	}
}

// keptAs returns the kept original as a smaller rendition, where it is as small and has not
// far more bytes than it needs.
func (r *renderer) keptAs(size imagepipe.Size, side int) (imagepipe.Rendition, bool) {
	const bytesPerPixel = 0.4 // photographs of quality 85 have 0.1 to 0.35

	keeps := r.kept != nil && max(r.width, r.height) <= side &&
		float64(len(r.kept)) <= bytesPerPixel*float64(r.width*r.height)+4096

	return imagepipe.Rendition{Size: size, Width: r.width, Height: r.height, Data: r.kept}, keeps
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

// encode encodes the upright picture in a size.
func (r *renderer) encode(source *vips.ImageRef, size imagepipe.Size, width, height, quality int) (imagepipe.Rendition, error) {
	rendition := imagepipe.Rendition{Size: size, Width: width, Height: height}

	m, err := source.Copy()
	if err != nil {
		return rendition, decodeError(err)
	}
	defer m.Close()

	// Scaled as it is stored, since there are fewer pixels to turn afterwards.
	if r.info.Orientation >= 5 {
		width, height = height, width
	}

	if err := scale(m, width, height); err != nil {
		return rendition, decodeError(err)
	}

	if err := turn(m, r.info.Orientation); err != nil {
		return rendition, decodeError(err)
	}

	if m.Width() != rendition.Width || m.Height() != rendition.Height {
		return rendition, fmt.Errorf("vipsprocessor: the %s has %d x %d pixels, not %d x %d",
			size, m.Width(), m.Height(), rendition.Width, rendition.Height)
	}

	params := vips.NewJpegExportParams()
	params.Quality = quality
	params.StripMetadata = true
	params.Interlace = false

	data, _, err := m.ExportJpeg(params)
	if err != nil {
		return rendition, decodeError(err)
	}

	rendition.Data, err = withProfile(data, r.info.ICC, m.Bands())

	return rendition, err
}

// scale makes a picture smaller. One of many times the size is brought to the double of
// it first: libvips 8.14 takes several times as long for one long filter.
func scale(m *vips.ImageRef, width, height int) error {
	const many = 4

	if min(m.Width()/width, m.Height()/height) >= many {
		if err := scaleTo(m, 2*width, 2*height); err != nil {
			return err
		}
	}

	return scaleTo(m, width, height)
}

func scaleTo(m *vips.ImageRef, width, height int) error {
	if m.Width() == width && m.Height() == height {
		return nil
	}

	return m.ResizeWithVScale(float64(width)/float64(m.Width()), float64(height)/float64(m.Height()), vips.KernelLanczos3)
}

// withProfile puts a colour profile into a JPEG, where that is for as many channels.
func withProfile(data, icc []byte, channels int) ([]byte, error) {
	// Bytes 16 to 19 of a profile say what colours it is for (ICC.1, table 17).
	space := "RGB "
	if channels == 1 {
		space = "GRAY"
	}

	if len(icc) < 20 || string(icc[16:20]) != space {
		return data, nil
	}

	data, err := imageformat.EmbedICC(data, icc)
	if err != nil {
		return nil, fmt.Errorf("vipsprocessor: %w", err)
	}

	return data, nil
}
