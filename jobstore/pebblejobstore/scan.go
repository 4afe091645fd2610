package pebblejobstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// A visit looks at an index entry and says whether to go on.
type visit func(position.Position) (more bool, err error)

// ascend visits the entries of the index with this prefix, below the key upper,
// in ascending order.
func ascend(ctx context.Context, r pebble.Reader, index, upper []byte, v visit) error {
	return scan(ctx, r, index, upper, v, (*pebble.Iterator).First, (*pebble.Iterator).Next)
}

// descend is ascend in descending order.
func descend(ctx context.Context, r pebble.Reader, index, upper []byte, v visit) error {
	return scan(ctx, r, index, upper, v, (*pebble.Iterator).Last, (*pebble.Iterator).Prev)
}

func scan(ctx context.Context, r pebble.Reader, index, upper []byte, v visit, first, next func(*pebble.Iterator) bool) (err error) {
	it, err := r.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: index, UpperBound: upper})
	if err != nil {
		return fmt.Errorf("pebblejobstore: read index: %w", err)
	}

	defer func() {
		// Close reports what stopped the iterator, if anything did.
		if closeErr := it.Close(); closeErr != nil {
			err = errors.Join(err, fmt.Errorf("pebblejobstore: read index: %w", closeErr))
		}
	}()

	for ok := first(it); ok; ok = next(it) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("pebblejobstore: %w", err)
		}

		p, err := position.Parse(it.Key()[len(index):])
		if err != nil {
			return fmt.Errorf("pebblejobstore: index entry %q: %w", it.Key(), err)
		}

		if more, err := v(p); err != nil || !more {
			return err
		}
	}

	return nil
}
