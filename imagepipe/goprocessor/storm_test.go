package goprocessor_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/png"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
)

// stormChild, where it is set, makes the test binary process a storm of bombs and exit.
const stormChild = "BULKIMPORT_STORM"

// BenchmarkStorm processes bombs with the default options, all at a time, in a process of
// its own, and tells how much memory that process took at its peak: 32 pictures of nearly
// 40 million pixels, which is allowed, in files of some kilobytes, among 32 that claim
// 50,000 by 50,000.
func BenchmarkStorm(b *testing.B) {
	for b.Loop() {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), stormChild+"=1")

		output, err := child.CombinedOutput()
		require.NoError(b, err, string(output))

		usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
		require.True(b, ok)
		b.ReportMetric(float64(usage.Maxrss)/1024, "peak-MiB")
	}
}

// storm is what the child does. It returns the exit code.
func storm() int {
	bombs, err := makeBombs()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	var (
		p      = goprocessor.New(nil)
		group  sync.WaitGroup
		mu     sync.Mutex
		failed []error
	)

	for range 8 {
		for _, bomb := range bombs {
			group.Go(func() {
				_, err := p.Process(context.Background(), bomb.data)
				if !errors.Is(err, bomb.want) {
					mu.Lock()
					defer mu.Unlock()

					failed = append(failed, fmt.Errorf("%s: got %w, want %w", bomb.name, err, bomb.want))
				}
			})
		}
	}

	group.Wait()

	if len(failed) > 0 {
		fmt.Fprintln(os.Stderr, errors.Join(failed...))

		return 1
	}

	return 0
}

// bomb is a small file with a large picture, and what comes of it: nil where it is
// processed.
type bomb struct {
	name string
	data []byte
	want error
}

func makeBombs() ([]bomb, error) {
	const side, absurd = 6300, 50_000

	var colours, animation bytes.Buffer

	err := errors.Join(
		png.Encode(&colours, image.NewNRGBA(image.Rect(0, 0, side, side))),
		gif.Encode(&animation, image.NewPaletted(image.Rect(0, 0, side, side), palette.Plan9), nil),
	)

	grey := progressiveJPEG(side, side)

	return []bomb{
		{"png", colours.Bytes(), nil},
		{"gif", animation.Bytes(), nil},
		{"jpeg", grey, nil},
		{"jpeg again", grey, nil},
		{"wide png", resized(colours.Bytes(), absurd), imagepipe.ErrTooLarge},
		{"wide jpeg", progressiveJPEG(absurd, absurd)[:2000], imagepipe.ErrTooLarge},
		{"wide gif", append([]byte("GIF89a\x50\xc3\x50\xc3"), animation.Bytes()[10:]...), imagepipe.ErrTooLarge},
		{"tall png", resized(colours.Bytes(), 65_535), imagepipe.ErrTooLarge},
	}, err
}

// resized returns a PNG that claims to be a square of this side.
func resized(data []byte, side uint32) []byte {
	const ihdr = 8 // where the chunk begins, with its length

	data = bytes.Clone(data)
	binary.BigEndian.PutUint32(data[ihdr+8:], side)
	binary.BigEndian.PutUint32(data[ihdr+12:], side)
	binary.BigEndian.PutUint32(data[ihdr+21:], crc32.ChecksumIEEE(data[ihdr+4:ihdr+21]))

	return data
}

// progressiveJPEG returns a picture of three components, with a chroma sample for four
// pixels, which are one colour: a single scan, with a bit of 0 for each block.
func progressiveJPEG(width, height uint16) []byte {
	data := []byte{
		0xff, 0xd8,
		0xff, 0xc2, 0, 17, 8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0,
		0xff, 0xc4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0xff, 0xdb, 0, 67, 0,
	}
	data = append(data, bytes.Repeat([]byte{1}, 64)...)
	data = append(data, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0)

	units := ((int(width) + 15) / 16) * ((int(height) + 15) / 16)
	data = append(data, make([]byte, (units*6+7)/8)...)

	return append(data, 0xff, 0xd9)
}
