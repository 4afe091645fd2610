package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// bucketHarness is the API over a bucket of S3, which takes parts from 5 MiB on.
type bucketHarness struct {
	harness

	worker *importer.Worker
	client *s3.Client
	bucket string
}

func newBucketHarness(t *testing.T) *bucketHarness {
	t.Helper()

	h := &bucketHarness{client: awstest.S3(t)}
	h.bucket = awstest.Bucket(t, h.client)

	files, err := s3blob.New(h.client, h.bucket, &s3blob.Options{MaxSignedPut: s3blob.MinPartSize, SignedPartSize: s3blob.MinPartSize})
	require.NoError(t, err)

	messages, err := memqueue.New(nil)
	require.NoError(t, err)

	ports := importer.Ports{
		Jobs: memjobstore.New(nil), Files: files, Queue: messages, Signer: files,
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}

	service, err := importer.NewService(ports, nil)
	require.NoError(t, err)

	h.worker, err = importer.NewWorker(ports, nil)
	require.NoError(t, err)

	h.handler = openapitest.Handler(t, api.New(api.Options{Service: service, Authenticator: users{}, Images: files}))

	return h
}

// put makes a PUT as a browser does, and returns the ETag of the answer.
func put(t *testing.T, url string, headers object, content []byte) string {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, bytes.NewReader(content))
	require.NoError(t, err)

	for name, value := range headers {
		r.Header.Set(name, value.(string))
	}

	response, err := (&http.Client{Transport: awstest.Transport(t)}).Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)

	return response.Header.Get("ETag")
}

// uploads counts the uploads in parts that are under way.
func (h *bucketHarness) uploads(t *testing.T) int {
	t.Helper()

	under, err := h.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &h.bucket})
	require.NoError(t, err)

	return len(under.Uploads)
}

type partOf struct {
	Number int    `json:"part_number"`
	ETag   string `json:"etag"`
}

func parts(t *testing.T, all ...partOf) string {
	t.Helper()

	body, err := json.Marshal(map[string]any{"parts": all})
	require.NoError(t, err)

	return string(body)
}

// TestUploadToABucket has a small file go by one PUT with the headers that were asked for.
func TestUploadToABucket(t *testing.T) {
	t.Parallel()

	h := newBucketHarness(t)

	for _, size := range []string{"", "&size=0", fmt.Sprintf("&size=%d", len(someCSV)), fmt.Sprintf("&size=%d", s3blob.MinPartSize)} {
		answer := h.get(t, "asha", http.MethodGet, api.Base+"/upload-url?filename=a.csv"+size, "", http.StatusOK)
		require.NotContains(t, answer, "multipart")
		require.Equal(t, object{"Content-Type": "application/octet-stream"}, answer["upload_headers"])

		put(t, answer["upload_url"].(string), answer["upload_headers"].(object), []byte(someCSV))

		id := answer["job_id"].(string)
		complete := api.Base + "/" + id + "/upload/complete"
		refused := h.get(t, "asha", http.MethodPost, complete, parts(t, partOf{1, "a"}), http.StatusBadRequest)
		require.Equal(t, "upload_in_one", refused["code"])

		h.get(t, "asha", http.MethodPost, api.Base+"/process", `{"job_id":"`+id+`"}`, http.StatusAccepted)
	}

	for _, size := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		refused := h.get(t, "asha", http.MethodGet, api.Base+"/upload-url?filename=a.csv&size="+size, "", http.StatusBadRequest)
		require.Equal(t, "size_invalid", refused["code"])
	}

	refused := h.get(t, "asha", http.MethodGet, api.Base+"/upload-url?filename=a.csv&size=6000000000000", "", http.StatusBadRequest)
	require.Equal(t, "file_too_large", refused["code"])
}

