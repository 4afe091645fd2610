package dynamojobstore

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// source is a part of an index that a list is read from.
type source struct{ index, attribute, value string }

// sourcesOf returns the parts of an index that hold all jobs that q selects, one for a query
// with filters: of a user before those of a status before those of a type, since there
// are fewest of them. Without any, the statuses together hold all jobs, and unlike the types
// they are all known. They are in the order of a job's life: a job that moves on while one
// is read after the other is seen in one of them at least.
func sourcesOf(q jobstore.Query) []source {
	switch {
	case q.CreatedBy != "":
		return sourceOf(dynamo.CreatedByIndex, dynamo.CreatedByGSI, q.CreatedBy)
	case q.Status != "":
		return sourceOf(dynamo.StatusIndex, dynamo.StatusGSI, string(q.Status))
	case q.Type != "":
		return sourceOf(dynamo.JobTypeIndex, dynamo.JobTypeGSI, string(q.Type))
	}

	var all []source
	for _, status := range jobstore.Statuses() {
		all = append(all, source{dynamo.StatusIndex, dynamo.StatusGSI, string(status)})
	}

	return all
}

// sourceOf returns a source, or none for a value that no job can have.
func sourceOf(index, attribute, value string) []source {
	if len(value) > jobstore.MaxKeyBytes || !utf8.ValidString(value) {
		return nil
	}

	return []source{{index, attribute, value}}
}

// entries returns the places behind after (nil: from the beginning), greatest first, without
// repetition: n of them, or fewer, but at least one unless there are none left. more says
// whether others follow.
func (s *Store) entries(ctx context.Context, sources []source, after *place, n int) (all []place, more bool, err error) {
	for _, src := range sources {
		part, partMore, err := s.readSource(ctx, src, after, n)
		if err != nil {
			return nil, false, fmt.Errorf("index %s: %w", src.index, err)
		}

		// A source with more has n places here already, so what it has not told yet is
		// behind the first n of all.
		all, more = append(all, part...), more || partMore
	}

	slices.SortFunc(all, descending)
	all = slices.Compact(all)

	return all[:min(len(all), n)], more || len(all) > n, nil
}

// readSource returns the places of one source behind after, greatest first: n of them or
// more, or all where there are fewer. more says whether others follow.
func (s *Store) readSource(ctx context.Context, src source, after *place, n int) (places []place, more bool, err error) {
	input := &dynamodb.QueryInput{
		TableName:                 &s.table,
		IndexName:                 &src.index,
		KeyConditionExpression:    aws.String("#p = :p"),
		ProjectionExpression:      aws.String("#id, #s"),
		ExpressionAttributeNames:  map[string]string{"#p": src.attribute, "#s": dynamo.CreatedAtGSI, "#id": dynamo.JobID},
		ExpressionAttributeValues: dynamo.Item{":p": dynamo.S(src.value)},
		ScanIndexForward:          aws.Bool(false),
	}

	if after != nil {
		// Not <, since sort keys may be equal.
		input.KeyConditionExpression = aws.String("#p = :p AND #s <= :s")
		input.ExpressionAttributeValues[":s"] = dynamo.S(after.sort)
	}

	for {
		// One more, for the place of after itself.
		input.Limit = aws.Int32(int32(max(n-len(places), 0) + 1))

		out, err := s.query(ctx, input)
		if err != nil {
			return nil, false, err
		}

		for _, item := range out.Items {
			p := placeOf(item)
			if after == nil || p.compare(after) < 0 {
				places = append(places, p)
			}
		}

		if len(out.LastEvaluatedKey) == 0 {
			slices.SortFunc(places, descending)

			return places, false, nil
		}

		if whole := wholeGroups(places); whole >= n {
			places = places[:whole]
			slices.SortFunc(places, descending)

			return places, true, nil
		}

		input.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// wholeGroups returns how many places, in the order of an index, are known to have no equals
// in what was not read: those with equal sort keys come in no order, so that a part of them
// is of no use.
func wholeGroups(places []place) int {
	last := len(places) - 1
	if last < 0 || places[last].isAlone() {
		return len(places)
	}

	return slices.IndexFunc(places, func(p place) bool { return p.sort == places[last].sort })
}

func (s *Store) query(ctx context.Context, input *dynamodb.QueryInput) (out *dynamodb.QueryOutput, err error) {
	err = s.busy.Do(ctx, func() error {
		out, err = s.client.Query(ctx, input)

		return err
	})

	return out, err
}

// placeOf returns the place in an index entry. Both attributes are keys, so they are texts.
func placeOf(item dynamo.Item) place {
	var p place

	p.sort, _ = dynamo.Text(item[dynamo.CreatedAtGSI])
	p.id, _ = dynamo.Text(item[dynamo.JobID])

	return p
}
