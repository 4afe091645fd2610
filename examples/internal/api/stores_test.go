package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// importsOf is the path of the imports of a store.
func importsOf(storeID string) string { return api.StoresBase + "/" + storeID + "/inventory/import" }

const someStock = "name,category,brand,quantity\nAtta,Food,Aashirvaad,5\n"

// stockJob creates a job of a store and returns its id.
func (h *harness) stockJob(t testing.TB, user, storeID string) string {
	t.Helper()

	answer := h.get(t, user, http.MethodGet, importsOf(storeID)+"/upload-url?filename=stock.csv", "", http.StatusOK)

	_, err := h.files.Put(t.Context(), answer["s3_key"].(string), strings.NewReader(someStock), nil)
	require.NoError(t, err)

	return answer["job_id"].(string)
}

// Every endpoint of imports is there for a store, in the same shape.
func TestImportsOfAStore(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	const owner = "meena@store-1"

	upload := h.get(t, owner, http.MethodGet, importsOf("store-1")+"/upload-url?filename=stock.csv", "", http.StatusOK)
	id := upload["job_id"].(string)
	require.Regexp(t, `^store_inventory_\d{8}_[a-z0-9]{12}$`, id)
	require.Equal(t, "store-inventory/"+id+"/input.csv", upload["s3_key"])
	require.Contains(t, upload["upload_url"], "/files/store-inventory/"+id+"/input.csv?")

	status := h.get(t, owner, http.MethodGet, importsOf("store-1")+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "store_inventory_upload", status["job_type"])
	require.Equal(t, "store-1", status["store_id"])
	require.Equal(t, object{"created": 0.0, "matched": 0.0, "updated": 0.0}, status["inventory"])
	require.Equal(t, "pending", status["options"].(object)["default_verification_status"])
	require.Equal(t, false, status["options"].(object)["process_images"])

	_, err := h.files.Put(t.Context(), upload["s3_key"].(string), strings.NewReader(someStock), nil)
	require.NoError(t, err)

	for option, value := range map[string]string{
		"auto_verify": "true", "default_verification_status": `"verified"`, "skip_duplicates": "false", "process_images": "true",
	} {
		body := fmt.Sprintf(`{"job_id":%q,"options":{%q:%s}}`, id, option, value)
		answer := h.get(t, owner, http.MethodPost, importsOf("store-1")+"/process", body, http.StatusBadRequest)
		require.Equal(t, "options_invalid", answer["code"])
		require.Contains(t, answer["error"], option)
	}

	answer := h.get(t, owner, http.MethodPost, importsOf("store-1")+"/process",
		`{"job_id":"`+id+`","options":{"barcode_conflict":"distinct","auto_verify":false}}`, http.StatusAccepted)
	require.Equal(t, "The import is queued; follow it at "+importsOf("store-1")+"/"+id+"/status.", answer["message"])

	list := h.get(t, owner, http.MethodGet, importsOf("store-1")+"?limit=5&status=queued", "", http.StatusOK)
	require.Len(t, list["jobs"], 1)
	require.Equal(t, id, list["jobs"].([]any)[0].(object)["job_id"])

	h.get(t, owner, http.MethodGet, importsOf("store-1")+"/"+id+"/errors", "", http.StatusNotFound)
	h.get(t, owner, http.MethodGet, importsOf("store-1")+"/"+id+"/results", "", http.StatusNotFound)
	h.get(t, owner, http.MethodDelete, importsOf("store-1")+"/"+id, "", http.StatusOK)
	h.get(t, owner, http.MethodPost, importsOf("store-1")+"/"+id+"/retry", "", http.StatusAccepted)

	template := h.do(t, owner, http.MethodGet, importsOf("store-1")+"/template", "")
	require.Equal(t, http.StatusOK, template.Code)
	require.Equal(t, string(csvschema.InventoryTemplate()), template.Body.String())
	require.Contains(t, template.Header().Get("Content-Disposition"), "inventory-template.csv")

	require.Equal(t, http.StatusMethodNotAllowed, h.do(t, owner, http.MethodHead, importsOf("store-1")+"/upload-url?filename=a", "").Code)
	require.Equal(t, http.StatusMethodNotAllowed, h.do(t, owner, http.MethodPut, importsOf("store-1"), "").Code)
	h.get(t, owner, http.MethodGet, importsOf("store-1")+"/nothing/there", "", http.StatusNotFound)
}

