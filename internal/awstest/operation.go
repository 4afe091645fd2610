package awstest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxForm bounds the body in which the name of an operation is looked for, in bytes.
const maxForm = 1 << 20

// Operation returns the name that the API gives to the operation that r calls, such as
// "TransactWriteItems", "UploadPart", "SendMessage" or "Publish"; "" where it is
// not known. It leaves r as it was.
func Operation(r *http.Request) string {
	// JSON protocols: "DynamoDB_20120810.PutItem", "AmazonSQS.SendMessage".
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndexByte(target, '.')+1:]
	}

	// The Query protocol of SNS and CloudFormation.
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return action(r)
	}

	return s3Operation(r)
}

// action returns the parameter Action of a form.
func action(r *http.Request) string {
	if r.Body == nil || r.ContentLength > maxForm {
		return ""
	}

	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), r.Body), r.Body}

	if err != nil {
		return ""
	}

	form, err := url.ParseQuery(string(body))
	if err != nil {
		return ""
	}

	return form.Get("Action")
}

// s3Operation tells the operations of S3 apart that the project uses: by method, depth
// of the path (its endpoint has none of its own) and query.
func s3Operation(r *http.Request) string {
	query := r.URL.Query()
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")

	if key == "" {
		return s3BucketOperation(r.Method, query)
	}

	switch {
	case r.Method == http.MethodPost && query.Has("uploads"):
		return "CreateMultipartUpload"
	case r.Method == http.MethodPost && query.Has("uploadId"):
		return "CompleteMultipartUpload"
	case r.Method == http.MethodPut && query.Has("uploadId"):
		return "UploadPart"
	case r.Method == http.MethodDelete && query.Has("uploadId"):
		return "AbortMultipartUpload"
	case r.Method == http.MethodGet && query.Has("uploadId"):
		return "ListParts"
	case r.Method == http.MethodPut:
		return "PutObject"
	case r.Method == http.MethodGet:
		return "GetObject"
	case r.Method == http.MethodHead:
		return "HeadObject"
	case r.Method == http.MethodDelete:
		return "DeleteObject"
	}

	return ""
}

func s3BucketOperation(method string, query url.Values) string {
	switch {
	case method == http.MethodGet && query.Get("list-type") == "2":
		return "ListObjectsV2"
	case method == http.MethodGet && query.Has("uploads"):
		return "ListMultipartUploads"
	case method == http.MethodHead:
		return "HeadBucket"
	case method == http.MethodPost && query.Has("delete"):
		return "DeleteObjects"
	}

	return ""
}
