package dynamocatalog_test

import (
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/catalogtest"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

func TestConformance(t *testing.T) {
	t.Parallel()

	for name, opts := range map[string]*dynamocatalog.Options{
		"Claims":   nil,
		"Fallback": {GSIFallback: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var (
				client = awstest.DynamoDB(t)
				used   sync.Map // the tables of a store
			)

			newStore := func(t catalogtest.T, names tables) catalog.Store {
				store := open(t, client, names, opts)
				used.Store(store, names)

				return store
			}

			catalogtest.Run(t, catalogtest.Harness{
				New: func(t catalogtest.T) catalog.Store { return newStore(t, newTables(t.(testing.TB), client)) },
				Reopen: func(t catalogtest.T, store catalog.Store) catalog.Store {
					names, _ := used.Load(store)

					return newStore(t, names.(tables))
				},
			})
		})
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()

	client := dynamodb.New(dynamodb.Options{})

	for name, build := range map[string]func() (*dynamocatalog.Store, error){
		"no client":       func() (*dynamocatalog.Store, error) { return dynamocatalog.New(nil, "a", "b", nil) },
		"no table":        func() (*dynamocatalog.Store, error) { return dynamocatalog.New(client, "", "b", nil) },
		"one table twice": func() (*dynamocatalog.Store, error) { return dynamocatalog.New(client, "a", "a", nil) },
		"negative": func() (*dynamocatalog.Store, error) {
			return dynamocatalog.New(client, "a", "b", &dynamocatalog.Options{Concurrency: -1})
		},
	} {
		_, err := build()
		require.ErrorIs(t, err, dynamocatalog.ErrOptions, name)
	}

	_, err := dynamocatalog.New(client, "a", "b", nil)
	require.NoError(t, err)
}
