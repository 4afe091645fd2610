package s3blob_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// do makes a request as a browser does that knows nothing of AWS.
func do(t testing.TB, method, url string, headers map[string]string, body []byte) (*http.Response, []byte) {
	t.Helper()

	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	require.NoError(t, err)

	for name, value := range headers {
		r.Header.Set(name, value)
	}

	response, err := (&http.Client{Transport: awstest.Transport(t)}).Do(r)
	require.NoError(t, err)

	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())

	return response, answer
}

func TestSignedPutAndGet(t *testing.T) {
	t.Parallel()

	s := newStore(t, &s3blob.Options{Prefix: "tenants/7/"})
	content := []byte("name,category\nMaggi,Food\n")

	put, err := s.SignPut(t.Context(), "jobs/1/input.csv", time.Minute)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"Content-Type": "application/octet-stream"}, put.Headers)

	// Again and again, as clients do whose connection breaks.
	for range 2 {
		response, answer := do(t, http.MethodPut, put.URL, put.Headers, content)
		require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	}

	require.Equal(t, content, read(t, s, "jobs/1/input.csv"))

	get, err := s.SignGet(t.Context(), "jobs/1/input.csv", "März & \"Co\"\r\nSet-Cookie: a.csv", time.Minute)
	require.NoError(t, err)

	response, answer := do(t, http.MethodGet, get, nil, nil)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)
	require.Equal(t, content, answer)
	require.Equal(t, "attachment; filename=\"M_rz & _Co___Set-Cookie_ a.csv\"; filename*=UTF-8''M%C3%A4rz%20&%20_Co___Set-Cookie_%20a.csv",
		response.Header.Get("Content-Disposition"))
	require.Empty(t, response.Header.Get("Set-Cookie"))

	unnamed, err := s.SignGet(t.Context(), "jobs/1/input.csv", "", time.Minute)
	require.NoError(t, err)

	response, _ = do(t, http.MethodGet, unnamed, nil, nil)
	require.Equal(t, `attachment; filename="input.csv"`, response.Header.Get("Content-Disposition"))
}

// TestSignedURLsAreGoodForOneThing uses them for others.
func TestSignedURLsAreGoodForOneThing(t *testing.T) {
	t.Parallel()

	s := newStore(t, nil)
	_, err := s.Put(t.Context(), "a", strings.NewReader("content"), nil)
	require.NoError(t, err)

	put, err := s.SignPut(t.Context(), "a", time.Minute)
	require.NoError(t, err)
	get, err := s.SignGet(t.Context(), "a", "a.csv", time.Minute)
	require.NoError(t, err)

	otherKey := func(raw string) string { return strings.Replace(raw, "/a?", "/b?", 1) }

	for name, c := range map[string]struct {
		method, url string
		headers     map[string]string
	}{
		"put without its header":         {http.MethodPut, put.URL, nil},
		"put of a page":                  {http.MethodPut, put.URL, map[string]string{"Content-Type": "text/html"}},
		"put of another key":             {http.MethodPut, otherKey(put.URL), put.Headers},
		"put by a URL for get":           {http.MethodPut, get, put.Headers},
		"get by a URL for put":           {http.MethodGet, put.URL, put.Headers},
		"delete by a URL for put":        {http.MethodDelete, put.URL, put.Headers},
		"get of another key":             {http.MethodGet, otherKey(get), nil},
		"get under another name":         {http.MethodGet, strings.Replace(get, "a.csv", "b.exe", 1), nil},
		"get to be shown":                {http.MethodGet, strings.Replace(get, "attachment", "inline", 1), nil},
		"get that lasts longer":          {http.MethodGet, strings.Replace(get, "X-Amz-Expires=60", "X-Amz-Expires=6000", 1), nil},
		"put that lasts longer":          {http.MethodPut, strings.Replace(put.URL, "X-Amz-Expires=60", "X-Amz-Expires=6000", 1), put.Headers},
		"put that needs no content type": {http.MethodPut, strings.Replace(put.URL, "content-type%3B", "", 1), nil},
	} {
		response, answer := do(t, c.method, c.url, c.headers, []byte("evil"))
		require.Equal(t, http.StatusForbidden, response.StatusCode, "%s: %s", name, answer)
	}

	require.Equal(t, "content", string(read(t, s, "a")))
	_, err = s.Stat(t.Context(), "b")
	require.ErrorIs(t, err, blob.ErrNotFound)
}

