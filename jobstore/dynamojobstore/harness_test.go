package dynamojobstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/dynamojobstore"
	"github.com/vyapaarai/bulkimport/jobstore/jobstoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newTable creates a table that goes away with the test, and returns its name. Records do
// not expire by the clock of the server: tests have one of their own.
func newTable(t testing.TB, client *dynamodb.Client, all bool) string {
	t.Helper()

	name := awstest.Name("jobs")
	awstest.DropTables(t, client, name)

	table := dynamo.ImportJobs(name)
	table.TTL = ""

	var admin dynamo.Admin = client
	if all {
		admin = wholeItems{client}
	}

	require.NoError(t, dynamo.CreateTable(t.Context(), admin, table))

	return name
}

// wholeItems makes tables whose indexes hold whole items, as those of others may, instead
// of nothing but keys.
type wholeItems struct{ dynamo.Admin }

func (w wholeItems) CreateTable(
	ctx context.Context, in *dynamodb.CreateTableInput, opts ...func(*dynamodb.Options),
) (*dynamodb.CreateTableOutput, error) {
	for i := range in.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexes[i].Projection = &types.Projection{ProjectionType: types.ProjectionTypeAll}
	}

	return w.Admin.CreateTable(ctx, in, opts...)
}

func open(t testing.TB, client dynamojobstore.Client, table string, opts *dynamojobstore.Options) *dynamojobstore.Store {
	t.Helper()

	store, err := dynamojobstore.New(client, table, opts)
	require.NoError(t, err)

	return store
}

// opened is a store with its table.
type opened struct {
	*dynamojobstore.Store

	client *dynamodb.Client
	table  string
}

func newStore(t testing.TB, now func() time.Time) *opened {
	t.Helper()

	client := awstest.DynamoDB(t)
	table := newTable(t, client, false)

	return &opened{open(t, client, table, &dynamojobstore.Options{Now: now}), client, table}
}

func TestConformance(t *testing.T) {
	t.Parallel()

	for name, all := range map[string]bool{"indexes of keys": false, "indexes of whole items": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			client := awstest.DynamoDB(t)

			jobstoretest.Run(t, jobstoretest.Harness{
				New: func(t testing.TB, now func() time.Time) jobstore.Store {
					table := newTable(t, client, all)

					return &opened{open(t, client, table, &dynamojobstore.Options{Now: now}), client, table}
				},
				Reopen: func(t testing.TB, s jobstore.Store, now func() time.Time) jobstore.Store {
					o := s.(*opened)

					return &opened{open(t, o.client, o.table, &dynamojobstore.Options{Now: now}), o.client, o.table}
				},
				NoExpirer: true,
				NoClose:   true,
			})
		})
	}
}
