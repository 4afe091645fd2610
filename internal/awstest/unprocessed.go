package awstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
)

// leaveUnprocessed carries r out, with an answer that knows nothing of the last n keys of
// each table but that they are still to be read, as one of a busy table does.
func (f *Faults) leaveUnprocessed(r *http.Request, n int) (*http.Response, error) {
	asked, err := io.ReadAll(r.Body)
	if err = drop(r, err); err != nil {
		return nil, err
	}

	sent := r.Clone(r.Context())
	sent.Body = io.NopCloser(bytes.NewReader(asked))

	response, err := f.next.RoundTrip(sent)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}

	answer, err := io.ReadAll(response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}

	if err == nil {
		answer, err = withoutLast(asked, answer, n)
	}

	if err != nil {
		return nil, fmt.Errorf("awstest: leave keys unprocessed: %w", err)
	}

	// The sum is that of what the server has sent.
	response.Header.Del("X-Amz-Crc32")
	response.Header.Set("Content-Length", strconv.Itoa(len(answer)))
	response.ContentLength = int64(len(answer))
	response.Body = io.NopCloser(bytes.NewReader(answer))

	return response, nil
}

// withoutLast moves the last n keys of each table from what was read to what was not.
func withoutLast(asked, answered []byte, n int) ([]byte, error) {
	var (
		ask    struct{ RequestItems map[string]map[string]any }
		answer map[string]any
	)

	if err := json.Unmarshal(asked, &ask); err != nil {
		return nil, err
	}

	if err := json.Unmarshal(answered, &answer); err != nil {
		return nil, err
	}

	left := map[string]any{}
	read, _ := answer["Responses"].(map[string]any)

	for table, one := range ask.RequestItems {
		keys, _ := one["Keys"].([]any)
		rest := keys[max(0, len(keys)-n):]

		if len(rest) == 0 {
			continue
		}

		items, _ := read[table].([]any)
		read[table] = slices.DeleteFunc(items, func(item any) bool {
			return slices.ContainsFunc(rest, func(key any) bool { return hasKey(item, key) })
		})

		one["Keys"] = rest
		left[table] = one
	}

	answer["UnprocessedKeys"] = left

	return json.Marshal(answer)
}

// hasKey reports whether an item is that of a key.
func hasKey(item, key any) bool {
	attributes, _ := item.(map[string]any)
	wanted, _ := key.(map[string]any)

	for name, value := range wanted {
		if !reflect.DeepEqual(attributes[name], value) {
			return false
		}
	}

	return true
}
