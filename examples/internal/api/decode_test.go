package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

// What a field takes is said of the field, also where one of its elements is wrong.
func TestTheTypeOfAField(t *testing.T) {
	t.Parallel()

	type request struct {
		ID    string            `json:"id"`
		Yes   *bool             `json:"yes"`
		N     int64             `json:"n"`
		Names []string          `json:"names"`
		Words map[string]string `json:"words"`
		Parts []struct {
			Number int      `json:"number"`
			Tags   []string `json:"tags"`
		} `json:"parts"`
		Rows []map[string]json.RawMessage `json:"rows"`
		Any  map[string]json.RawMessage   `json:"any"`
	}

	for body, want := range map[string]string{
		`{"id":1}`:                       `Field "id" must be a string, not a number.`,
		`{"yes":"no"}`:                   `Field "yes" must be true or false, not a string.`,
		`{"n":"1"}`:                      `Field "n" must be a whole number, not a string.`,
		`{"n":1.5}`:                      `Field "n" must be a whole number, not a number 1.5.`,
		`{"names":"a"}`:                  `Field "names" must be a list of strings, not a string.`,
		`{"names":["a",1]}`:              `Field "names" must be a list of strings, and has a number in it.`,
		`{"names":[["a"]]}`:              `Field "names" must be a list of strings, and has an array in it.`,
		`{"words":[]}`:                   `Field "words" must be an object of strings, not an array.`,
		`{"words":{"a":true}}`:           `Field "words" must be an object of strings, and has a bool in it.`,
		`{"parts":[1]}`:                  `Field "parts" must be a list of objects, and has a number in it.`,
		`{"parts":[{"number":{}}]}`:      `Field "parts.number" must be a whole number, not an object.`,
		`{"parts":[{"tags":["a",{}]}]}`:  `Field "parts.tags" must be a list of strings, and has an object in it.`,
		`{"parts":[{"tags":{"a":"b"}}]}`: `Field "parts.tags" must be a list of strings, not an object.`,
		`{"rows":["a"]}`:                 `Field "rows" must be a list of objects, and has a string in it.`,
		`{"any":"a"}`:                    `Field "any" must be an object, not a string.`,
		`["id"]`:                         `The request must be a JSON object, not an array.`,
		`{"id":}`:                        `The request is not valid JSON from byte 7 on.`,
	} {
		require.EqualError(t, api.DecodeObject([]byte(body), "The request", &request{}), want, body)
	}
}

// Fields that are mistyped are found in the parts of an upload too.
func TestPartsThatAreWrong(t *testing.T) {
	t.Parallel()

	h := newHarness(t, nil)
	complete := api.Base + "/" + h.job(t, "asha", "") + "/upload/complete"

	for body, code := range map[string]string{
		`{"parts":[{"part_number":1,"etag":"a","more":1}]}`: "unknown_field",
		`{"parts":[{"Part_Number":1,"etag":"a"}]}`:          "unknown_field",
		`{"parts":[1]}`: "json_invalid",
		`{"parts":[{"part_number":"1","etag":"a"}]}`: "field_invalid",
	} {
		require.Equal(t, code, h.get(t, "asha", http.MethodPost, complete, body, http.StatusBadRequest)["code"], body)
	}
}
