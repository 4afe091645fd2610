package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// keepBuffer is a store that keeps the slice of its caller.
func keepBuffer() defect {
	var kept []byte

	return defect{
		caughtBy: "content is not shared with its source",
		put: func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
			if buffer, ok := r.(*bytes.Buffer); ok {
				kept = buffer.Bytes()
			}

			return s.Put(ctx, key, r, opts)
		},
		open: func(s blob.Store, ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
			_, info, err := s.Open(ctx, key, opts)
			return io.NopCloser(bytes.NewReader(kept)), info, err
		},
	}
}

// putInPlace lets the beginning be seen before the rest has come.
func putInPlace(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	head := make([]byte, 10)

	n, err := io.ReadFull(r, head)
	if err != nil {
		return s.Put(ctx, key, bytes.NewReader(head[:n]), opts)
	}

	if _, err := s.Put(ctx, key, bytes.NewReader(head), opts); err != nil {
		return blob.Info{}, err
	}

	runtime.Gosched()

	return s.Put(ctx, key, io.MultiReader(bytes.NewReader(head), r), opts)
}

func etagOfSize(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	info, err := s.Put(ctx, key, r, opts)
	info.ETag = string(rune('0' + info.Size))

	return info, err
}

// keepHalf stores what came before the source failed.
func keepHalf(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	content, err := io.ReadAll(r)
	info, putErr := s.Put(ctx, key, bytes.NewReader(content), opts)

	return info, errors.Join(err, putErr)
}

// limitPlus is wrong about the limit by d bytes.
func limitPlus(d int64) putFunc {
	return func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
		if opts == nil {
			return s.Put(ctx, key, r, nil)
		}

		return s.Put(ctx, key, r, &blob.PutOptions{MaxBytes: opts.MaxBytes + d})
	}
}

func anyLimit(s blob.Store, ctx context.Context, key string, r io.Reader, _ *blob.PutOptions) (blob.Info, error) {
	return s.Put(ctx, key, r, nil)
}

// oneAtATime refuses a Put while another one waits for its source.
func oneAtATime() putFunc {
	var busy sync.Mutex

	return func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
		if !busy.TryLock() {
			return blob.Info{}, errors.New("busy")
		}
		defer busy.Unlock()

		return s.Put(ctx, key, r, opts)
	}
}

// cleanKeys makes a key of everything.
func cleanKeys(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	return s.Put(ctx, strings.TrimPrefix(path.Clean("/"+key), "/"), r, opts)
}

// replaceFolder makes room for a key where a folder is.
func replaceFolder(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	infos, err := s.List(ctx, key+"/", "", 0)
	for _, info := range infos {
		err = errors.Join(err, s.Delete(ctx, info.Key))
	}

	if err != nil {
		return blob.Info{}, err
	}

	return s.Put(ctx, key, r, opts)
}

func putWithoutContext(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	return s.Put(context.WithoutCancel(ctx), key, r, opts)
}

// checkContextFirst does not look at the context again.
func checkContextFirst(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	if err := context.Cause(ctx); err != nil {
		return blob.Info{}, err
	}

	return putWithoutContext(s, ctx, key, r, opts)
}

func loseEveryTenth() putFunc {
	var count atomic.Int64

	return func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
		if count.Add(1)%10 == 0 {
			return blob.Info{Key: key}, nil
		}

		return s.Put(ctx, key, r, opts)
	}
}

// putAndYield lets others run before its caller does.
func putAndYield(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	defer runtime.Gosched()

	return s.Put(ctx, key, r, opts)
}

// putAndLook fails when what was put has gone. It looks for a while, so that on a busy
// machine, too, somebody else gets to delete in between.
func putAndLook(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	info, err := s.Put(ctx, key, r, opts)

	for begun := time.Now(); err == nil && time.Since(begun) < time.Second; {
		runtime.Gosched()

		info, err = s.Stat(ctx, key)
	}

	return info, err
}
