package goprocessor_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
)

// A picture that is reduced while it is decoded is not stretched, though its sides are no
// multiples of what it is reduced by: waves are where they were.
func TestReducedPicturesKeepTheirPlace(t *testing.T) {
	t.Parallel()

	for _, size := range [][2]int{{2400, 600}, {2401, 601}, {2403, 602}, {4801, 403}, {603, 4805}} {
		width, height := size[0], size[1]
		scale := float64(max(width, height)) / imagepipe.MediumSide

		// Eight pixels of the medium rendition to a wave.
		wave := func(x, y float64) float64 {
			return 128 + 50*math.Sin(x/scale*math.Pi/4) + 40*math.Cos(y/scale*math.Pi/4)
		}

		m := image.NewGray(image.Rect(0, 0, width, height))
		for y := range height {
			for x := range width {
				m.Pix[y*m.Stride+x] = byte(math.Round(wave(float64(x)+0.5, float64(y)+0.5)))
			}
		}

		var file bytes.Buffer
		require.NoError(t, jpeg.Encode(&file, m, &jpeg.Options{Quality: 97}))

		picture, err := goprocessor.New(nil).Process(t.Context(), file.Bytes())
		require.NoError(t, err)

		medium, err := jpeg.Decode(bytes.NewReader(picture.Renditions[1].Data))
		require.NoError(t, err)

		bounds, sum := medium.Bounds(), 0.0
		scaleX, scaleY := float64(width)/float64(bounds.Dx()), float64(height)/float64(bounds.Dy())

		for y := range bounds.Dy() {
			for x := range bounds.Dx() {
				got := color.GrayModel.Convert(medium.At(x, y)).(color.Gray).Y
				d := float64(got) - wave((float64(x)+0.5)*scaleX, (float64(y)+0.5)*scaleY)
				sum += d * d
			}
		}

		psnr := 10 * math.Log10(255*255/(sum/float64(bounds.Dx()*bounds.Dy())))
		require.Greater(t, psnr, 38.0, "%v", size)
	}
}

// A file in which one reader finds a small picture and another a huge one costs no more
// than the small one. Not parallel: it counts what is allocated.
func TestAFileWithTwoSizes(t *testing.T) {
	frame := func(side uint16) []byte {
		return append(
			[]byte{0xff, 0xc0, 0, 11, 8, byte(side >> 8), byte(side), byte(side >> 8), byte(side), 1, 1, 0x11, 0},
			append(append([]byte{0xff, 0xdb, 0, 67, 0}, bytes.Repeat([]byte{1}, 64)...),
				// One code for each table: a bit of 0 for the symbol 0.
				0xff, 0xc4, 0, 20, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)...)
	}
	scan := []byte{0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f}

	// Behind a marker of 0, which some readers skip and others take for a segment.
	hidden := append(frame(20_000), scan...)
	inner := append(frame(8), 0xff, 0xe5, 0, byte(2+len(hidden)))
	file := append([]byte{0xff, 0xd8, 0xff, 0x00, 0, byte(2 + len(inner))}, inner...)
	file = append(append(append(file, hidden...), scan...), 0xff, 0xd9)

	var before, after runtime.MemStats

	runtime.ReadMemStats(&before)

	_, err := goprocessor.New(&goprocessor.Options{MaxPixels: 1000}).Process(t.Context(), file)

	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))

	if err != nil {
		var known *imagepipe.Error
		require.ErrorAs(t, err, &known)
	}
}

// A small file that makes a decoder walk over a large picture again and again.
func TestManyScans(t *testing.T) {
	t.Parallel()

	file := progressiveJPEG(6320, 6320)
	scan := []byte{0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0x10}
	file = file[:len(file)-2]

	for range 60 {
		file = append(file, scan...)
		file = append(file, 0, 0)
	}

	_, err := goprocessor.New(nil).Process(t.Context(), append(file, 0xff, 0xd9))
	require.ErrorIs(t, err, imagepipe.ErrTooLarge)
}
