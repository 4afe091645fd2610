package main

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // for image.Decode
	_ "image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/draw"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
)

// The likeness to libvips that is asked for, in decibels.
const (
	// leastLuma is for the same size in the same quality by both.
	leastLuma = 38.0
	// mostLoss is by how much a rendition may be further from what libvips makes without
	// compression than its own JPEG of the same quality is. The compression alone takes
	// the colours of a detailed thumbnail down to 31 dB, in either, so the distance itself
	// would tell of the photo.
	mostLoss = 0.5
)

// TestLikeLibvips compares renditions with those of libvips: the medium ones of large
// photos and the thumbnails of all.
func TestLikeLibvips(t *testing.T) {
	t.Parallel()

	if _, err := exec.LookPath("vipsthumbnail"); err != nil {
		t.Skip("vipsthumbnail is not installed; apt-get install libvips-tools")
	}

	small := smallPhotos(t)
	large, err := makeLarge(t.Context(), small, t.TempDir(), 3)
	require.NoError(t, err)

	p := goprocessor.New(nil)

	for _, path := range append(large, small[:min(len(small), 15)]...) {
		data, err := os.ReadFile(path)
		require.NoError(t, err)

		picture, err := p.Process(t.Context(), data)
		require.NoError(t, err, path)

		for _, r := range picture.Renditions[1:] {
			if r.Width < picture.Width {
				requireAlike(t, path, r)
			}
		}
	}
}

func requireAlike(t *testing.T, path string, r imagepipe.Rendition) {
	t.Helper()

	got := decode(t, r.Data)
	same := byLibvips(t, path, r.Width, r.Height, ".jpg[Q=85]")
	lossless := byLibvips(t, path, r.Width, r.Height, ".png")
	name := fmt.Sprintf("the %s of %s", r.Size, filepath.Base(path))

	luma, _ := psnr(got, same)
	require.GreaterOrEqual(t, luma, leastLuma, name)

	luma, rgb := psnr(got, lossless)
	wantLuma, wantRGB := psnr(same, lossless)
	require.GreaterOrEqual(t, luma, wantLuma-mostLoss, name)
	require.GreaterOrEqual(t, rgb, wantRGB-mostLoss, name)
}

// byLibvips makes a rendition of exactly a size with vipsthumbnail.
func byLibvips(t *testing.T, path string, width, height int, format string) *image.RGBA {
	t.Helper()

	folder := t.TempDir()
	message, err := exec.CommandContext(t.Context(), "vipsthumbnail",
		"--size", fmt.Sprintf("%dx%d!", width, height), "--output", filepath.Join(folder, "made"+format), path,
	).CombinedOutput()
	require.NoError(t, err, "%s", message)

	made, err := filepath.Glob(filepath.Join(folder, "made.*"))
	require.NoError(t, err)
	require.Len(t, made, 1)

	data, err := os.ReadFile(made[0])
	require.NoError(t, err)

	return decode(t, data)
}

func decode(t *testing.T, data []byte) *image.RGBA {
	t.Helper()

	m, _, err := image.Decode(bytes.NewReader(data))
	require.NoError(t, err)

	c := image.NewRGBA(m.Bounds())
	draw.Draw(c, c.Rect, m, m.Bounds().Min, draw.Src)

	return c
}

// psnr is how alike two pictures are, by their luma (ITU-R BT.601) and by all channels.
func psnr(a, b *image.RGBA) (luma, rgb float64) {
	var lumaSum, rgbSum float64

	for i := 0; i < len(a.Pix); i += 4 {
		var d [3]float64
		for c := range d {
			d[c] = float64(a.Pix[i+c]) - float64(b.Pix[i+c])
			rgbSum += d[c] * d[c] / 3
		}

		y := 0.299*d[0] + 0.587*d[1] + 0.114*d[2]
		lumaSum += y * y
	}

	decibels := func(sum float64) float64 {
		return 10 * math.Log10(255*255*float64(len(a.Pix)/4)/max(sum, 1e-9))
	}

	return decibels(lumaSum), decibels(rgbSum)
}

// smallPhotos returns the paths of real photos, and skips the test where there are none.
func smallPhotos(t testing.TB) []string {
	t.Helper()

	dir := os.Getenv("BULKIMPORT_TESTDATA")
	if dir == "" {
		dir = "../../../shared/data"
	}

	paths, err := filepath.Glob(filepath.Join(dir, "images", "*.jpg"))
	require.NoError(t, err)

	if len(paths) == 0 {
		t.Skipf("no photos in %s; set BULKIMPORT_TESTDATA to the folder above them", filepath.Join(dir, "images"))
	}

	return paths
}
