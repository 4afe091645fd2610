package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"
)

// largeSide is the side of the large photos, in pixels.
const largeSide = 1500

// makeLarge makes large photos of small ones, and returns their paths. Those that are there
// already are taken as they are.
func makeLarge(ctx context.Context, small []string, folder string, count int) ([]string, error) {
	var paths []string

	for i := range count {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}

		path := filepath.Join(folder, fmt.Sprintf("large-%04d.jpg", i+1))
		paths = append(paths, path)

		if _, err := os.Stat(path); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}

		if err := makeLargePhoto(small[i%len(small)], path, uint64(i)); err != nil {
			return nil, fmt.Errorf("make a large photo of %s: %w", small[i%len(small)], err)
		}
	}

	return paths, nil
}

// makeLargePhoto enlarges a photo, and gives it fine detail where it has structure, since
// enlarging gives none: about as many bytes as a camera's photo of that size has.
func makeLargePhoto(from, to string, seed uint64) error {
	source, err := readJPEG(from)
	if err != nil {
		return err
	}

	large := image.NewRGBA(image.Rect(0, 0, largeSide, largeSide))
	draw.CatmullRom.Scale(large, large.Rect, source, source.Bounds(), draw.Src, nil)
	addDetail(large, rand.New(rand.NewPCG(seed, 1)))

	f, err := os.Create(to)
	if err != nil {
		return err
	}

	const quality = 87

	return errors.Join(jpeg.Encode(f, large, &jpeg.Options{Quality: quality}), f.Close())
}

func readJPEG(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}

	m, err := jpeg.Decode(f)

	return m, errors.Join(err, f.Close())
}

// addDetail adds noise that is alike in all channels, as texture and the grain of sensors
// are.
func addDetail(m *image.RGBA, random *rand.Rand) {
	const levels = 15

	for i := 0; i < len(m.Pix); i += 4 {
		// The sum of two is mostly small.
		noise := int(random.Uint32()%levels+random.Uint32()%levels) - (levels - 1)

		for c := range 3 {
			// Paper and backgrounds that are blown out have none.
			if v := int(m.Pix[i+c]); v < 250 {
				m.Pix[i+c] = uint8(min(255, max(0, v+noise)))
			}
		}
	}
}
