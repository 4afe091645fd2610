package pebblejobstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// replace writes one state of a record in the place of another, index entries
// included, in one synced batch. before nil means that there was no record, next
// nil that there shall be none. The caller holds the lock of the record.
func (s *Store) replace(ctx context.Context, before, next *jobstore.Job) (err error) {
	// The wait for the lock may have been long.
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("pebblejobstore: %w", err)
	}

	batch := s.db.NewBatch()
	defer func() { err = errors.Join(err, batch.Close()) }()

	if err := stage(batch, before, next); err != nil {
		return fmt.Errorf("pebblejobstore: stage write: %w", err)
	}

	if err := batch.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("pebblejobstore: commit: %w", err)
	}

	return nil
}

// stage adds to a batch what replace writes.
func stage(batch *pebble.Batch, before, next *jobstore.Job) error {
	stale, fresh := indexKeys(before), indexKeys(next)

	for _, key := range stale {
		if contains(fresh, key) {
			continue
		}

		if err := batch.Delete(key, nil); err != nil {
			return err
		}
	}

	for _, key := range fresh {
		if contains(stale, key) {
			continue
		}

		if err := batch.Set(key, nil, nil); err != nil {
			return err
		}
	}

	if next == nil {
		return batch.Delete(recordKey(before.ID), nil)
	}

	value, err := encodeRecord(next)
	if err != nil {
		return err
	}

	return batch.Set(recordKey(next.ID), value, nil)
}

func contains(keys [][]byte, key []byte) bool {
	return slices.ContainsFunc(keys, func(k []byte) bool { return bytes.Equal(k, key) })
}
