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

// The suite with four stores over the same tables, as four processes would have them;
// with the fallback; and in an account where much goes wrong.
func TestConformance(t *testing.T) {
	t.Parallel()

	modes := map[string]func(t testing.TB, client *dynamodb.Client, names tables) catalog.Store{
		"Processes": func(t testing.TB, client *dynamodb.Client, names tables) catalog.Store {
			all := &several{}
			for range 4 {
				all.stores = append(all.stores, open(t, client, names, nil))
			}

			return all
		},
		"Fallback": func(t testing.TB, client *dynamodb.Client, names tables) catalog.Store {
			return open(t, client, names, &dynamocatalog.Options{GSIFallback: true})
		},
		"Unruly": func(t testing.TB, client *dynamodb.Client, names tables) catalog.Store {
			all := &several{}
			for seed := range uint64(2) {
				opts := &dynamocatalog.Options{Attempts: 40}
				all.stores = append(all.stores, impatient(t, open(t, newUnruly(client, seed), names, opts)))
			}

			return all
		},
	}

	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var (
				client = awstest.DynamoDB(t)
				used   sync.Map // the tables of a store
			)

			newStore := func(t testing.TB, names tables) catalog.Store {
				store := mode(t, client, names)
				used.Store(store, names)

				return store
			}

			catalogtest.Run(t, catalogtest.Harness{
				New: func(t testing.TB) catalog.Store {
					return newStore(t, newTables(t, client))
				},
				Reopen: func(t testing.TB, store catalog.Store) catalog.Store {
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
