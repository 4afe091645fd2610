package processortest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

type afterFunc = func(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error)

// changed changes each rendition of a result.
func changed(change func(data []byte, r *imagepipe.Rendition)) afterFunc {
	return func(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		if err != nil {
			return nil, err
		}

		for i := range picture.Renditions {
			change(data, &picture.Renditions[i])
		}

		return picture, nil
	}
}

// redrawn changes the pixels of each rendition.
func redrawn(quality int, change func(*image.RGBA) image.Image) afterFunc {
	return changed(func(_ []byte, r *imagepipe.Rendition) {
		r.Data = encoded(change(rgba(r.Data)), quality)
	})
}

func rgba(file []byte) *image.RGBA {
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		panic(err)
	}

	c := image.NewRGBA(m.Bounds())
	draw.Draw(c, c.Rect, m, m.Bounds().Min, draw.Src)

	return c
}

func encoded(m image.Image, quality int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}

	return b.Bytes()
}

func swapChannels(m *image.RGBA) image.Image {
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+2] = m.Pix[i+2], m.Pix[i]
	}

	return m
}

// darken takes 5 levels of 255, and from what is dark as much as there is.
func darken(m *image.RGBA) image.Image {
	for i, v := range m.Pix {
		m.Pix[i] = v - min(v, 5)
	}

	return m
}

// shift moves a picture. What comes in at the side is the side's colour.
func shift(dx, dy int) func(*image.RGBA) image.Image {
	return func(m *image.RGBA) image.Image {
		moved := image.NewRGBA(m.Rect)
		draw.Draw(moved, m.Rect, m, image.Point{}, draw.Src)
		draw.Draw(moved, m.Rect, m, image.Pt(-dx, -dy), draw.Src)

		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				from := image.Pt(min(max(x-dx, 0), m.Rect.Dx()-1), min(max(y-dy, 0), m.Rect.Dy()-1))
				moved.SetRGBA(x, y, m.RGBAAt(from.X, from.Y))
			}
		}

		return moved
	}
}

// shiftColors moves the colour planes by a sample.
func shiftColors(m *image.RGBA) image.Image {
	c := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio444)

	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			p, beside := m.RGBAAt(x, y), m.RGBAAt(max(0, x-1), y)
			at := c.YOffset(x, y)
			c.Y[at], _, _ = color.RGBToYCbCr(p.R, p.G, p.B)
			_, c.Cb[at], c.Cr[at] = color.RGBToYCbCr(beside.R, beside.G, beside.B)
		}
	}

	return c
}

func blur(m *image.RGBA) image.Image { return mixed(m, 0.5) }

func sharpen(m *image.RGBA) image.Image { return mixed(m, -0.4) }

// mixed mixes a picture with the mean of each pixel's neighbourhood.
func mixed(m *image.RGBA, part float64) image.Image {
	result := image.NewRGBA(m.Rect)

	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			at := m.PixOffset(x, y)

			for i := range 4 {
				sum, n := 0.0, 0.0

				for j := max(0, y-1); j <= min(m.Rect.Dy()-1, y+1); j++ {
					for k := max(0, x-1); k <= min(m.Rect.Dx()-1, x+1); k++ {
						sum += float64(m.Pix[m.PixOffset(k, j)+i])
						n++
					}
				}

				result.Pix[at+i] = clamp(float64(m.Pix[at+i])*(1-part) + sum/n*part)
			}
		}
	}

	return result
}

// nearest makes the smaller renditions of single pixels of the upload.
func nearest(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err != nil {
		return nil, err
	}

	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}

	for i := range picture.Renditions[1:] {
		r := &picture.Renditions[i+1]
		small := image.NewRGBA(image.Rect(0, 0, r.Width, r.Height))
		draw.NearestNeighbor.Scale(small, small.Rect, m, m.Bounds(), draw.Src, nil)
		r.Data = encoded(small, 95)
	}

	return picture, nil
}

// resized makes the smaller renditions of a size that is told by that of the upload and of
// the rendition.
func resized(size func(upload, right image.Point) image.Point) afterFunc {
	return func(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		if err != nil {
			return nil, err
		}

		for i := range picture.Renditions[1:] {
			r := &picture.Renditions[i+1]
			other := size(image.Pt(picture.Width, picture.Height), image.Pt(r.Width, r.Height))
			m := image.NewRGBA(image.Rectangle{Max: other})
			from := rgba(r.Data)
			draw.ApproxBiLinear.Scale(m, m.Rect, from, from.Rect, draw.Src, nil)
			r.Width, r.Height, r.Data = other.X, other.Y, encoded(m, 90)
		}

		return picture, nil
	}
}

// floorSize rounds down what is to be rounded.
func floorSize(upload, right image.Point) image.Point {
	longest := max(upload.X, upload.Y)
	side := max(right.X, right.Y)

	return image.Pt(max(1, upload.X*side/longest), max(1, upload.Y*side/longest))
}

func fullSize(_, right image.Point) image.Point {
	const side = 800

	longest := max(right.X, right.Y)

	return image.Pt(max(1, right.X*side/longest), max(1, right.Y*side/longest))
}

func squareSize(_, right image.Point) image.Point {
	return image.Pt(max(right.X, right.Y), max(right.X, right.Y))
}

// rotated turns a picture by a quarter to the right.
func rotated(m *image.RGBA) *image.RGBA {
	turned := image.NewRGBA(image.Rect(0, 0, m.Rect.Dy(), m.Rect.Dx()))

	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			turned.SetRGBA(m.Rect.Dy()-1-y, x, m.RGBAAt(x, y))
		}
	}

	return turned
}
