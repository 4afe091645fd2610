package jpegcodec_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/jpegcodec"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

func file(t testing.TB, name string) []byte {
	t.Helper()

	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)

	return data
}

// What the standard library decodes, this decoder decodes to the same samples, but for
// the last bit: the transforms round at other places.
func TestDecodeAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"444.jpg", "422.jpg", "440.jpg", "420.jpg", "grey.jpg", "restart.jpg"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			requireSameSamples(t, file(t, name))
		})
	}
}

// Dimensions that end within a block, a unit, or on their borders.
func TestDecodeOfAnySize(t *testing.T) {
	t.Parallel()

	for _, width := range []int{1, 2, 7, 8, 9, 15, 16, 17, 31, 33} {
		for _, height := range []int{1, 8, 9, 16, 17} {
			for _, sub := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {2, 2}} {
				data, err := jpegcodec.Encode(nil, made(width, height, sub[0], sub[1]), 80)
				require.NoError(t, err)
				requireSameSamples(t, data)
			}
		}
	}
}

func requireSameSamples(t *testing.T, data []byte) {
	t.Helper()

	p, err := decode(data, 1)
	require.NoError(t, err)

	defer p.Free()

	m, err := jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, m.Bounds(), image.Rect(0, 0, p.Width, p.Height))

	if grey, ok := m.(*image.Gray); ok {
		require.True(t, p.Grey())
		requireClose(t, grey.Pix, grey.Stride, &p.Y)

		return
	}

	want := planar.FromYCbCr(m.(*image.YCbCr))
	require.Equal(t, [2]int{want.SubX, want.SubY}, [2]int{p.SubX, p.SubY})

	for i, plane := range []*planar.Plane{&p.Y, &p.Cb, &p.Cr} {
		other := []*planar.Plane{&want.Y, &want.Cb, &want.Cr}[i]
		require.Equal(t, [2]int{other.Width, other.Height}, [2]int{plane.Width, plane.Height})
		requireClose(t, other.Pix, other.Stride, plane)
	}
}

func requireClose(t *testing.T, want []byte, stride int, got *planar.Plane) {
	t.Helper()

	for y := range got.Height {
		for x, v := range got.Row(y) {
			if d := int(v) - int(want[y*stride+x]); d < -1 || d > 1 {
				require.Failf(t, "sample differs", "(%d, %d): %d, want %d", x, y, v, want[y*stride+x])
			}
		}
	}
}

// A reduced picture is near the mean of the samples that each of its own stands for.
func TestDecodeReduced(t *testing.T) {
	t.Parallel()

	data, err := jpegcodec.Encode(nil, smooth(83, 61), 95)
	require.NoError(t, err)

	full, err := decode(data, 1)
	require.NoError(t, err)

	for _, reduce := range []int{2, 4, 8} {
		p, err := decode(data, reduce)
		require.NoError(t, err)
		require.Equal(t, [2]int{(83 + reduce - 1) / reduce, (61 + reduce - 1) / reduce}, [2]int{p.Width, p.Height})
		require.Equal(t, [2]int{(p.Width + 1) / 2, (p.Height + 1) / 2}, [2]int{p.Cb.Width, p.Cb.Height})

		for y := range 61 / reduce {
			for x := range 83 / reduce {
				require.InDelta(t, mean(&full.Y, x*reduce, y*reduce, reduce), p.Y.Row(y)[x], 4,
					"reduced by %d, (%d, %d)", reduce, x, y)
			}
		}
	}

	_, err = decode(data, 3)
	require.ErrorIs(t, err, jpegcodec.ErrUnsupported)
}

// Waves that half of the samples can still show, three to two blocks, go on as they are.
func TestDecodeReducedKeepsWaves(t *testing.T) {
	t.Parallel()

	wave := func(x, y float64) float64 {
		return 128 + 40*math.Cos((x+0.5)*3*math.Pi/8) + 40*math.Cos((y+0.5)*3*math.Pi/8)
	}

	source := smooth(64, 64)
	fill(&source.Y, func(x, y int) int { return int(math.Round(wave(float64(x), float64(y)))) })

	data, err := jpegcodec.Encode(nil, source, 95)
	require.NoError(t, err)

	p, err := decode(data, 2)
	require.NoError(t, err)

	for y := range 32 {
		for x := range 32 {
			require.InDelta(t, wave(2*float64(x)+0.5, 2*float64(y)+0.5), p.Y.Row(y)[x], 4, "(%d, %d)", x, y)
		}
	}
}

func mean(p *planar.Plane, x, y, side int) float64 {
	sum := 0
	for v := range side {
		for h := range side {
			sum += int(p.Row(y + v)[x+h])
		}
	}

	return float64(sum) / float64(side*side)
}

func TestDecodeLeavesOtherKindsToOthers(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"progressive.jpg", "411.jpg", "rgb.jpg", "arithmetic.jpg"} {
		_, err := decode(file(t, name), 1)
		require.ErrorIs(t, err, jpegcodec.ErrUnsupported, name)
	}

	// Whose colours only the segment of Adobe tells.
	rgb := bytes.ReplaceAll(file(t, "rgb.jpg"), []byte("R\x11\x00G\x11\x00B\x11\x00"), []byte("\x01\x11\x00\x02\x11\x00\x03\x11\x00"))
	rgb = bytes.Replace(rgb, []byte("\x03R\x00G\x00B\x00"), []byte("\x03\x01\x00\x02\x00\x03\x00"), 1)
	_, err := decode(rgb, 1)
	require.ErrorIs(t, err, jpegcodec.ErrUnsupported)
}

