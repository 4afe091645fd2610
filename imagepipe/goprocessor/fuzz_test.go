package goprocessor_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
)

// FuzzProcess looks for panics, for errors that blame the surroundings for a bad file,
// and for renditions that are no pictures.
func FuzzProcess(f *testing.F) {
	for _, pattern := range []string{"../internal/jpegcodec/testdata/*.jpg", "../processortest/testdata/*.webp"} {
		names, err := filepath.Glob(filepath.FromSlash(pattern))
		require.NoError(f, err)

		for _, name := range names {
			data, err := os.ReadFile(name)
			require.NoError(f, err)
			f.Add(data)
		}
	}

	m := image.NewNRGBA(image.Rect(0, 0, 9, 7))
	m.Set(3, 3, color.NRGBA{R: 200, A: 100})

	for _, encode := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return png.Encode(b, m) },
		func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) },
		func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
	} {
		var b bytes.Buffer
		require.NoError(f, encode(&b))
		f.Add(b.Bytes())
	}

	p := goprocessor.New(&goprocessor.Options{MaxPixels: 1 << 16})

	f.Fuzz(func(t *testing.T, data []byte) {
		picture, err := p.Process(t.Context(), data)

		var known *imagepipe.Error
		if errors.As(err, &known) {
			require.False(t, strings.Contains(known.Error(), "panic"), known.Error())
			require.NotEmpty(t, known.Reason)

			return
		}

		require.NoError(t, err)

		for _, r := range picture.Renditions {
			config, err := jpeg.DecodeConfig(bytes.NewReader(r.Data))
			require.NoError(t, err, r.Size)
			require.Equal(t, [2]int{r.Width, r.Height}, [2]int{config.Width, config.Height}, r.Size)
		}
	})
}
