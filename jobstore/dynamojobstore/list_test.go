package dynamojobstore_test

import (
	"cmp"
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/dynamojobstore"
)

// unorderedTies is a client whose indexes have entries with equal sort keys in an order that
// is not that of the ids, as DynamoDB may.
type unorderedTies struct{ *dynamodb.Client }

func (c unorderedTies) Query(ctx context.Context, in *dynamodb.QueryInput, opts ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	whole := *in
	whole.Limit, whole.ExclusiveStartKey = nil, nil

	out, err := c.Client.Query(ctx, &whole, opts...)
	if err != nil {
		return nil, err
	}

	slices.SortFunc(out.Items, func(a, b dynamo.Item) int {
		return cmp.Or(cmp.Compare(text(b, "created_at_gsi"), text(a, "created_at_gsi")), cmp.Compare(sum(a), sum(b)))
	})

	if in.ExclusiveStartKey != nil {
		at := slices.IndexFunc(out.Items, func(i dynamo.Item) bool { return text(i, "job_id") == text(in.ExclusiveStartKey, "job_id") })
		out.Items = out.Items[at+1:]
	}

	if limit := int(*in.Limit); limit < len(out.Items) {
		out.Items = out.Items[:limit]
		out.LastEvaluatedKey = out.Items[limit-1]
	}

	return out, nil
}

// sum is an order as good as any; with this ending the shortest of the long ids comes in the
// middle of them.
func sum(item dynamo.Item) uint32 { return crc32.ChecksumIEEE([]byte(text(item, "job_id") + "tie ")) }

func text(item dynamo.Item, name string) string {
	text, _ := dynamo.Text(item[name])

	return text
}

// TestListOfForeignPlaces has many items whose places are all the same, or of another form:
// pages neither repeat nor hide one.
func TestListOfForeignPlaces(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	store := open(t, unorderedTies{s.client}, s.table, &dynamojobstore.Options{Now: created})
	long := strings.Repeat("x", jobstore.MaxKeyBytes-2)
	want := map[string]bool{}

	for i := range 25 {
		item := foreignItem(fmt.Sprintf("foreign-%02d", i))
		if i%3 == 0 {
			item["created_at_gsi"] = dynamo.S(fmt.Sprintf("2025-01-06T09:30:%02d", i/6))
		}

		s.put(t, item)

		id := fmt.Sprintf("ours-%02d", i)
		require.NoError(t, s.Create(t.Context(), newJob(id)))

		want[id], want[fmt.Sprintf("foreign-%02d", i)] = true, true

		// And some whose ids do not fit into a sort key, in one case just so.
		id = fmt.Sprint(long, i)
		if i == 1 {
			id = long[:dynamojobstore.SortIDBytes]
		}

		if len(id) <= jobstore.MaxKeyBytes {
			require.NoError(t, s.Create(t.Context(), newJob(id)))

			want[id] = true
		}
	}

	for _, q := range []jobstore.Query{{CreatedBy: "user-1"}, {Status: jobstore.StatusQueued}, {}} {
		for limit := 1; limit <= 27; limit++ {
			if q.CreatedBy == "" && limit%13 != 1 {
				continue
			}

			q.Limit, q.Cursor = limit, ""

			got := map[string]bool{}

			for more := true; more; {
				page, err := store.List(t.Context(), q)
				require.NoError(t, err)

				for _, j := range page.Jobs {
					require.False(t, got[j.ID], "%s twice, limit %d", j.ID, limit)

					got[j.ID] = true
				}

				q.Cursor, more = page.Next, page.Next != ""
			}

			require.Equal(t, want, got, "limit %d", limit)
		}
	}
}

// TestListOfManyThatDoNotPass reads through many jobs for few: page by page, each bounded.
func TestListOfManyThatDoNotPass(t *testing.T) {
	t.Parallel()

	s := newStore(t, created)
	items := make([]dynamo.Item, 2500)

	for i := range items {
		job := newJob(fmt.Sprintf("%05d", i))
		if i%1200 == 0 {
			job.Status = jobstore.StatusFailed
		}

		item, err := dynamojobstore.EncodeJob(&job)
		require.NoError(t, err)

		items[i] = item
	}

	awstest.PutItems(t, s.client, s.table, items)

	var (
		ids   []string
		pages int
		q     = jobstore.Query{CreatedBy: "user-1", Status: jobstore.StatusFailed, Limit: 10}
	)

	for more := true; more; pages++ {
		page, err := s.List(t.Context(), q)
		require.NoError(t, err)

		for _, j := range page.Jobs {
			ids = append(ids, j.ID)
		}

		q.Cursor, more = page.Next, page.Next != ""
	}

	require.Equal(t, []string{"02400", "01200", "00000"}, ids)
	require.Equal(t, 3, pages)
}
