package jpegcodec_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/jpegcodec"
	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

// In every quality, the picture is as true and as small as that of the standard library,
// which uses the same tables.
func TestEncodeIsAsGoodAsTheStandardLibrary(t *testing.T) {
	t.Parallel()

	p := made(203, 149, 2, 2)
	m := &image.YCbCr{
		Y: p.Y.Pix, Cb: p.Cb.Pix, Cr: p.Cr.Pix, YStride: p.Y.Stride, CStride: p.Cb.Stride,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, 203, 149),
	}

	for _, quality := range []int{1, 20, 50, 75, 85, 90, 100} {
		ours, err := jpegcodec.Encode(nil, p, quality)
		require.NoError(t, err)

		var theirs bytes.Buffer
		require.NoError(t, jpeg.Encode(&theirs, m, &jpeg.Options{Quality: quality}))

		require.InEpsilon(t, theirs.Len(), len(ours), 0.02, "size in quality %d", quality)
		require.InDelta(t, squareError(t, theirs.Bytes(), &p.Y), squareError(t, ours, &p.Y), 0.2+0.02*squareError(t, ours, &p.Y),
			"error in quality %d", quality)
	}
}

// squareError is the mean square error of the luma of a file.
func squareError(t *testing.T, data []byte, want *planar.Plane) float64 {
	t.Helper()

	m, err := jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)

	got, sum := m.(*image.YCbCr), 0

	for y := range want.Height {
		for x, v := range want.Row(y) {
			d := int(v) - int(got.Y[y*got.YStride+x])
			sum += d * d
		}
	}

	return float64(sum) / float64(want.Width*want.Height)
}

// Quality 100 keeps every sample, in every kind of picture.
func TestEncodeKeepsAllKinds(t *testing.T) {
	t.Parallel()

	for _, sub := range [][2]int{{1, 1}, {2, 1}, {1, 2}, {2, 2}} {
		p := made(45, 27, sub[0], sub[1])
		requireKept(t, p)
	}

	grey := planar.New(45, 27, 1, 1, true)
	fill(&grey.Y, func(x, y int) int { return 5*x + y })
	requireKept(t, grey)
}

func requireKept(t *testing.T, p *planar.Picture) {
	t.Helper()

	data, err := jpegcodec.Encode([]byte("in front"), p, 100)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(data, []byte("in front")))

	back, err := decode(data[len("in front"):], 1)
	require.NoError(t, err)
	require.Equal(t, p.Grey(), back.Grey())

	planes := []*planar.Plane{&p.Y, &p.Cb, &p.Cr}
	for i, got := range []*planar.Plane{&back.Y, &back.Cb, &back.Cr} {
		require.Equal(t, planes[i].Width, got.Width)

		for y := range got.Height {
			for x, v := range got.Row(y) {
				require.InDelta(t, planes[i].Row(y)[x], v, 3, "plane %d, (%d, %d)", i, x, y)
			}
		}
	}
}

// The most that coefficients can be: black and white samples by turns.
func TestEncodeOfExtremes(t *testing.T) {
	t.Parallel()

	p := planar.New(64, 64, 2, 2, false)

	for name, at := range map[string]func(x, y int) int{
		"checks":  func(x, y int) int { return 255 * ((x + y) % 2) },
		"columns": func(x, _ int) int { return 255 * (x % 2) },
		"blocks":  func(x, y int) int { return 255 * ((x/8 + y/8) % 2) },
	} {
		for _, plane := range []*planar.Plane{&p.Y, &p.Cb, &p.Cr} {
			fill(plane, at)
		}

		data, err := jpegcodec.Encode(nil, p, 100)
		require.NoError(t, err, name)
		requireSameSamples(t, data)
		require.Less(t, squareError(t, data, &p.Y), 2.0, name)
	}
}

func TestEncodeRefusesWhatItCannot(t *testing.T) {
	t.Parallel()

	p := made(8, 8, 1, 1)

	for _, quality := range []int{0, 101} {
		_, err := jpegcodec.Encode(nil, p, quality)
		require.ErrorIs(t, err, jpegcodec.ErrUnsupported)
	}

	p.Width = jpegcodec.MaxSide + 1
	_, err := jpegcodec.Encode(nil, p, 85)
	require.ErrorIs(t, err, jpegcodec.ErrUnsupported)
}
