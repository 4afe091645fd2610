package importer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestStoresOfUploads(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	ofStore := importer.Caller{UserID: "meena", StoreID: "store-1", SeesAll: true}
	inventory, products := jobstore.TypeStoreInventoryUpload, jobstore.TypeAdminProductImport

	tests := []struct {
		name   string
		caller importer.Caller
		typ    jobstore.Type
		store  string
		code   string // of the error, if any
		of     string
	}{
		{"admin, named store", owner, inventory, "store-2", "", "store-2"},
		{"admin, no store", owner, inventory, "", "store_missing", ""},
		{"admin, products", owner, products, "", "", ""},
		{"admin, products of a store", owner, products, "store-1", "store_unexpected", ""},
		{"owner, own store", ofStore, inventory, "store-1", "", "store-1"},
		{"owner, no store", ofStore, inventory, "", "", "store-1"},
		{"owner, other store", ofStore, inventory, "store-2", "store_other", ""},
		{"owner, products", ofStore, products, "", "store_unexpected", ""},
		{"owner, no type", ofStore, "", "", "store_unexpected", ""},
		{"path", owner, inventory, "../store-1", "store_invalid", ""},
		{"points", owner, inventory, "..", "store_invalid", ""},
		{"longest", owner, inventory, strings.Repeat("s", 128), "", strings.Repeat("s", 128)},
		{"too long", owner, inventory, strings.Repeat("s", 129), "store_invalid", ""},
		{"other script", owner, inventory, "दुकान", "store_invalid", ""},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			upload, err := e.service().CreateUpload(t.Context(), test.caller, importer.UploadRequest{
				Type: test.typ, StoreID: test.store, Filename: "stock.csv",
			})
			if test.code != "" {
				var reason *importer.Error

				require.ErrorAs(t, err, &reason)
				require.ErrorIs(t, err, importer.ErrInvalid)
				require.Equal(t, test.code, reason.Code)

				return
			}

			require.NoError(t, err)
			require.Equal(t, test.of, e.job(upload.JobID).StoreID)
		})
	}
}

// A caller that is bound to a store has no other jobs, whatever else it may.
func TestCallersOfAStore(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	product := e.upload("name,category\na,b\n")

	e.storeID = "store-1"
	here := e.upload("name,quantity\na,1\n")

	e.storeID = "store-2"
	there := e.upload("name,quantity\na,1\n")

	for name, c := range map[string]struct {
		caller importer.Caller
		sees   []string
	}{
		"creator":                   {owner, []string{there, here, product}},
		"creator, in the store":     {importer.Caller{UserID: owner.UserID, StoreID: "store-1"}, []string{here}},
		"other, in the store":       {importer.Caller{UserID: "ravi", StoreID: "store-1"}, nil},
		"sees all, in the store":    {importer.Caller{UserID: "ravi", StoreID: "store-1", SeesAll: true}, []string{here}},
		"sees all, in no store":     {importer.Caller{UserID: "ravi", SeesAll: true}, []string{there, here, product}},
		"sees all, in a third":      {importer.Caller{UserID: "ravi", StoreID: "store", SeesAll: true}, nil},
		"nobody, in the store":      {importer.Caller{StoreID: "store-1", SeesAll: true}, []string{here}},
		"creator, in another store": {importer.Caller{UserID: owner.UserID, StoreID: "store-2"}, []string{there}},
	} {
		page, err := e.service().List(t.Context(), c.caller, jobstore.Query{StoreID: "store-2"}) // the query cannot widen it
		if c.caller.StoreID == "" {
			page, err = e.service().List(t.Context(), c.caller, jobstore.Query{})
		}

		require.NoError(t, err, name)

		var listed []string
		for _, job := range page.Jobs {
			listed = append(listed, job.ID)
		}

		require.ElementsMatch(t, c.sees, listed, name)

		for _, id := range []string{here, there, product} {
			_, err := e.service().Status(t.Context(), c.caller, id)
			if slices.Contains(c.sees, id) {
				require.NoError(t, err, name)
			} else {
				require.ErrorIs(t, err, importer.ErrNotFound, name)
				_, err = e.service().Cancel(t.Context(), c.caller, id)
				require.ErrorIs(t, err, importer.ErrNotFound, name)
				_, err = e.service().Process(t.Context(), c.caller, id, nil)
				require.ErrorIs(t, err, importer.ErrNotFound, name)
			}
		}
	}
}
