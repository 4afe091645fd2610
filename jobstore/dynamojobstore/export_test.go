package dynamojobstore

import (
	"time"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

const (
	KeptWrites  = keptWrites
	SortIDBytes = sortIDBytes
	UserPrefix  = userPrefix
)

func EncodeJob(j *jobstore.Job) (dynamo.Item, error) { return encodeJob(j) }

func DecodeJob(item dynamo.Item) (jobstore.Job, error) { return decodeJob(item) }

func SortKey(created time.Time, id string) string { return sortKey(created, id) }

func SizeOf(item dynamo.Item) int { return sizeOf(item) }

// Merge returns item with what is known of it changed from before to after.
func Merge(item, before, after dynamo.Item) dynamo.Item {
	set, remove := merge(item, before, after)

	return apply(item, set, remove)
}
