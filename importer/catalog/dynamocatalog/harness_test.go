package dynamocatalog_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// tables are the two tables of a test.
type tables struct{ products, keys string }

// newTables creates tables, which are deleted when the test is over.
func newTables(t testing.TB, client *dynamodb.Client) tables {
	t.Helper()

	names := tables{products: awstest.Name("products"), keys: awstest.Name("identity-keys")}
	awstest.DropTables(t, client, names.products, names.keys)

	require.NoError(t, dynamo.CreateTable(t.Context(), client, dynamo.Products(names.products)))
	require.NoError(t, dynamo.CreateTable(t.Context(), client, dynamo.IdentityKeys(names.keys)))

	return names
}

// open returns a store in tables.
func open(t testing.TB, client dynamocatalog.Client, names tables, opts *dynamocatalog.Options) *dynamocatalog.Store {
	t.Helper()

	store, err := dynamocatalog.New(client, names.products, names.keys, opts)
	require.NoError(t, err)

	return store
}

// newStore returns a store in new tables of the server, or skips the test.
func newStore(t testing.TB, opts *dynamocatalog.Options) (*dynamocatalog.Store, *dynamodb.Client, tables) {
	t.Helper()

	client := awstest.DynamoDB(t)
	names := newTables(t, client)

	return open(t, client, names, opts), client, names
}