// A file that ends anywhere is damaged, and never half a picture.
func TestDecodeOfWhatIsCutShort(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"420.jpg", "restart.jpg", "grey.jpg"} {
		data := file(t, name)
		end := bytes.LastIndex(data, []byte{0xff, 0xd9})

		// The last byte of the data may be needed for less than its padding.
		for n := range end - 1 {
			_, err := decode(data[:n], 1)
			require.ErrorIs(t, err, jpegcodec.ErrCorrupt, fmt.Sprintf("%s, %d bytes", name, n))
		}
	}
}

func TestDecodeOfDamagedSegments(t *testing.T) {
	t.Parallel()

	good := file(t, "420.jpg")

	for name, change := range map[string]func(data []byte) []byte{
		"no beginning":              func(d []byte) []byte { return d[1:] },
		"quantisation table 15":     func(d []byte) []byte { d[bytes.Index(d, []byte{0xff, 0xdb})+4] = 15; return d },
		"Huffman table 7":           func(d []byte) []byte { d[bytes.Index(d, []byte{0xff, 0xc4})+4] = 7; return d },
		"more codes than there are": func(d []byte) []byte { d[bytes.Index(d, []byte{0xff, 0xc4})+5] = 9; return d },
		"unknown table in the scan": func(d []byte) []byte { d[bytes.Index(d, []byte{0xff, 0xda})+6] = 0x33; return d },
		"a wrong restart marker": func([]byte) []byte {
			d := file(t, "restart.jpg")
			d[bytes.Index(d, []byte{0xff, 0xd1})+1] = 0xd5

			return d
		},
		"no scan": func(d []byte) []byte { return append(d[:bytes.Index(d, []byte{0xff, 0xda})], 0xff, 0xd9, 0, 0) },
	} {
		_, err := decode(change(bytes.Clone(good)), 1)
		require.ErrorIs(t, err, jpegcodec.ErrCorrupt, name)
	}
}

// FuzzDecode looks for panics, and for pictures that are not of the size that the
// standard library finds.
func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.jpg"))
	require.NoError(f, err)

	for _, name := range names {
		f.Add(file(f, filepath.Base(name)), uint8(1))
	}

	f.Fuzz(func(t *testing.T, data []byte, reduce uint8) {
		config, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil || config.Width*config.Height > 1<<20 {
			return
		}

		p, err := jpegcodec.Decode(data, config.Width, config.Height, 1<<(reduce%4))
		if err != nil {
			return
		}

		require.Equal(t, (config.Width+1<<(reduce%4)-1)>>(reduce%4), p.Width)
		require.Equal(t, (config.Height+1<<(reduce%4)-1)>>(reduce%4), p.Height)
		p.Free()
	})
}

// made returns a picture with structures of every size.
func made(width, height, subX, subY int) *planar.Picture {
	p := planar.New(width, height, subX, subY, false)

	fill(&p.Y, func(x, y int) int { return 60*(x/5%3) + 40*(y/7%3) + x*y%23 })
	fill(&p.Cb, func(x, y int) int { return 90 + 30*(x/4%3) + y%17 })
	fill(&p.Cr, func(x, y int) int { return 200 - 40*(y/4%3) - x%19 })

	return p
}

// smooth returns a picture without small structures.
func smooth(width, height int) *planar.Picture {
	p := planar.New(width, height, 2, 2, false)

	fill(&p.Y, func(x, y int) int { return 40 + x + 2*y })
	fill(&p.Cb, func(x, y int) int { return 100 + x })
	fill(&p.Cr, func(x, y int) int { return 150 - y })

	return p
}

func fill(p *planar.Plane, at func(x, y int) int) {
	for y := range p.Height {
		row := p.Row(y)
		for x := range row {
			row[x] = byte(at(x, y))
		}
	}
}

// decode decodes data in the dimensions that the standard library finds, or in those of
// the files in testdata.
func decode(data []byte, reduce int) (*planar.Picture, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		config.Width, config.Height = 45, 37
	}

	return jpegcodec.Decode(data, config.Width, config.Height, reduce)
}

// A file that this decoder takes for larger than others do is refused before anything is
// allocated.
func TestDecodeOfOtherDimensions(t *testing.T) {
	t.Parallel()

	_, err := jpegcodec.Decode(file(t, "420.jpg"), 44, 37, 1)
	require.ErrorIs(t, err, jpegcodec.ErrCorrupt)

	// A marker that some readers skip, and others take for a segment that hides the next.
	data := file(t, "420.jpg")
	data = append([]byte{0xff, 0xd8, 0xff, 0x00, 0x00, 0x04, 0x00, 0x00}, data[2:]...)
	_, err = jpegcodec.Decode(data, 45, 37, 1)
	require.ErrorIs(t, err, jpegcodec.ErrCorrupt)
}

// Data that is missing between restart markers is noticed, wherever it is.
func TestDecodeOfEmptyIntervals(t *testing.T) {
	t.Parallel()

	good := file(t, "restart.jpg")
	begin := bytes.Index(good, []byte{0xff, 0xda}) + 14

	for removed := 0; ; removed++ {
		end := begin
		for good[end] != 0xff || good[end+1] == 0 {
			end++
		}

		data := append(bytes.Clone(good[:begin]), good[end:]...)
		_, err := jpegcodec.Decode(data, 45, 37, 1)
		require.ErrorIs(t, err, jpegcodec.ErrCorrupt, "interval %d", removed)

		if good[end+1] == 0xd9 {
			return
		}

		begin = end + 2
	}
}
