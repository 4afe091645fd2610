package processortest

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/png"

	"golang.org/x/image/webp"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func hasExif(data []byte) bool {
	return bytes.Contains(data, []byte("Exif")) || bytes.Contains(data, []byte("eXIf")) || bytes.Contains(data, []byte("EXIF"))
}

// withoutExif renames Exif data, so that nobody looks for an orientation in them.
func withoutExif(data []byte) []byte {
	for _, name := range []string{"Exif\x00\x00", "EXIF"} {
		data = bytes.ReplaceAll(data, []byte(name), []byte("none\x00\x00")[:len(name)])
	}

	// A PNG's chunks have checksums.
	if at := bytes.Index(data, []byte("eXIf")); at > 0 {
		length := int(data[at-1]) + int(data[at-2])<<8
		chunk := pngChunk("noNe", data[at+4:at+4+length])
		copy(data[at-4:], chunk)
	}

	return data
}

// onBlack makes an opaque PNG of a picture with alpha.
func onBlack(data []byte) []byte {
	m, err := anyPicture(data)
	if err != nil {
		return data
	}

	flat := image.NewNRGBA(m.Bounds())
	draw.Draw(flat, flat.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m, m.Bounds().Min, draw.Over)

	var b bytes.Buffer
	if err := png.Encode(&b, flat); err != nil {
		panic(err)
	}

	return b.Bytes()
}

func anyPicture(data []byte) (image.Image, error) {
	if bytes.HasPrefix(data, []byte("RIFF")) {
		return webp.Decode(bytes.NewReader(data))
	}

	m, _, err := image.Decode(bytes.NewReader(data))

	return m, err
}

// ofGIF changes GIFs.
func ofGIF(data []byte, change func(*gif.GIF)) []byte {
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		return data
	}

	change(g)

	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		panic(err)
	}

	return b.Bytes()
}

func lastFrame(data []byte) []byte {
	return ofGIF(data, func(g *gif.GIF) {
		last := len(g.Image) - 1
		g.Image, g.Delay, g.Disposal = g.Image[last:], g.Delay[last:], g.Disposal[last:]
	})
}

func frameAlone(data []byte) []byte {
	return ofGIF(data, func(g *gif.GIF) {
		frame := g.Image[0]
		frame.Rect = frame.Rect.Sub(frame.Rect.Min)
		g.Config = image.Config{Width: frame.Rect.Dx(), Height: frame.Rect.Dy(), ColorModel: color.Palette(frame.Palette)}
	})
}

func notInterlaced(data []byte) []byte {
	if at := bytes.Index(data, []byte{0x2c, 0, 0, 0, 0, cardWidth, 0, cardHeight, 0}); at > 0 {
		data[at+9] &^= 0x40
	}

	return data
}

func uploadAsOriginal(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil && picture.Format == "jpeg" {
		picture.Renditions[0].Data = bytes.Clone(data)
	}

	return picture, err
}

// copiesSecret puts a comment into the thumbnail, where the upload has one.
func copiesSecret(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil {
		r := &picture.Renditions[2]
		r.Data = withSegments(r.Data, jpegSegment(markerCOM, []byte(secret)))
	}

	return picture, err
}

func originalOf(quality int) afterFunc {
	return func(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		if err == nil {
			r := &picture.Renditions[0]
			r.Data = encoded(rgba(r.Data), quality)
		}

		return picture, err
	}
}

func withoutProfile(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil {
		r := &picture.Renditions[1]
		r.Data = encoded(rgba(r.Data), 90)
	}

	return picture, err
}

// anyProfile copies the segment of a JPEG's profile as it is.
func anyProfile(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err != nil {
		return nil, err
	}

	if at := bytes.Index(data, []byte(iccMarker)); at > 4 && bytes.HasPrefix(data, []byte{0xff, 0xd8}) {
		length := int(data[at-2])<<8 + int(data[at-1])

		for i := range picture.Renditions {
			r := &picture.Renditions[i]
			r.Data = withSegments(r.Data, data[at-4:at-2+length])
		}
	}

	return picture, nil
}

func turnsAll(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil && hasExif(data) {
		turnRenditions(picture, 1)
	}

	return picture, err
}

// turnsOnwards turns by a half what is turned at all.
func turnsOnwards(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil && hasExif(data) {
		turnRenditions(picture, 2)
	}

	return picture, err
}

func turnRenditions(picture *imagepipe.Picture, quarters int) {
	for i := range picture.Renditions {
		r := &picture.Renditions[i]
		m := rgba(r.Data)

		for range quarters {
			m = rotated(m)
		}

		r.Width, r.Height, r.Data = m.Rect.Dx(), m.Rect.Dy(), encoded(m, 95)
	}

	picture.Width, picture.Height = picture.Renditions[0].Width, picture.Renditions[0].Height
}
