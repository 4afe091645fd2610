package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

// ownerOf returns the client of the owner of a store of the server.
func (s *instance) ownerOf(t *testing.T, data, storeID string) client {
	t.Helper()

	code, token, stderr := execute(t, setting{args: []string{
		"token", "-user", "meena", "-role", "store_owner", "-store", storeID, "-data", data,
	}})
	require.Equal(t, exitOK, code, stderr)

	return s.as(strings.TrimSpace(token))
}

// stock imports a file as the inventory of a store and returns its final status.
func (c client) stock(t *testing.T, storeID, csv string) object {
	t.Helper()

	base := api.StoresBase + "/" + storeID + "/inventory/import"
	upload := c.call(t, http.StatusOK, http.MethodGet, base+"/upload-url?filename=stock.csv", "")

	answer, text := client{}.send(t, http.MethodPut, upload["upload_url"].(string), strings.NewReader(csv))
	require.Equal(t, http.StatusOK, answer.StatusCode, text)

	id := upload["job_id"].(string)
	c.call(t, http.StatusAccepted, http.MethodPost, base+"/process", `{"job_id":"`+id+`"}`)

	var status object

	require.Eventually(t, func() bool {
		status = c.call(t, http.StatusOK, http.MethodGet, base+"/"+id+"/status", "")

		return ended(status)
	}, time.Minute, time.Millisecond)

	return status
}

// A store owner brings its shelves in, corrects what was wrong, and finds it all again
// after a restart of the server. Nobody else's store is touched.
func TestInventoryOfAStore(t *testing.T) {
	t.Parallel()

	data := t.TempDir()
	s := start(t, setting{args: []string{"-data", data}})

	products, err := os.ReadFile(filepath.Join("..", "data", "products.csv"))
	require.NoError(t, err)
	s.imported(t, strings.NewReader(string(products)), `{}`)

	sample, err := os.ReadFile(filepath.Join("..", "data", "inventory.csv"))
	require.NoError(t, err)

	owner := s.ownerOf(t, data, "store-1")
	status := owner.stock(t, "store-1", string(sample))
	require.Equal(t, "completed_with_errors", status["status"])
	require.Equal(t, object{"created": 7.0, "matched": 7.0, "updated": 2.0}, status["inventory"])
	require.Equal(t, [3]int64{14, 0, 10}, counts(t, status))
	require.Equal(t, "store-1", status["store_id"])

	// The error report, as it was downloaded, with two rows put right.
	answer, report := client{}.send(t, http.MethodGet, status["error_report_url"].(string), nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, report, "quantity_missing")

	fixed := strings.Replace(report, `Cumin Seeds 100 g,Masala Mahal,Spices,8909900000542,,38`, `Cumin Seeds 100 g,Masala Mahal,Spices,8909900000542,40,38`, 1)
	fixed = strings.Replace(fixed, `"58,50"`, `58.50`, 1)
	require.NotEqual(t, report, fixed)

	again := owner.stock(t, "store-1", fixed)
	require.Equal(t, [3]int64{2, 0, 8}, counts(t, again))
	require.Equal(t, object{"created": 2.0, "matched": 0.0, "updated": 0.0}, again["inventory"])

	inventory := api.StoresBase + "/store-1/inventory?limit=100"
	before := owner.call(t, http.StatusOK, http.MethodGet, inventory, "")
	require.Len(t, before["items"], 14)

	stock := map[string]object{}
	for _, item := range before["items"].([]any) {
		stock[item.(object)["name"].(string)] = item.(object)
	}

	require.Equal(t, "30", stock["Aged Basmati Rice 5 kg"]["quantity"])
	require.Equal(t, "649", stock["Aged Basmati Rice 5 kg"]["selling_price"])
	require.Equal(t, "delivery of Tuesday", stock["Aged Basmati Rice 5 kg"]["notes"])
	require.Equal(t, "129900", stock["Silver Ganesh Idol"]["selling_price"])
	require.Equal(t, "140", stock["Loose Sona Masoori Rice"]["quantity"])
	require.Equal(t, "40", stock["Cumin Seeds 100 g"]["quantity"])

	other := s.ownerOf(t, data, "store-2")
	other.call(t, http.StatusForbidden, http.MethodGet, inventory, "")
	other.call(t, http.StatusForbidden, http.MethodGet, api.Base, "")
	require.Empty(t, other.call(t, http.StatusOK, http.MethodGet, api.StoresBase+"/store-2/inventory", "")["items"])

	require.Equal(t, exitOK, s.stop())
	s = start(t, setting{args: []string{"-data", data}})
	owner = s.ownerOf(t, data, "store-1")
	require.Equal(t, before, owner.call(t, http.StatusOK, http.MethodGet, inventory, ""))
}