// A store owner gets nowhere but into its own store.
func TestStoreOwnersHaveOneStore(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	own, other := h.stockJob(t, "meena@store-1", "store-1"), h.stockJob(t, "ravi@store-2", "store-2")

	body := func(id string) string { return `{"job_id":"` + id + `"}` }

	for _, path := range []string{
		"GET " + importsOf("store-2"), "GET " + importsOf("store-2") + "/" + own + "/status",
		"GET " + importsOf("store-2") + "/" + other + "/status", "GET " + importsOf("store-2") + "/upload-url?filename=a.csv",
		"DELETE " + importsOf("store-2") + "/" + other, "POST " + importsOf("store-2") + "/process", "GET " + importsOf("store-2") + "/template",
		"GET " + api.StoresBase + "/store-2/inventory", "GET " + importsOf("STORE-1"), "GET " + importsOf("store-1%20"),
		"GET " + importsOf("store-1%2F..%2Fstore-2"), "GET " + importsOf("%73tore-2"),
		// The imports of products are not for store owners at all.
		"GET " + api.Base, "GET " + api.Base + "/" + own + "/status", "GET " + api.Base + "/upload-url?filename=a.csv",
		"POST " + api.Base + "/process", "DELETE " + api.Base + "/" + own,
	} {
		method, address, _ := strings.Cut(path, " ")
		answer := h.get(t, "meena@store-1", method, address, body(other), http.StatusForbidden)
		require.Equal(t, "forbidden", answer["code"], path)
	}

	// Within its own store there is no job of another.
	for _, path := range []string{"GET %s/status", "GET %s/errors", "GET %s/results", "DELETE %s", "POST %s/retry"} {
		method, address, _ := strings.Cut(path, " ")
		answer := h.get(t, "meena@store-1", method, importsOf("store-1")+"/"+fmt.Sprintf(address, other), "", http.StatusNotFound)
		require.Equal(t, "job_not_found", answer["code"], path)
	}

	h.get(t, "meena@store-1", http.MethodPost, importsOf("store-1")+"/process", body(other), http.StatusNotFound)

	require.Len(t, h.get(t, "meena@store-1", http.MethodGet, importsOf("store-1"), "", http.StatusOK)["jobs"], 1)

	job, err := h.jobs.Get(t.Context(), other)
	require.NoError(t, err)
	require.Equal(t, jobstore.StatusPendingUpload, job.Status)

	// A path that spells its own store in another way is its own store.
	h.get(t, "meena@store-1", http.MethodGet, importsOf("%73tore-1")+"/"+own+"/status", "", http.StatusOK)
}

// Whoever has a store sees all that is done to it; an admin sees its own, a super_admin
// everything of the store. Nobody sees the imports of products there, nor of other stores.
func TestWhoSeesTheImportsOfAStore(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	product := h.job(t, "asha", "")
	byOwner, byAdmin := h.stockJob(t, "meena@store-1", "store-1"), h.stockJob(t, "asha", "store-1")
	elsewhere := h.stockJob(t, "asha", "store-2")

	tests := []struct {
		user string
		sees []string
	}{
		{"meena@store-1", []string{byOwner, byAdmin}},
		{"colleague@store-1", []string{byOwner, byAdmin}},
		{"asha", []string{byAdmin}},
		{"vikram", nil},
		{"root", []string{byOwner, byAdmin}},
	}

	for _, tt := range tests {
		jobs := h.get(t, tt.user, http.MethodGet, importsOf("store-1"), "", http.StatusOK)["jobs"].([]any)
		require.Len(t, jobs, len(tt.sees), tt.user)

		for _, id := range []string{byOwner, byAdmin, elsewhere, product} {
			code := h.do(t, tt.user, http.MethodGet, importsOf("store-1")+"/"+id+"/status", "").Code

			if contains(tt.sees, id) {
				require.Equal(t, http.StatusOK, code, "%s %s", tt.user, id)
			} else {
				require.Equal(t, http.StatusNotFound, code, "%s %s", tt.user, id)
			}
		}
	}

	// Nor are they among the imports of products.
	require.Len(t, h.get(t, "root", http.MethodGet, api.Base, "", http.StatusOK)["jobs"], 1)
	require.Len(t, h.get(t, "asha", http.MethodGet, api.Base, "", http.StatusOK)["jobs"], 1)
}

func contains(ids []string, id string) bool {
	for _, other := range ids {
		if id == other {
			return true
		}
	}

	return false
}

