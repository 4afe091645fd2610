package processortest

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// process has a new processor process a file that is right, and checks what holds for
// every result.
func process(t testing.TB, h Harness, data []byte) *imagepipe.Picture {
	t.Helper()

	return processBy(t, h.New(t, Limits{}), data)
}

func processBy(t testing.TB, p imagepipe.Processor, data []byte) *imagepipe.Picture {
	t.Helper()

	picture, err := p.Process(t.Context(), data)
	require.NoError(t, err)
	require.NotNil(t, picture)
	require.Contains(t, []string{"jpeg", "png", "gif", "webp"}, picture.Format)
	require.Regexp(t, regexp.MustCompile(`^([0-9a-f]{16})?$`), picture.Hash, "a hash is 16 digits, or none")
	require.Len(t, picture.Renditions, len(imagepipe.Sizes()))

	for i, size := range imagepipe.Sizes() {
		r := picture.Renditions[i]
		require.Equal(t, size, r.Size, "the renditions come in the order of Sizes")

		config, err := jpeg.DecodeConfig(bytes.NewReader(r.Data))
		require.NoError(t, err, "the %s is no JPEG", size)
		require.Equal(t, []int{r.Width, r.Height}, []int{config.Width, config.Height}, "the %s is of another size than is said", size)
	}

	original := picture.Renditions[0]
	require.Equal(t, []int{picture.Width, picture.Height}, []int{original.Width, original.Height}, "the original has all pixels")

	return picture
}

// decoded returns the pixels of a rendition.
func decoded(t testing.TB, r imagepipe.Rendition) image.Image {
	t.Helper()

	m, err := jpeg.Decode(bytes.NewReader(r.Data))
	require.NoError(t, err, "the %s does not decode", r.Size)

	return m
}

// refused has a new processor process a file that cannot be used, and checks the error.
// It returns its kind.
func refused(t testing.TB, h Harness, data []byte) error {
	t.Helper()

	return refusedBy(t, h.New(t, Limits{}), data)
}

func refusedBy(t testing.TB, p imagepipe.Processor, data []byte) error {
	t.Helper()

	picture, err := p.Process(t.Context(), data)
	require.Error(t, err, "a file that cannot be used was processed")
	require.True(t, picture == nil, "there is a picture besides an error")

	return kindOf(t, err)
}

// kindOf checks an error about a picture, and returns its kind.
func kindOf(t testing.TB, err error) error {
	t.Helper()

	var known *imagepipe.Error
	require.True(t, errors.As(err, &known), "not an *imagepipe.Error: %v", err)
	require.ErrorIs(t, err, known.Kind)
	requireSentence(t, known.Reason)

	for _, kind := range []error{imagepipe.ErrFormat, imagepipe.ErrCorrupt, imagepipe.ErrTooLarge} {
		if errors.Is(known.Kind, kind) {
			return kind
		}
	}

	require.Fail(t, "not a kind of error that a processor may give", "%v", known.Kind)

	return nil
}

// requireSentence checks that a reason can be shown to a user.
func requireSentence(t testing.TB, reason string) {
	t.Helper()

	first, _ := utf8.DecodeRuneInString(reason)
	require.True(t, unicode.IsUpper(first) && strings.HasSuffix(reason, "."), "not a sentence: %q", reason)

	for _, inward := range []string{"\n", "processor", "vips", "libjpeg", "decode:", "imageformat", "%!"} {
		require.NotContains(t, reason, inward, "a reason is for users")
	}
}

// patch is the mean colour of the pixels that are at most 3 away from a point, in levels
// of 0 to 255.
func patch(m image.Image, at image.Point) [3]float64 {
	var (
		sum [3]float64
		n   float64
	)

	area := image.Rect(at.X-3, at.Y-3, at.X+4, at.Y+4).Intersect(m.Bounds())
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			for i, v := range []uint8{c.R, c.G, c.B} {
				sum[i] += float64(v)
			}

			n++
		}
	}

	for i := range sum {
		sum[i] /= n
	}

	return sum
}

// requireColor checks the colour of a patch.
func requireColor(t testing.TB, m image.Image, at image.Point, want color.Color, tolerance float64, what ...any) {
	t.Helper()

	got := patch(m, at)
	c := color.RGBAModel.Convert(want).(color.RGBA)

	for i, v := range []uint8{c.R, c.G, c.B} {
		require.InDelta(t, float64(v), got[i], tolerance, "channel %d of %v at %v is %v: %v", i, c, at, got, what)
	}
}
