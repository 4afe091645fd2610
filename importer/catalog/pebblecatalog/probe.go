package pebblecatalog

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"
)

// probe reads the values of count database keys, of which most are expected not
// to be there. name appends the i-th key to dst; found is called with the index
// and the value, which is valid during the call only, of each that is there, in
// no particular order.
//
// One iterator goes through all of the keys in ascending order, which spares the
// better part of each seek, and consults the Bloom filters of every level. A Get
// for each key would not: it leaves the filters of the lowest level out, where
// nearly all of the data is, and so reads a block for each key that is not
// there. Measured on creations over 50,000 products, Get took 2.8 times as long.
func (s *Store) probe(
	ctx context.Context, count int, name func(dst []byte, i int) []byte, found func(i int, value []byte) error,
) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}

	iterator, err := s.db.NewIterWithContext(ctx, &pebble.IterOptions{
		KeyTypes:     pebble.IterKeyTypePointsOnly,
		UseL6Filters: true,
	})
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, iterator.Close()) }()

	for step, probe := range ascending(count, name) {
		if err := interrupted(ctx, step); err != nil {
			return err
		}

		// Of a database with the default comparer, the prefix of a key is all of
		// it.
		if !iterator.SeekPrefixGE(probe.name) {
			if err := iterator.Error(); err != nil {
				return err
			}

			continue
		}

		value, err := iterator.ValueAndErr()
		if err != nil {
			return err
		}

		if err := found(probe.index, value); err != nil {
			return err
		}
	}

	return nil
}

// target is one database key of a probe.
type target struct {
	name  []byte
	index int
}

// ascending returns the keys of a probe in ascending order.
func ascending(count int, name func(dst []byte, i int) []byte) []target {
	const usualLength = 64

	var (
		names   = make([]byte, 0, count*usualLength)
		targets = make([]target, count)
	)

	for i := range count {
		start := len(names)
		names = name(names, i)
		targets[i] = target{name: names[start:len(names):len(names)], index: i}
	}

	slices.SortFunc(targets, func(a, b target) int { return bytes.Compare(a.name, b.name) })

	return targets
}

// interrupted asks ctx every so often, at the i-th step of a loop.
func interrupted(ctx context.Context, i int) error {
	const every = 256

	if i%every != 0 {
		return nil
	}

	return ctx.Err()
}