// TestUploadInParts has a large file go in parts, be imported, and every wrong completion be
// refused.
func TestUploadInParts(t *testing.T) {
	t.Parallel()

	h := newBucketHarness(t)

	file, err := io.ReadAll(synthetic.New(synthetic.Options{Rows: 70_000, Seed: 1}))
	require.NoError(t, err)
	require.Greater(t, len(file), 2*s3blob.MinPartSize)

	answer := h.get(t, "asha", http.MethodGet, api.Base+fmt.Sprintf("/upload-url?filename=a.csv&size=%d", len(file)), "", http.StatusOK)
	require.Empty(t, answer["upload_url"])

	multipart := answer["multipart"].(object)
	size := int(multipart["part_size"].(float64))
	id := answer["job_id"].(string)
	complete := api.Base + "/" + id + "/upload/complete"

	var sent []partOf

	for i, part := range multipart["parts"].([]any) {
		part := part.(object)
		require.EqualValues(t, i+1, part["part_number"])

		etag := put(t, part["url"].(string), nil, file[i*size:min((i+1)*size, len(file))])
		sent = append(sent, partOf{i + 1, etag})
	}

	require.Len(t, sent, (len(file)+size-1)/size)

	for name, c := range map[string]struct {
		user, body string
		status     int
		code       string
	}{
		"no part":          {"asha", parts(t), 400, "parts_invalid"},
		"null":             {"asha", `{"parts":null}`, 400, "parts_invalid"},
		"no body":          {"asha", ``, 400, "json_invalid"},
		"unknown field":    {"asha", `{"parts":[],"more":1}`, 400, "unknown_field"},
		"part is null":     {"asha", `{"parts":[null]}`, 400, "parts_invalid"},
		"part is missing":  {"asha", parts(t, sent[0], sent[2]), 400, "parts_invalid"},
		"part comes twice": {"asha", parts(t, sent[0], sent[0], sent[1], sent[2]), 400, "parts_invalid"},
		"part nought":      {"asha", parts(t, partOf{0, sent[0].ETag}), 400, "parts_invalid"},
		"empty ETag":       {"asha", parts(t, sent[0], partOf{2, ""}, sent[2]), 400, "parts_invalid"},
		"hostile ETag":     {"asha", parts(t, sent[0], partOf{2, "a\r\nb"}, sent[2]), 400, "parts_invalid"},
		"another ETag":     {"asha", parts(t, sent[0], partOf{2, sent[0].ETag}, sent[2]), 400, "parts_invalid"},
		"somebody else":    {"ravi", parts(t, sent...), 404, "job_not_found"},
	} {
		refused := h.get(t, c.user, http.MethodPost, complete, c.body, c.status)
		require.Equal(t, c.code, refused["code"], name)
	}

	refused := h.get(t, "asha", http.MethodPost, api.Base+"/process", `{"job_id":"`+id+`"}`, http.StatusConflict)
	require.Equal(t, "file_missing", refused["code"])

	// In any order, and again after an answer that was lost.
	for range 2 {
		done := h.get(t, "asha", http.MethodPost, complete, parts(t, sent[2], sent[0], sent[1]), http.StatusOK)
		require.EqualValues(t, len(file), done["size_bytes"])
	}

	h.get(t, "asha", http.MethodPost, api.Base+"/process", `{"job_id":"`+id+`"}`, http.StatusAccepted)

	refused = h.get(t, "asha", http.MethodPost, complete, parts(t, sent...), http.StatusConflict)
	require.Equal(t, "upload_closed", refused["code"])

	result, err := h.worker.RunJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, result)

	status := h.get(t, "asha", http.MethodGet, api.Base+"/"+id+"/status", "", http.StatusOK)
	require.Equal(t, "completed", status["status"])
	require.EqualValues(t, 70_000, status["progress"].(object)["successful"])
}

// TestCancelledUploadInParts leaves no part that somebody pays for.
func TestCancelledUploadInParts(t *testing.T) {
	t.Parallel()

	h := newBucketHarness(t)

	answer := h.get(t, "asha", http.MethodGet, api.Base+"/upload-url?filename=a.csv&size=20000000", "", http.StatusOK)
	id := answer["job_id"].(string)
	first := answer["multipart"].(object)["parts"].([]any)[0].(object)
	etag := put(t, first["url"].(string), nil, make([]byte, s3blob.MinPartSize))
	require.Equal(t, 1, h.uploads(t))

	h.get(t, "asha", http.MethodDelete, api.Base+"/"+id, "", http.StatusOK)
	require.Zero(t, h.uploads(t))

	refused := h.get(t, "asha", http.MethodPost, api.Base+"/"+id+"/upload/complete", parts(t, partOf{1, etag}), http.StatusConflict)
	require.Equal(t, "upload_closed", refused["code"])
}
