package processortest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

type processFunc = func(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error)

// refuses refuses what has one of the texts in it.
func refuses(texts ...string) afterFunc {
	return func(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		for _, text := range texts {
			if bytes.Contains(data, []byte(text)) {
				return nil, &imagepipe.Error{Kind: imagepipe.ErrFormat, Reason: "The picture has something in it."}
			}
		}

		return picture, err
	}
}

// otherKind mistakes one kind of error for another.
func otherKind(from, to error) afterFunc {
	return func(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		if errors.Is(err, from) {
			return nil, &imagepipe.Error{Kind: to, Reason: "The picture is not right."}
		}

		return picture, err
	}
}

// placeholder has a picture for whatever cannot be read.
func placeholder(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil {
		return picture, nil
	}

	white := encoded(image.NewGray(image.Rect(0, 0, 8, 8)), 80)
	picture = &imagepipe.Picture{Format: "jpeg", Width: 8, Height: 8}

	for _, size := range imagepipe.Sizes() {
		picture.Renditions = append(picture.Renditions, imagepipe.Rendition{Size: size, Width: 8, Height: 8, Data: white})
	}

	return picture, nil
}

func opaqueErrors(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err != nil {
		return nil, errOpaque
	}

	return picture, nil
}

// reason has another reason for the user.
func reason(text string) afterFunc {
	return func(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		var known *imagepipe.Error
		if errors.As(err, &known) {
			return nil, &imagepipe.Error{Kind: known.Kind, Reason: text}
		}

		return picture, err
	}
}

// blames takes the end of a context for a fault of the picture.
func blames(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err != nil {
		return nil, &imagepipe.Error{Kind: imagepipe.ErrCorrupt, Reason: "The picture took too long.", Cause: err}
	}

	return picture, nil
}

func hashOfBytes(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
	if err == nil {
		sum := sha256.Sum256(data)
		picture.Hash = hex.EncodeToString(sum[:8])
	}

	return picture, err
}

func hashIs(hash string) afterFunc {
	return func(_ []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error) {
		if err == nil {
			picture.Hash = hash
		}

		return picture, err
	}
}

// allocates takes as much memory as a picture of the limit would.
func allocates(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	room := make([]byte, 40_000_000)
	defer runtime.KeepAlive(room)

	return p.Process(ctx, data)
}

func withoutContext(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	return p.Process(context.WithoutCancel(ctx), data)
}

func contextFirst(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}

	picture, err := p.Process(context.WithoutCancel(ctx), data)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}

	return picture, err
}

func writesUpload(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	picture, err := p.Process(ctx, data)
	clear(data[:1])

	return picture, err
}

func writesBehind(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	_ = append(data, "a sentinel"[:min(10, cap(data)-len(data))]...)

	return p.Process(ctx, data)
}

// keepsUpload has an original that is a part of the upload.
func keepsUpload(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	picture, err := p.Process(ctx, data)
	if err == nil && picture.Format == "jpeg" {
		picture.Renditions[0].Data = data
	}

	return picture, err
}

// oneBuffer hands out the same memory again and again.
func oneBuffer() processFunc {
	var (
		mu  sync.Mutex
		all []byte
	)

	return func(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
		picture, err := p.Process(ctx, data)
		if err != nil {
			return nil, err
		}

		mu.Lock()
		defer mu.Unlock()

		r := &picture.Renditions[2]
		all = append(all[:0], r.Data...)
		r.Data = all

		return picture, nil
	}
}

// mixesUp gives everyone the thumbnail of whoever came before, when more than one is at
// it.
func mixesUp() processFunc {
	var (
		busy atomic.Int32
		last atomic.Pointer[imagepipe.Picture]
	)

	return func(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error) {
		several := busy.Add(1) > 1
		defer busy.Add(-1)

		picture, err := p.Process(ctx, data)
		before := last.Swap(picture)

		if several && err == nil && before != nil {
			picture.Renditions[2].Data = before.Renditions[2].Data
		}

		return picture, err
	}
}