func TestSigningRefuses(t *testing.T) {
	t.Parallel()

	s := newStore(t, nil)

	for _, ttl := range []time.Duration{0, -time.Second, 7*24*time.Hour + 1} {
		_, err := s.SignPut(t.Context(), "a", ttl)
		require.Error(t, err, "%v", ttl)
		_, err = s.SignGet(t.Context(), "a", "", ttl)
		require.Error(t, err, "%v", ttl)
		_, err = s.BeginMultipart(t.Context(), "a", 1, ttl)
		require.Error(t, err, "%v", ttl)
	}

	for ttl, seconds := range map[time.Duration]string{1: "1", 1500 * time.Millisecond: "2", 7 * 24 * time.Hour: "604800"} {
		get, err := s.SignGet(t.Context(), "a", "", ttl)
		require.NoError(t, err)

		u, err := url.Parse(get)
		require.NoError(t, err)
		require.Equal(t, seconds, u.Query().Get("X-Amz-Expires"), "%v", ttl)
	}

	for _, key := range []string{"", "../a", "a//b", "a\nb"} {
		_, err := s.SignPut(t.Context(), key, time.Minute)
		require.ErrorIs(t, err, blob.ErrInvalidKey)
		_, err = s.SignGet(t.Context(), key, "", time.Minute)
		require.ErrorIs(t, err, blob.ErrInvalidKey)
		_, err = s.BeginMultipart(t.Context(), key, 1, time.Minute)
		require.ErrorIs(t, err, blob.ErrInvalidKey)
	}
}

// putSigned uploads content by the URLs of an upload, last part first.
func putSigned(t testing.TB, signed blob.SignedMultipart, content []byte) []blob.Part {
	t.Helper()

	parts := make([]blob.Part, len(signed.URLs))

	for i := len(signed.URLs) - 1; i >= 0; i-- {
		from := int64(i) * signed.PartSize
		response, answer := do(t, http.MethodPut, signed.URLs[i], nil, content[from:min(from+signed.PartSize, int64(len(content)))])
		require.Equal(t, http.StatusOK, response.StatusCode, "%s", answer)

		parts[i] = blob.Part{Number: i + 1, ETag: response.Header.Get("ETag")}
	}

	return parts
}

func TestSignedMultipart(t *testing.T) {
	t.Parallel()

	const part = s3blob.MinPartSize

	content := noise(1, 2*part+1000)
	s := newStore(t, &s3blob.Options{Prefix: "p/", SignedPartSize: part, MaxSignedPut: part})
	require.EqualValues(t, part, s.MaxSignedPut())

	_, err := s.Put(t.Context(), "k", strings.NewReader("old"), nil)
	require.NoError(t, err)

	signed, err := s.BeginMultipart(t.Context(), "k", int64(len(content)), time.Minute)
	require.NoError(t, err)
	require.EqualValues(t, part, signed.PartSize)
	require.Len(t, signed.URLs, 3)
	require.LessOrEqual(t, len(signed.UploadID), 1024)

	// Before all parts are there.
	_, err = s.CompleteMultipart(t.Context(), "k", signed.UploadID, []blob.Part{{Number: 1, ETag: `"d41d8cd98f00b204e9800998ecf8427e"`}})
	require.ErrorIs(t, err, blob.ErrParts)

	parts := putSigned(t, signed, content)

	for name, wrong := range map[string][]blob.Part{
		"another ETag":    {parts[0], {Number: 2, ETag: parts[0].ETag}, parts[2]},
		"wrong order":     {parts[1], parts[0], parts[2]},
		"missing part":    {parts[0], parts[1], parts[2], {Number: 4, ETag: parts[2].ETag}},
		"number too high": {parts[0], {Number: 10_001, ETag: parts[1].ETag}},
		"negative number": {{Number: -1, ETag: parts[1].ETag}},
		// Its second part is smaller than S3 takes before the last.
		"small part": {parts[0], parts[2], {Number: 4, ETag: parts[2].ETag}},
	} {
		_, err = s.CompleteMultipart(t.Context(), "k", signed.UploadID, wrong)
		require.ErrorIs(t, err, blob.ErrParts, name)
	}

	require.Equal(t, "old", string(read(t, s, "k")))

	// Without quotes, too, and again, as a client does that has got no answer.
	unquoted := []blob.Part{parts[0], parts[1], {Number: 3, ETag: strings.Trim(parts[2].ETag, `"`)}}

	first, err := s.CompleteMultipart(t.Context(), "k", signed.UploadID, unquoted)
	require.NoError(t, err)
	require.EqualValues(t, len(content), first.Size)

	again, err := s.CompleteMultipart(t.Context(), "k", signed.UploadID, parts)
	require.NoError(t, err)
	require.Equal(t, first, again)
	requireContent(t, content, read(t, s, "k"))
	require.Empty(t, s.uploads(t))

	head, err := s.client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &s.bucket, Key: aws.String("p/k")})
	require.NoError(t, err)
	require.Equal(t, "application/octet-stream", aws.ToString(head.ContentType))

	// Once the key holds something else, the old upload must not come back.
	_, err = s.Put(t.Context(), "k", strings.NewReader("new"), nil)
	require.NoError(t, err)
	_, err = s.CompleteMultipart(t.Context(), "k", signed.UploadID, parts)
	require.ErrorIs(t, err, blob.ErrNotFound)
	require.Equal(t, "new", string(read(t, s, "k")))
}

