package imageformat_test

import (
	"bytes"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
	xwebp "golang.org/x/image/webp"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func TestInspectWebP(t *testing.T) {
	t.Parallel()

	area := image.Rect(0, 0, 24, 16)
	lossy := chunkOf(t, fixture(t, "lossy.webp"), "VP8 ")
	lossless := chunkOf(t, fixture(t, "lossless.webp"), "VP8L")

	for name, tc := range map[string]struct {
		file []byte
		want imageformat.Info
	}{
		"lossy":              {fixture(t, "lossy.webp"), imageformat.Info{Color: imageformat.YCbCr, HasMetadata: true}},
		"lossless":           {fixture(t, "lossless.webp"), imageformat.Info{Color: imageformat.RGB, HasMetadata: true}},
		"alpha":              {fixture(t, "alpha.webp"), imageformat.Info{Color: imageformat.YCbCr, HasAlpha: true, HasMetadata: true}},
		"simple lossy":       {webp(lossy), imageformat.Info{Color: imageformat.YCbCr}},
		"simple lossless":    {webp(lossless), imageformat.Info{Color: imageformat.RGB}},
		"bytes behind":       {join(webp(lossy), []byte(place)), imageformat.Info{Color: imageformat.YCbCr, HasMetadata: true}},
		"XMP":                {webp(canvas(4, 24, 16), lossy, webpChunk("XMP ", []byte(place))), imageformat.Info{Color: imageformat.YCbCr, HasMetadata: true}},
		"Exif without flag":  {webp(canvas(0, 24, 16), lossy, webpChunk("EXIF", exif(byteOrders()["big"], 6))), imageformat.Info{Color: imageformat.YCbCr, HasMetadata: true}},
		"profile, no flag":   {webp(canvas(0, 24, 16), webpChunk("ICCP", iccProfile("RGB ", 300)), lossy), imageformat.Info{Color: imageformat.YCbCr}},
		"frame in a picture": {webp(canvas(0, 24, 16), lossy, webpFrame(image.Rect(0, 0, 50, 50), lossyHeader(50, 50))), imageformat.Info{Color: imageformat.YCbCr}},
		"a second picture":   {webp(canvas(0, 24, 16), lossy, lossyHeader(50, 50)), imageformat.Info{Color: imageformat.YCbCr}},
	} {
		tc.want.Format = imageformat.WebP
		tc.want.Width, tc.want.Height, tc.want.Frame = 24, 16, area
		tc.want.Orientation, tc.want.Components, tc.want.BitDepth = 1, 3, 8
		tc.want.Complete = true

		info, err := imageformat.Inspect(tc.file)
		require.NoError(t, err, name)
		require.Equal(t, tc.want, info, name)

		decoded, err := xwebp.Decode(bytes.NewReader(tc.file))
		require.NoError(t, err, name)
		require.Equal(t, area, decoded.Bounds(), name)
	}
}

func TestAlphaOfLosslessWebP(t *testing.T) {
	t.Parallel()

	file := webp(losslessHeader(8, 8))
	info, err := imageformat.Inspect(file)
	require.NoError(t, err)
	require.False(t, info.HasAlpha)

	file[12+8+4] |= 0x10
	info, err = imageformat.Inspect(file)
	require.NoError(t, err)
	require.True(t, info.HasAlpha)
}

// The two highest bits of a side ask for a larger display, not for more pixels.
func TestScaledWebP(t *testing.T) {
	t.Parallel()

	info, err := imageformat.Inspect(webp(lossyHeader(8|1<<14, 9|3<<14)))
	require.NoError(t, err)
	require.Equal(t, []int{8, 9}, []int{info.Width, info.Height})
}

func TestIncompleteWebP(t *testing.T) {
	t.Parallel()

	longer := lossyHeader(8, 8)
	longer[4] += 2

	for name, file := range map[string][]byte{
		"pixels":             webp(longer),
		"pixels on a canvas": webp(canvas(0, 8, 8), longer),
		"pixels of a frame":  webp(canvas(animated, 8, 8), webpFrame(image.Rect(0, 0, 8, 8), longer)),
	} {
		info, err := imageformat.Inspect(file)
		require.NoError(t, err, name)
		require.False(t, info.Complete, name)

		_, err = imageformat.FirstFrame(file)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
	}

	// A frame that ends too early, but behind its pixels.
	file := webp(canvas(animated, 8, 8), webpFrame(image.Rect(0, 0, 8, 8), lossyHeader(8, 8), webpChunk("JUNK")))
	info, err := imageformat.Inspect(file[:len(file)-4])
	require.NoError(t, err)
	require.True(t, info.Complete)
}

func TestDamagedWebP(t *testing.T) {
	t.Parallel()

	setByte := func(file []byte, at int, value byte) []byte {
		file = bytes.Clone(file)
		file[at] = value

		return file
	}

	for name, file := range map[string][]byte{
		"magic only":              webp(),
		"unknown first":           webp(webpChunk("JUNK"), lossyHeader(8, 8)),
		"lossy cut":               webp(lossyHeader(8, 8))[:12+8+9],
		"lossless cut":            webp(losslessHeader(8, 8))[:12+8+4],
		"canvas cut":              webp(canvas(0, 8, 8), lossyHeader(8, 8))[:12+8+9],
		"canvas only":             webp(canvas(0, 8, 8)),
		"canvas too short":        webp(webpChunk("VP8X", make([]byte, 9)), lossyHeader(1, 1)),
		"canvas too long":         webp(webpChunk("VP8X", make([]byte, 11)), lossyHeader(1, 1)),
		"canvas too large":        webp(canvas(animated, 1<<16, 1<<16), webpFrame(image.Rect(0, 0, 8, 8), lossyHeader(8, 8))),
		"two canvases":            webp(canvas(0, 8, 8), canvas(0, 8, 8), lossyHeader(8, 8)),
		"canvas of other width":   webp(canvas(0, 9, 8), lossyHeader(8, 8)),
		"canvas of other height":  webp(canvas(0, 8, 9), losslessHeader(8, 8)),
		"large in a small canvas": webp(canvas(0, 1, 1), losslessHeader(16_384, 16_384)),
		"no key frame":            setByte(webp(lossyHeader(8, 8)), 20, 1),
		"no start code":           setByte(webp(lossyHeader(8, 8)), 24, 0),
		"no width":                webp(lossyHeader(0, 8)),
		"no height":               webp(lossyHeader(8, 0)),
		"no lossless signature":   setByte(webp(losslessHeader(8, 8)), 20, 0),
		"later lossless version":  setByte(webp(losslessHeader(8, 8)), 24, 0x20),
		"length of nothing":       setByte(setByte(webp(lossyHeader(8, 8)), 4, 0), 5, 0),
		"animation of no frame":   webp(canvas(animated, 8, 8), lossyHeader(8, 8)),
		"frame too short":         webp(canvas(animated, 8, 8), webpChunk("ANMF", make([]byte, 15))),
		"frame of nothing":        webp(canvas(animated, 8, 8), webpFrame(image.Rect(0, 0, 8, 8))),
		"frame outside":           webp(canvas(animated, 8, 8), webpFrame(image.Rect(2, 0, 10, 8), lossyHeader(8, 8))),
		"frame below":             webp(canvas(animated, 8, 8), webpFrame(image.Rect(0, 2, 8, 10), lossyHeader(8, 8))),
		"frame of other size":     webp(canvas(animated, 8, 8), webpFrame(image.Rect(0, 0, 8, 8), lossyHeader(9, 8))),
		"frame of large pixels":   webp(canvas(animated, 8, 8), webpFrame(image.Rect(0, 0, 8, 8), losslessHeader(16_384, 8))),
	} {
		_, err := imageformat.Inspect(file)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)

		_, err = imageformat.FirstFrame(file)
		require.ErrorIs(t, err, imageformat.ErrCorrupt, name)
	}
}

