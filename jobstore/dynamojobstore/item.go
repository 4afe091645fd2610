package dynamojobstore

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Attributes that are stored in another way than their JSON says.
const (
	attributeTTL     = dynamo.TimeToLive // a number of seconds since 1970
	attributeDialect = "input_dialect"   // JSON as a text
	attributeVersion = "version"
	// attributeWrites holds the ids of the last writes of the item, the latest first.
	attributeWrites = "recent_writes"
)

// indexAttributes are the attributes that the indexes are made of.
func indexAttributes() []string {
	return []string{dynamo.CreatedByGSI, dynamo.StatusGSI, dynamo.JobTypeGSI, dynamo.CreatedAtGSI}
}

// encodeJob returns the item of a record in normal form, but for attributeWrites.
func encodeJob(j *jobstore.Job) (dynamo.Item, error) {
	item, err := encode(j)
	if err != nil {
		return nil, fmt.Errorf("job %q: %w", j.ID, err)
	}

	delete(item, attributeTTL)

	if !j.ExpiresAt.IsZero() {
		item[attributeTTL] = number(strconv.FormatInt(j.ExpiresAt.Unix(), 10))
	}

	// As a text, because its numbers need not be such that DynamoDB can keep them.
	if len(j.InputDialect) > 0 {
		item[attributeDialect] = dynamo.S(string(j.InputDialect))
	}

	item[dynamo.StatusGSI] = dynamo.S(string(j.Status))
	item[dynamo.CreatedAtGSI] = dynamo.S(sortKey(j.CreatedAt, j.ID))

	// An index takes no empty key; nobody lists by it either.
	if j.CreatedByUserID != "" {
		item[dynamo.CreatedByGSI] = dynamo.S(j.CreatedByUserID)
	}

	if j.Type != "" {
		item[dynamo.JobTypeGSI] = dynamo.S(string(j.Type))
	}

	return item, nil
}

// decodeJob returns the record in an item, whoever wrote it: attributes that are missing
// or NULL are empty, unknown ones are passed over.
func decodeJob(item dynamo.Item) (jobstore.Job, error) {
	fields := make(map[string]any, len(item))

	for name, value := range item {
		if jobAttributes()[name] && name != attributeTTL {
			fields[name] = plain(value)
		}
	}

	if text, ok := fields[attributeDialect].(string); ok {
		fields[attributeDialect] = json.RawMessage(text)
		if text == "" {
			delete(fields, attributeDialect)
		}
	}

	mendTimes(fields)

	var job jobstore.Job
	if err := decode(fields, &job); err != nil {
		return jobstore.Job{}, err
	}

	expires, err := decodeTTL(item[attributeTTL])
	if err != nil {
		return jobstore.Job{}, err
	}

	job.ExpiresAt = expires

	return job, nil
}

// jobAttributes are the names of the attributes of a record.
var jobAttributes = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}

	for field := range reflect.TypeFor[jobstore.Job]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names[name] = true
	}

	return names
})

// mendTimes has times that others wrote read: those without a zone are UTC, empty ones
// missing.
func mendTimes(fields map[string]any) {
	for _, name := range []string{"created_at", "started_at", "completed_at", "estimated_completion_at"} {
		mendTime(fields, name)
	}

	history, _ := fields["status_history"].([]any)
	for _, entry := range history {
		if change, ok := entry.(map[string]any); ok {
			mendTime(change, "at")
		}
	}
}

func mendTime(fields map[string]any, name string) {
	text, ok := fields[name].(string)
	if !ok {
		return
	}

	if text == "" {
		delete(fields, name)

		return
	}

	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			fields[name] = t.Format(time.RFC3339Nano)
		}
	}
}

// The times that a record can have, in seconds since 1970: years 0 to 9999.
const (
	minTTL = -62167219200
	maxTTL = 253402300799
)

func decodeTTL(value dynamo.Value) (time.Time, error) {
	var text string

	switch v := value.(type) {
	case nil, *types.AttributeValueMemberNULL:
		return time.Time{}, nil
	case *types.AttributeValueMemberN:
		text = v.Value
	default:
		return time.Time{}, fmt.Errorf("%w: %s is no number", ErrUnreadable, attributeTTL)
	}

	// Those that others write may have a fraction.
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= minTTL && seconds <= maxTTL) {
		return time.Time{}, fmt.Errorf("%w: %s is %q, want seconds since 1970", ErrUnreadable, attributeTTL, text)
	}

	return time.Unix(int64(math.Ceil(seconds)), 0).UTC(), nil
}

// roundUp returns the first whole second that is not before t: what a ttl can say. The zero
// time stays what it is.
func roundUp(t time.Time) time.Time {
	if t.Nanosecond() == 0 {
		return t
	}

	up := t.Truncate(time.Second).Add(time.Second)
	if up.IsZero() {
		up = up.Add(time.Second) // the zero time would mean never
	}

	return up
}

const (
	// sortTime is the form of the time in a sort key: of fixed width, so that texts sort
	// as times do.
	sortTime = "2006-01-02T15:04:05.000000000Z"
	// sortIDBytes is the number of bytes of an id that find room in a sort key of 1,024,
	// with the rest of the character that the last of them belongs to.
	sortIDBytes = 1024 - len(sortTime) - len("#") - 3
)

// sortKey returns the place of a job in the indexes. Of an id that is too long it has the
// beginning; jobs with the same beginning and creation time are told apart by List.
func sortKey(created time.Time, id string) string {
	return created.UTC().Format(sortTime) + "#" + beginning(id)
}

// beginning cuts an id where the first character begins at or behind sortIDBytes. Two
// ids are cut at the same place as far as they are equal, so cutting keeps their order.
func beginning(id string) string {
	if len(id) <= sortIDBytes {
		return id
	}

	end := sortIDBytes
	for end < len(id) && id[end]&0xc0 == 0x80 {
		end++
	}

	return id[:end]
}
