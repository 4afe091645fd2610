package blobtest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// lateReader opens its key anew for each read.
type lateReader struct {
	ctx    context.Context
	store  blob.Store
	key    string
	offset int64
}

func (l *lateReader) Read(p []byte) (int, error) {
	r, _, err := l.store.Open(l.ctx, l.key, &blob.OpenOptions{Offset: l.offset})
	if err != nil {
		return 0, io.EOF
	}

	n, err := r.Read(p)
	l.offset += int64(n)

	return n, err
}

func (l *lateReader) Close() error {
	return nil
}

// openLate gives a reader of whatever the key holds at the time of reading.
func openLate(s blob.Store, ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	_, info, err := s.Open(ctx, key, opts)

	return &lateReader{ctx: ctx, store: s, key: key}, info, err
}

// changedOptions opens with options that change has been at.
func changedOptions(change func(*blob.OpenOptions)) openFunc {
	return func(s blob.Store, ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
		var changed blob.OpenOptions
		if opts != nil {
			changed = *opts
			change(&changed)
		}

		return s.Open(ctx, key, &changed)
	}
}

// emptyOutside gives an empty reader behind the end.
func emptyOutside(s blob.Store, ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	r, info, err := s.Open(ctx, key, opts)
	if errors.Is(err, blob.ErrRange) {
		info, err = s.Stat(ctx, key)
		return io.NopCloser(strings.NewReader("")), info, err
	}

	return r, info, err
}

// changedList lists what change makes of the page.
func changedList(change func([]blob.Info) []blob.Info) listFunc {
	return func(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
		infos, err := s.List(ctx, prefix, after, limit)

		return change(infos), err
	}
}

func withoutDotFiles(infos []blob.Info) []blob.Info {
	return slices.DeleteFunc(infos, func(info blob.Info) bool {
		return strings.HasPrefix(info.Key, ".") || strings.Contains(info.Key, "/.")
	})
}

func withFolder(infos []blob.Info) []blob.Info {
	return append(infos, blob.Info{Key: "~tmp"})
}

// inFolderOrder sorts by one element after the other.
func inFolderOrder(infos []blob.Info) []blob.Info {
	slices.SortFunc(infos, func(a, b blob.Info) int {
		return slices.Compare(strings.Split(a.Key, "/"), strings.Split(b.Key, "/"))
	})

	return infos
}

func anyPrefix(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if blob.CheckPrefix(prefix) != nil {
		return nil, nil
	}

	return s.List(ctx, prefix, after, limit)
}

// listFolder lists nothing by half an element.
func listFolder(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}

	return s.List(ctx, prefix, after, limit)
}

// listFrom lists the key to go on behind once more.
func listFrom(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	infos, err := s.List(ctx, prefix, after, limit)
	if err != nil || !strings.HasPrefix(after, prefix) {
		return infos, err
	}

	last, err := s.Stat(ctx, after)
	if err != nil {
		return infos, nil
	}

	return slices.Insert(infos, 0, last), nil
}

// shortPages gives fewer entries than there are, which means the end.
func shortPages(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	return s.List(ctx, prefix, after, max(limit-1, 1))
}

func unboundedList(s blob.Store, ctx context.Context, prefix, after string, _ int) ([]blob.Info, error) {
	var all []blob.Info

	for {
		infos, err := s.List(ctx, prefix, after, blob.MaxPage)
		all = append(all, infos...)

		if err != nil || len(infos) < blob.MaxPage {
			return all, err
		}

		after = infos[len(infos)-1].Key
	}
}

// listAfterExisting finds the place to go on only while its key is there.
func listAfterExisting(s blob.Store, ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if after != "" {
		if _, err := s.Stat(ctx, after); err != nil {
			return nil, nil
		}
	}

	return s.List(ctx, prefix, after, limit)
}
