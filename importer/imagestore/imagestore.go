// Package imagestore keeps the images of package imagepipe in a blob.Store.
//
// The keys are those of imagepipe.Key, such as "prod_1/medium.jpg", below nothing: give
// images a store, or a bucket, of their own. The content type is image/jpeg, and
// [CacheControl] goes with each image to backends that serve them. An image under a key
// is replaced only when its product is imported again after a crash, by the same image
// as a rule, so clients may keep it for as long as they like.
package imagestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer/blob"
)

// ContentType and CacheControl are what images are stored with, and what a server that
// serves them out of another kind of store should send.
const (
	ContentType  = "image/jpeg"
	CacheControl = "public, max-age=31536000, immutable"
)

var _ imagepipe.Store = (*Store)(nil)

// Options are the optional parts of New.
type Options struct {
	// Deletes bounds how many images one call of Delete removes at a time.
	// Default 8.
	Deletes int
}

// Store is an imagepipe.Store over a blob.Store. It is safe for concurrent use.
type Store struct {
	files   blob.Store
	baseURL string
	deletes int
}

// New returns a store of images in files. The address of an image is baseURL, a slash
// and the key; with an empty baseURL it is the key. opts may be nil.
func New(files blob.Store, baseURL string, opts *Options) *Store {
	s := &Store{files: files, baseURL: strings.TrimSuffix(baseURL, "/"), deletes: 8}
	if opts != nil && opts.Deletes > 0 {
		s.deletes = opts.Deletes
	}

	return s
}

// Put implements imagepipe.Store. A key that blob.CheckKey refuses, because a product's
// id cannot stand in one, gives blob.ErrInvalidKey.
func (s *Store) Put(ctx context.Context, key string, data []byte) (string, error) {
	if _, err := s.files.Put(ctx, key, bytes.NewReader(data), putOptions()); err != nil {
		return "", fmt.Errorf("imagestore: put: %w", err)
	}

	return s.url(key), nil
}

// Copy implements imagepipe.Store.
func (s *Store) Copy(ctx context.Context, from, to string) (url string, err error) {
	source, _, err := s.files.Open(ctx, from, nil)
	if errors.Is(err, blob.ErrNotFound) {
		return "", fmt.Errorf("imagestore: copy: %w: %w", imagepipe.ErrNotStored, err)
	}

	if err != nil {
		return "", fmt.Errorf("imagestore: copy: %w", err)
	}
	defer func() { _ = source.Close() }() // read only: nothing is lost by a failing Close

	if _, err := s.files.Put(ctx, to, source, putOptions()); err != nil {
		return "", fmt.Errorf("imagestore: copy: %w", err)
	}

	return s.url(to), nil
}

// Delete implements imagepipe.Store. On an error any of the keys may be left.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.deletes)

	for _, key := range keys {
		group.Go(func() error { return s.files.Delete(ctx, key) })
	}

	if err := group.Wait(); err != nil {
		return fmt.Errorf("imagestore: delete: %w", err)
	}

	return nil
}

func (s *Store) url(key string) string {
	if s.baseURL == "" {
		return key
	}

	return s.baseURL + "/" + key
}

func putOptions() *blob.PutOptions {
	return &blob.PutOptions{ContentType: ContentType, CacheControl: CacheControl}
}