func TestHostileStores(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)

	for _, id := range []string{
		"a%20b", "a%00", "%2e%2e%2f", "a%2Fb", "caf%C3%A9", "%E2%80%AEa", "a%25", "a:b", "a@b", "%FF", "...", strings.Repeat("x", 129), "a%3Fb", "a%0d%0aX:1",
	} {
		for _, path := range []string{importsOf(id), importsOf(id) + "/upload-url?filename=a.csv", api.StoresBase + "/" + id + "/inventory"} {
			answer := h.get(t, "root", http.MethodGet, path, "", http.StatusBadRequest)
			require.Equal(t, "store_invalid", answer["code"], path)
		}
	}

	for _, id := range []string{"a", "STORE_01.main-x", strings.Repeat("x", 128), "01JDX5K8Q4"} {
		h.stockJob(t, "root", id)
	}

	// No way leads out of the store.
	for _, path := range []string{
		importsOf("store-1") + "/../../../store-2/inventory/import", api.StoresBase + "/../admin/products/import",
		importsOf("store-1") + "//status", api.StoresBase + "//inventory/import", importsOf("..") + "/template",
	} {
		w := h.do(t, "meena@store-1", http.MethodGet, path, "")
		require.Contains(t, []int{
			http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusNotFound, http.StatusForbidden, http.StatusBadRequest,
		}, w.Code, path)
	}

	for _, path := range []string{
		importsOf("store-1") + "/%2e%2e/%2e%2e/template", importsOf("store-1") + "/%2e%2e%2f%2e%2e/status", importsOf("store-1") + "/..%2fx/status",
	} {
		w := h.do(t, "meena@store-1", http.MethodGet, path, "")
		require.NotEqual(t, http.StatusOK, w.Code, path)
	}

	for _, path := range []string{api.StoresBase, api.StoresBase + "/", api.StoresBase + "/store-1", api.StoresBase + "/store-1/inventory/imports",
		importsOf("store-1") + "/", api.StoresBase + "/store-1/"} {
		h.get(t, "meena@store-1", http.MethodGet, path, "", http.StatusNotFound)
	}
}

func TestInventoryOfAStore(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.FixedZone("IST", 19800))

	_, err := h.catalog.Create(t.Context(), []catalog.NewProduct{
		{Product: catalog.Product{ID: "p1", Name: "Atta", Brand: "Aashirvaad", Category: "Food", Barcode: "2000000000015"}},
	})
	require.NoError(t, err)

	item := func(storeID, productID, quantity string) catalog.InventoryItem {
		origin := catalog.Origin{JobID: "job", Row: 7}

		return catalog.InventoryItem{
			StoreID: storeID, ProductID: productID, Quantity: decimal.RequireFromString(quantity),
			Origin: origin, Created: origin, CreatedAt: at, UpdatedAt: at,
		}
	}

	full := item("store-1", "p1", "12.500")
	full.CostPrice = decimal.NewNullDecimal(decimal.RequireFromString("0"))
	full.SellingPrice = decimal.NewNullDecimal(decimal.RequireFromString("1299.50"))
	full.Supplier, full.Location, full.Notes = "Gupta", "A1", "<fragile>"

	_, err = h.catalog.PutItems(t.Context(), []catalog.InventoryItem{
		full, item("store-1", "p2", "3"), item("store-1", "p3", "0"), item("store-2", "p1", "99"),
	})
	require.NoError(t, err)

	path := api.StoresBase + "/store-1/inventory"
	first := h.get(t, "meena@store-1", http.MethodGet, path+"?limit=2", "", http.StatusOK)
	require.Equal(t, "store-1", first["store_id"])

	items := first["items"].([]any)
	require.Len(t, items, 2)
	require.Equal(t, object{
		"product_id": "p1", "name": "Atta", "brand": "Aashirvaad", "category": "Food", "barcode": "2000000000015",
		"quantity": "12.5", "cost_price": "0", "selling_price": "1299.5", "reorder_level": nil,
		"supplier": "Gupta", "location": "A1", "notes": "<fragile>",
		"created_at": "2026-11-24T03:30:00Z", "updated_at": "2026-11-24T03:30:00Z", "job_id": "job", "row_number": 7.0,
	}, items[0])
	require.Equal(t, "", items[1].(object)["name"], "the product was deleted")

	second := h.get(t, "meena@store-1", http.MethodGet, path+"?limit=2&cursor="+first["next_cursor"].(string), "", http.StatusOK)
	require.Len(t, second["items"], 1)
	require.Nil(t, second["next_cursor"])

	require.Len(t, h.get(t, "asha", http.MethodGet, path, "", http.StatusOK)["items"], 3)
	require.Empty(t, h.get(t, "asha", http.MethodGet, api.StoresBase+"/store-3/inventory", "", http.StatusOK)["items"])

	for query, code := range map[string]string{
		"?limit=0": "limit_invalid", "?limit=101": "limit_invalid", "?limit=x": "limit_invalid",
		"?cursor=*": "cursor_invalid", "?cursor=" + strings.Repeat("A", 4000): "cursor_invalid", "?cursor=_w": "cursor_invalid",
	} {
		require.Equal(t, code, h.get(t, "asha", http.MethodGet, path+query, "", http.StatusBadRequest)["code"], query)
	}

	require.Equal(t, "token_missing", h.get(t, "", http.MethodGet, path, "", http.StatusUnauthorized)["code"])
	require.Equal(t, http.StatusMethodNotAllowed, h.do(t, "asha", http.MethodPost, path, "{}").Code)
}
