package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Table is the schema of a table: its keys and indexes, all of texts, billed on
// demand.
type Table struct {
	Name string
	Key  KeySchema
	// Indexes are the keys of the global secondary indexes by name. They hold nothing but
	// keys.
	Indexes map[string]KeySchema
	// TTL is the attribute with the time at which an item expires, or empty.
	TTL string
}

// KeySchema names the attributes of a key. Sort is empty where there is none.
type KeySchema struct{ Partition, Sort string }

// Names of attributes of keys and of indexes.
const (
	ProductID      = "product_id"
	Barcode        = "barcode"
	ImageHash      = "image_hash"
	NameBrandKey   = "name_brand_key"
	IdentityKey    = "identity_key"
	StoreID        = "store_id"
	JobID          = "job_id"
	BarcodeIndex   = "barcode-index"
	ImageHashIndex = "image_hash-index"
	NameBrandIndex = "name-brand-index"

	CreatedByIndex   = "created_by_user_id_gsi-index"
	StatusIndex      = "status_gsi-index"
	JobTypeIndex     = "job_type_gsi-index"
	CreatedByGSI     = "created_by_user_id_gsi"
	StatusGSI        = "status_gsi"
	JobTypeGSI       = "job_type_gsi"
	CreatedAtGSI     = "created_at_gsi"
	TimeToLive       = "ttl"
	creationInterval = 20 * time.Millisecond
)

// Products is the table of products (GLOBAL_PRODUCTS_TABLE). Its indexes find products
// by what identifies them, for readers that do not know the identity keys.
func Products(name string) Table {
	return Table{
		Name: name, Key: KeySchema{Partition: ProductID},
		Indexes: map[string]KeySchema{
			BarcodeIndex:   {Partition: Barcode},
			ImageHashIndex: {Partition: ImageHash},
			NameBrandIndex: {Partition: NameBrandKey, Sort: ProductID},
		},
	}
}

// IdentityKeys is the table of identity keys and the products that hold them
// (IDENTITY_KEYS_TABLE).
func IdentityKeys(name string) Table {
	return Table{Name: name, Key: KeySchema{Partition: IdentityKey}}
}

// StoreInventory is the table of what stores have (STORE_INVENTORY_TABLE).
func StoreInventory(name string) Table {
	return Table{Name: name, Key: KeySchema{Partition: StoreID, Sort: ProductID}}
}

// ImportJobs is the table of jobs (IMPORT_JOBS_TABLE). Its indexes list jobs, newest first,
// and hold nothing but keys: a job is written every few seconds while it runs, and indexes
// of whole jobs would be written each time (see docs/adr/0013-job-items.md).
func ImportJobs(name string) Table {
	return Table{
		Name: name, Key: KeySchema{Partition: JobID},
		Indexes: map[string]KeySchema{
			CreatedByIndex: {Partition: CreatedByGSI, Sort: CreatedAtGSI},
			StatusIndex:    {Partition: StatusGSI, Sort: CreatedAtGSI},
			JobTypeIndex:   {Partition: JobTypeGSI, Sort: CreatedAtGSI},
		},
		TTL: TimeToLive,
	}
}

// CreateTable creates a table and waits until it can be used. It is for tests and
// trials: in production a template makes the tables.
func CreateTable(ctx context.Context, admin Admin, table Table) error {
	if err := createTable(ctx, admin, table); err != nil {
		return fmt.Errorf("dynamo: create table %s: %w", table.Name, Explain(ctx, err))
	}

	return nil
}

func createTable(ctx context.Context, admin Admin, table Table) error {
	if _, err := admin.CreateTable(ctx, table.input()); err != nil {
		return err
	}

	for {
		output, err := admin.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table.Name})
		if err != nil {
			return err
		}

		if output.Table.TableStatus == types.TableStatusActive {
			break
		}

		if err := sleep(ctx, creationInterval); err != nil {
			return err
		}
	}

	if table.TTL == "" {
		return nil
	}

	_, err := admin.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &table.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: &table.TTL, Enabled: aws.Bool(true),
		},
	})

	return err
}

// input returns the request that creates the table.
func (t Table) input() *dynamodb.CreateTableInput {
	input := &dynamodb.CreateTableInput{
		TableName:   &t.Name,
		KeySchema:   t.Key.elements(),
		BillingMode: types.BillingModePayPerRequest,
	}

	attributes := map[string]bool{}
	t.Key.addTo(attributes)

	for name, key := range t.Indexes {
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(name), KeySchema: key.elements(),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		})

		key.addTo(attributes)
	}

	for name := range attributes {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS,
		})
	}

	return input
}

func (k KeySchema) elements() []types.KeySchemaElement {
	elements := []types.KeySchemaElement{{AttributeName: &k.Partition, KeyType: types.KeyTypeHash}}
	if k.Sort != "" {
		elements = append(elements, types.KeySchemaElement{AttributeName: &k.Sort, KeyType: types.KeyTypeRange})
	}

	return elements
}

func (k KeySchema) addTo(attributes map[string]bool) {
	attributes[k.Partition] = true
	if k.Sort != "" {
		attributes[k.Sort] = true
	}
}
