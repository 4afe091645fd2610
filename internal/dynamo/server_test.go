package dynamo_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// The tables are those that the design names, keys and indexes to the letter.
func TestCreateTable(t *testing.T) {
	t.Parallel()

	client := awstest.DynamoDB(t)

	tests := []struct {
		table   func(name string) dynamo.Table
		key     []string
		indexes map[string][]string
		ttl     string
	}{
		{dynamo.Products, []string{"product_id"}, map[string][]string{
			"barcode-index": {"barcode"}, "image_hash-index": {"image_hash"},
			"name-brand-index": {"name_brand_key", "product_id"},
		}, ""},
		{dynamo.IdentityKeys, []string{"identity_key"}, map[string][]string{}, ""},
		{dynamo.StoreInventory, []string{"store_id", "product_id"}, map[string][]string{}, ""},
		{dynamo.ImportJobs, []string{"job_id"}, map[string][]string{
			"created_by_user_id_gsi-index": {"created_by_user_id_gsi", "created_at_gsi"},
			"status_gsi-index":             {"status_gsi", "created_at_gsi"},
			"job_type_gsi-index":           {"job_type_gsi", "created_at_gsi"},
		}, "ttl"},
	}

	for _, test := range tests {
		table := test.table(awstest.Name("schema"))
		awstest.DropTables(t, client, table.Name)
		require.NoError(t, dynamo.CreateTable(t.Context(), client, table))

		output, err := client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table.Name})
		require.NoError(t, err)
		require.Equal(t, types.TableStatusActive, output.Table.TableStatus)
		require.Equal(t, types.BillingModePayPerRequest, output.Table.BillingModeSummary.BillingMode)
		require.Equal(t, test.key, names(output.Table.KeySchema))

		indexes := map[string][]string{}
		for _, index := range output.Table.GlobalSecondaryIndexes {
			indexes[*index.IndexName] = names(index.KeySchema)
		}

		require.Equal(t, test.indexes, indexes)

		life, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &table.Name})
		require.NoError(t, err)

		if test.ttl != "" {
			require.Equal(t, test.ttl, *life.TimeToLiveDescription.AttributeName)
		}
	}
}

// names returns the attributes of a key, the partition key first.
func names(key []types.KeySchemaElement) []string {
	slices.SortFunc(key, func(a, b types.KeySchemaElement) int {
		if a.KeyType == types.KeyTypeHash {
			return -1
		}

		return 1
	})

	var attributes []string
	for _, element := range key {
		attributes = append(attributes, *element.AttributeName)
	}

	return attributes
}

func TestMeter(t *testing.T) {
	t.Parallel()

	var (
		meter  dynamo.Meter
		plain  = awstest.DynamoDB(t)
		client = dynamodb.New(plain.Options(), meter.Measure)
		table  = dynamo.IdentityKeys(awstest.Name("meter"))
		item   = dynamo.Item{dynamo.IdentityKey: dynamo.S("k")}
	)

	awstest.DropTables(t, plain, table.Name)
	require.NoError(t, dynamo.CreateTable(t.Context(), plain, table))

	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table.Name, Item: item})
	require.NoError(t, err)

	_, err = client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: &table.Name, Item: item}}},
	})
	require.NoError(t, err)

	_, err = client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table.Name, Key: item})
	require.NoError(t, err)

	_, err = client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: new(string), Key: item})
	require.Error(t, err)

	used := meter.Take()
	require.Equal(t, map[string]int64{"PutItem": 1, "TransactWriteItems": 1, "GetItem": 2}, used.Requests)
	require.EqualValues(t, 4, used.Total())
	require.InDelta(t, 0.5, used.ReadUnits, 0.01)
	require.InDelta(t, 1+2, used.WriteUnits, 0.01, "a write, and one in a transaction, which costs twice as much")
	require.Zero(t, meter.Take().Total())
}
