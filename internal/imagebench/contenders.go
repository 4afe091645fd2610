package main

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"os/exec"

	"github.com/corona10/goimagehash"
	"golang.org/x/image/draw"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
)

// The names of the contenders.
const (
	oursName            = "goprocessor"
	vipsProcessorName   = "vipsprocessor"
	straightforwardName = "straightforward"
	vips800Name         = "vipsthumbnail 800"
	vips200Name         = "vipsthumbnail 200"
)

// processFile processes the bytes of a photo.
type processFile func(ctx context.Context, data []byte) error

// contender is a way to process photos.
type contender struct {
	name string
	// does is what it makes of a photo, for the table.
	does string
	// missing says why it cannot be measured, if so.
	missing string
	// work returns what processes photos by some workers in this process. It is nil for
	// contenders that are programs of their own.
	work func(workers int) processFile
	// side is the longest side for vipsthumbnail.
	side int
}

func contenders() []contender {
	return []contender{
		{
			name: straightforwardName, does: "800, 200, hash",
			work: func(int) processFile { return straightforward },
		},
		{
			name: oursName, does: "original, 800, 200, hash",
			work: func(workers int) processFile {
				return by(goprocessor.New(&goprocessor.Options{Workers: workers}))
			},
		},
		vipsProcessor(),
		vipsThumbnail(vips800Name, imagepipe.MediumSide),
		vipsThumbnail(vips200Name, imagepipe.ThumbnailSide),
	}
}

// by processes photos by a processor.
func by(p imagepipe.Processor) processFile {
	return func(ctx context.Context, data []byte) error {
		_, err := p.Process(ctx, data)

		return err
	}
}

// vipsThumbnail is the program of libvips for making pictures smaller.
func vipsThumbnail(name string, side int) contender {
	c := contender{name: name, side: side, does: "this size alone, quality 85"}
	if _, err := exec.LookPath("vipsthumbnail"); err != nil {
		c.missing = "it is not installed; apt-get install libvips-tools"
	}

	return c
}

// straightforward is what one would write first: it decodes with the standard library,
// scales with the best filter of x/image, and hashes the whole picture.
func straightforward(_ context.Context, data []byte) error {
	const quality = 85

	source, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}

	for _, side := range []int{imagepipe.MediumSide, imagepipe.ThumbnailSide} {
		if err := jpeg.Encode(new(bytes.Buffer), scaled(source, side), &jpeg.Options{Quality: quality}); err != nil {
			return err
		}
	}

	_, err = goimagehash.PerceptionHash(source)

	return err
}

// scaled returns a picture with a longest side of side at most.
func scaled(source image.Image, side int) image.Image {
	b := source.Bounds()
	longest := max(b.Dx(), b.Dy())

	if longest <= side {
		return source
	}

	small := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()*side/longest), max(1, b.Dy()*side/longest)))
	draw.CatmullRom.Scale(small, small.Rect, source, b, draw.Src, nil)

	return small
}