func TestAbortedMultipart(t *testing.T) {
	t.Parallel()

	s := newStore(t, &s3blob.Options{SignedPartSize: s3blob.MinPartSize})

	signed, err := s.BeginMultipart(t.Context(), "k", 1000, time.Minute)
	require.NoError(t, err)

	parts := putSigned(t, signed, noise(1, 1000))

	for range 2 {
		require.NoError(t, s.AbortMultipart(t.Context(), "k", signed.UploadID))
		require.Empty(t, s.uploads(t))
	}

	_, err = s.CompleteMultipart(t.Context(), "k", signed.UploadID, parts)
	require.ErrorIs(t, err, blob.ErrNotFound)

	for _, id := range []string{"", ".", "x", "x.", ".x", "x.y", "../../a", strings.Repeat("x", 5000)} {
		require.NoError(t, s.AbortMultipart(t.Context(), "k", id), id)
		_, err = s.CompleteMultipart(t.Context(), "k", id, parts)
		require.ErrorIs(t, err, blob.ErrNotFound, id)
	}
}

// TestSizesOfSignedParts wants parts that S3 takes, however large the file is, and not so
// many that their URLs fill an answer.
func TestSizesOfSignedParts(t *testing.T) {
	t.Parallel()

	s := newStore(t, nil)

	for _, size := range []int64{1, 64 << 20, 64<<20 + 1, 5<<30 + 1, 64 << 30, 64<<30 + 1, 1 << 40, 5 << 40} {
		signed, err := s.BeginMultipart(t.Context(), "k", size, time.Minute)
		require.NoError(t, err)
		require.NoError(t, s.AbortMultipart(t.Context(), "k", signed.UploadID))

		parts := int64(len(signed.URLs))
		require.LessOrEqual(t, parts, int64(1024), "%d bytes", size)
		require.GreaterOrEqual(t, signed.PartSize, int64(64<<20), "%d bytes", size)
		require.LessOrEqual(t, signed.PartSize, int64(5<<30), "%d bytes", size)
		require.Equal(t, (size+signed.PartSize-1)/signed.PartSize, parts, "%d bytes", size)
	}

	_, err := s.BeginMultipart(t.Context(), "k", 5<<40+1, time.Minute)
	require.ErrorIs(t, err, blob.ErrTooLarge)

	for _, size := range []int64{0, -1} {
		_, err := s.BeginMultipart(t.Context(), "k", size, time.Minute)
		require.Error(t, err)
	}
}

// TestLostAnswerOfSignedCompletion is that of Put, for an upload by others.
func TestLostAnswerOfSignedCompletion(t *testing.T) {
	t.Parallel()

	for _, times := range []int{1, awstest.Always} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			t.Parallel()

			content := noise(1, 1000)
			faults := faulty(t)
			s := newStore(t, quick(), awstest.Through(faults))

			signed, err := s.BeginMultipart(t.Context(), "k", 1000, time.Minute)
			require.NoError(t, err)

			parts := putSigned(t, signed, content)

			faults.Add(awstest.Fault{Operation: "CompleteMultipartUpload", Times: times, LoseAnswer: true})

			_, err = s.CompleteMultipart(t.Context(), "k", signed.UploadID, parts)
			require.NoError(t, err)
			requireContent(t, content, read(t, s, "k"))
		})
	}
}