func TestFirstFrame(t *testing.T) {
	t.Parallel()

	area := image.Rect(0, 0, 24, 16)
	lossy := chunkOf(t, fixture(t, "lossy.webp"), "VP8 ")
	lossless := chunkOf(t, fixture(t, "lossless.webp"), "VP8L")
	alphaPixels := chunkOf(t, fixture(t, "alpha.webp"), "VP8 ")
	alpha := join(chunkOf(t, fixture(t, "alpha.webp"), "ALPH"), alphaPixels)
	other := webpFrame(image.Rect(0, 0, 2, 2), lossyHeader(2, 2))

	for name, tc := range map[string]struct {
		content, still []byte
	}{
		"lossy":               {lossy, fixture(t, "lossy.webp")},
		"lossless":            {lossless, fixture(t, "lossless.webp")},
		"alpha":               {alpha, fixture(t, "alpha.webp")},
		"unknown chunk first": {join(webpChunk("JUNK", []byte{1}), lossy), fixture(t, "lossy.webp")},
		"alpha twice":         {join(alpha[:len(alpha)-len(alphaPixels)], webpChunk("ALPH", []byte{9}), alphaPixels), fixture(t, "alpha.webp")},
		"alpha of lossless":   {join(webpChunk("ALPH", []byte{0}), lossless), fixture(t, "lossless.webp")},
	} {
		at := area.Add(image.Pt(6, 4))
		file := webp(canvas(animated|withExif, 40, 30), webpChunk("ANIM", make([]byte, 6)),
			webpFrame(at, tc.content), other, webpChunk("EXIF", []byte(place)))

		info, err := imageformat.Inspect(file)
		require.NoError(t, err, name)
		require.True(t, info.Animated && info.Complete && info.HasAlpha, name)
		require.Equal(t, at, info.Frame, name)
		require.Equal(t, []int{40, 30}, []int{info.Width, info.Height}, name)

		frame, err := imageformat.FirstFrame(file)
		require.NoError(t, err, name)
		require.Equal(t, at, frame.Bounds, name)
		require.Equal(t, image.Pt(40, 30), frame.Canvas, name)
		require.NotContains(t, string(frame.Data), place, name)

		want, err := xwebp.Decode(bytes.NewReader(tc.still))
		require.NoError(t, err, name)

		got, err := xwebp.Decode(bytes.NewReader(frame.Data))
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)

		info, err = imageformat.Inspect(frame.Data)
		require.NoError(t, err, name)
		require.False(t, info.Animated || info.HasMetadata, name)
	}
}

// An animation that libwebp has written.
func TestFirstFrameOfAnEncoder(t *testing.T) {
	t.Parallel()

	frame, err := imageformat.FirstFrame(fixture(t, "animated.webp"))
	require.NoError(t, err)
	require.Equal(t, image.Pt(24, 16), frame.Canvas)
	require.Equal(t, image.Rect(6, 4, 16, 12), frame.Bounds)

	decoded, err := xwebp.Decode(bytes.NewReader(frame.Data))
	require.NoError(t, err)
	require.Equal(t, frame.Bounds.Size(), decoded.Bounds().Size())
}

func TestFirstFrameOfAPicture(t *testing.T) {
	t.Parallel()

	file := fixture(t, "alpha.webp")

	frame, err := imageformat.FirstFrame(file)
	require.NoError(t, err)
	require.Equal(t, imageformat.Frame{Data: file, Bounds: image.Rect(0, 0, 24, 16), Canvas: image.Pt(24, 16)}, frame)

	_, err = imageformat.FirstFrame(pngOf(t, drawn(8, 8)))
	require.ErrorIs(t, err, imageformat.ErrFormat)
}
