// Package memblob keeps files in memory, for tests and for trying things out.
//
// It is a complete blob.Store without durability: the content goes with the
// process, and all of it counts towards the memory of the process.
package memblob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/internal/bound"
)

var _ blob.Store = (*Store)(nil)

// Options are the optional parts of New.
type Options struct {
	// Now is the clock behind Info.ModTime. Default time.Now.
	Now func() time.Time
}

// Store is a blob.Store in memory. It is safe for concurrent use.
type Store struct {
	now func() time.Time

	mu      sync.RWMutex
	files   map[string]file
	keys    []string // those of files, ascending
	version uint64   // of the last Put, the source of ETags
}

// file is stored content. Its bytes never change, so readers share them.
type file struct {
	info    blob.Info
	content []byte
}

// New returns an empty store. opts may be nil.
func New(opts *Options) *Store {
	s := &Store{now: time.Now, files: make(map[string]file)}
	if opts != nil && opts.Now != nil {
		s.now = opts.Now
	}

	return s
}

// Put implements blob.Store. ContentType and CacheControl of PutOptions are not kept.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	if err := check(ctx, key); err != nil {
		return blob.Info{}, err
	}

	source, err := bound.Content(ctx, r, opts)
	if err != nil {
		return blob.Info{}, err
	}

	content, err := io.ReadAll(source)
	if err != nil {
		return blob.Info{}, fmt.Errorf("memblob: put %s: %w", key, err)
	}

	if err := bound.Allow(ctx, opts); err != nil {
		return blob.Info{}, fmt.Errorf("memblob: put %s: %w", key, err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	s.version++
	info := blob.Info{
		Key:     key,
		Size:    int64(len(content)),
		ETag:    strconv.FormatUint(s.version, 10),
		ModTime: s.now(),
	}
	s.files[key] = file{info: info, content: content}

	if i, found := slices.BinarySearch(s.keys, key); !found {
		s.keys = slices.Insert(s.keys, i, key)
	}

	return info, nil
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	f, err := s.get(ctx, key)
	if err != nil {
		return nil, blob.Info{}, err
	}

	if opts == nil {
		opts = &blob.OpenOptions{}
	}

	if opts.IfMatch != "" && opts.IfMatch != f.info.ETag {
		return nil, blob.Info{}, fmt.Errorf("memblob: open %s: %w", key, blob.ErrChanged)
	}

	if opts.Offset < 0 || opts.Offset > f.info.Size {
		return nil, blob.Info{}, fmt.Errorf("memblob: open %s at %d of %d: %w", key, opts.Offset, f.info.Size, blob.ErrRange)
	}

	return io.NopCloser(bytes.NewReader(f.content[opts.Offset:])), f.info, nil
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	f, err := s.get(ctx, key)

	return f.info, err
}

// List implements blob.Store.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("memblob: list: %w", err)
	}

	if err := blob.CheckPrefix(prefix); err != nil {
		return nil, err
	}

	limit = bound.Page(limit)

	s.mu.RLock()
	defer s.mu.RUnlock()

	start, found := slices.BinarySearch(s.keys, max(prefix, after))
	if found && s.keys[start] == after {
		start++
	}

	var page []blob.Info

	for _, key := range s.keys[start:] {
		if len(page) == limit || !strings.HasPrefix(key, prefix) {
			break
		}

		page = append(page, s.files[key].info)
	}

	return page, nil
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := check(ctx, key); err != nil {
		return err
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	delete(s.files, key)

	if i, found := slices.BinarySearch(s.keys, key); found {
		s.keys = slices.Delete(s.keys, i, i+1)
	}

	return nil
}

// get returns what is stored under key.
func (s *Store) get(ctx context.Context, key string) (file, error) {
	if err := check(ctx, key); err != nil {
		return file{}, err
	}

	s.mu.RLock()
	defer s.mu.RUnlock()

	f, found := s.files[key]
	if !found {
		return file{}, fmt.Errorf("memblob: %s: %w", key, blob.ErrNotFound)
	}

	return f, nil
}

// check refuses a call whose ctx has ended or whose key is none.
func check(ctx context.Context, key string) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("memblob: %w", err)
	}

	return blob.CheckKey(key)
}
