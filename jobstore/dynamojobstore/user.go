package dynamojobstore

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// userPrefix begins the keys of the records of users. No job has such an id.
const userPrefix = "user_record#"

// UpdateUser implements jobstore.UserRecords.
func (s *Store) UpdateUser(
	ctx context.Context, userID string, change func(*jobstore.UserRecord) error,
) (jobstore.UserRecord, error) {
	if err := ctx.Err(); err != nil {
		return jobstore.UserRecord{}, fmt.Errorf("dynamojobstore: %w", err)
	}

	if err := jobstore.CheckUserID(userID); err != nil {
		return jobstore.UserRecord{}, err
	}

	var next jobstore.UserRecord

	err := s.change(ctx, userPrefix+userID, func(stored dynamo.Item) (before, after dynamo.Item, err error) {
		current, err := decodeUser(stored)
		if err != nil {
			return nil, nil, fmt.Errorf("user %q: %w", userID, err)
		}

		if next, err = jobstore.PrepareUser(userID, current, change); err != nil {
			return nil, nil, err
		}

		if before, err = encode(&current); err != nil {
			return nil, nil, err
		}

		after, err = encode(&next)

		return before, after, err
	})
	if err != nil {
		return jobstore.UserRecord{}, err
	}

	return next, nil
}

// decodeUser returns the record in an item, the zero one for none.
func decodeUser(item dynamo.Item) (jobstore.UserRecord, error) {
	fields := make(map[string]any, len(item))
	for name, value := range item {
		fields[name] = plain(value)
	}

	var record jobstore.UserRecord

	return record, decode(fields, &record)
}
