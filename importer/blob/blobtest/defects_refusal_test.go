package blobtest

import (
	"context"
	"errors"
	"io"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// withAsking returns opts with another BeforeReplace, made of the one in it.
func withAsking(opts *blob.PutOptions, change func(ask func(context.Context) error) func(context.Context) error) *blob.PutOptions {
	if opts == nil || opts.BeforeReplace == nil {
		return opts
	}

	changed := *opts
	changed.BeforeReplace = change(opts.BeforeReplace)

	return &changed
}

// neverAsk replaces whatever the caller thinks of it.
func neverAsk(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	return s.Put(ctx, key, r, withAsking(opts, func(func(context.Context) error) func(context.Context) error { return nil }))
}

// askAfterwards takes back what was refused.
func askAfterwards(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	info, err := neverAsk(s, ctx, key, r, opts)
	if err != nil || opts == nil || opts.BeforeReplace == nil {
		return info, err
	}

	if err := opts.BeforeReplace(ctx); err != nil {
		return blob.Info{}, errors.Join(err, s.Delete(ctx, key))
	}

	return info, nil
}

// askBefore asks before it reads.
func askBefore(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	if opts != nil && opts.BeforeReplace != nil {
		if err := opts.BeforeReplace(ctx); err != nil {
			return blob.Info{}, err
		}
	}

	return neverAsk(s, ctx, key, r, opts)
}

func askWithoutContext(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	return s.Put(ctx, key, r, withAsking(opts, func(ask func(context.Context) error) func(context.Context) error {
		return func(context.Context) error { return ask(context.Background()) }
	}))
}

// changedAnswer makes err of every refusal.
func changedAnswer(err error) putFunc {
	return func(s blob.Store, ctx context.Context, key string, r io.Reader, opts *blob.PutOptions) (blob.Info, error) {
		return s.Put(ctx, key, r, withAsking(opts, func(ask func(context.Context) error) func(context.Context) error {
			return func(ctx context.Context) error {
				if ask(ctx) != nil {
					return err
				}

				return nil
			}
		}))
	}
}
