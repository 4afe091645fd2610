package s3blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// noise returns n bytes in which no part is like another.
func noise(seed uint32, n int) []byte {
	b := make([]byte, n)

	for i, x := 0, seed*2654435761+1; i < n; i++ {
		// Marsaglia's xorshift32.
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}

	return b
}

// quick are options whose retries do not keep a test waiting.
func quick() *s3blob.Options {
	return &s3blob.Options{PartSize: s3blob.MinPartSize, RetryDelay: time.Microsecond}
}

func faulty(t testing.TB) *awstest.Faults { return awstest.NewFaults(awstest.Transport(t)) }

// requireContent fails the test unless got is want, without printing either.
func requireContent(t testing.TB, want, got []byte) {
	t.Helper()
	require.True(t, bytes.Equal(want, got), "%d bytes came as others, %d", len(want), len(got))
}

// TestBrokenConnections breaks the connection of a reader at many places, once and again
// and again, with and without an error.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()

	const size = 1 << 20

	content := noise(1, size)

	for name, test := range map[string]struct {
		offset int64
		cuts   []int64 // of one connection after the other, in bytes
	}{
		"before the first byte":        {0, []int64{0}},
		"after the first byte":         {0, []int64{1}},
		"in the middle":                {0, []int64{size / 2}},
		"before the last byte":         {0, []int64{size - 1}},
		"behind the last byte":         {0, []int64{size}},
		"behind an offset":             {12_345, []int64{777}},
		"behind an offset, at the end": {size - 1, []int64{0}},
		"again and again":              {0, []int64{10_000, 1, 20_000, 0, 0, 1, 0, 300_000, 0, 0, 0, 0, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			faults := faulty(t)
			s := newStore(t, quick(), awstest.Through(faults))
			put, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
			require.NoError(t, err)

			for i, cut := range test.cuts {
				// Each fault counts the connections before it.
				faults.Add(awstest.Fault{Operation: "GetObject", Skip: i, Cut: true, CutAt: cut})
			}

			r, info, err := s.Open(t.Context(), "k", &blob.OpenOptions{Offset: test.offset})
			require.NoError(t, err)
			require.Equal(t, put.ETag, info.ETag)

			got, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			requireContent(t, content[test.offset:], got)
		})
	}
}

// TestConnectionsThatKeepBreaking has every connection break at once: the reader must
// give up some time, and must not say that the content has ended.
func TestConnectionsThatKeepBreaking(t *testing.T) {
	t.Parallel()

	faults := faulty(t)
	s := newStore(t, quick(), awstest.Through(faults))
	_, err := s.Put(t.Context(), "k", bytes.NewReader(noise(1, 10_000)), nil)
	require.NoError(t, err)

	faults.Add(awstest.Fault{Operation: "GetObject", Cut: true, CutAt: 5000})
	faults.Add(awstest.Fault{Operation: "GetObject", Times: awstest.Always, Cut: true})

	r, _, err := s.Open(t.Context(), "k", nil)
	require.NoError(t, err)

	got, err := io.ReadAll(r)
	require.Error(t, err)
	require.Len(t, got, 5000)
	require.NoError(t, r.Close())
	require.Equal(t, 6, faults.Calls("GetObject"), "connections")
}

// shortTransport answers every GET with less than it says, and no error: the connection is
// closed, which is how a body ends without Content-Length.
type shortTransport struct {
	http.RoundTripper
	size int64
}

func (s *shortTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.RoundTripper.RoundTrip(r)
	if err == nil && awstest.Operation(r) == "GetObject" {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, s.size), response.Body}
	}

	return response, err
}

// TestShortAnswerIsNoEnd cuts every answer short without any error.
func TestShortAnswerIsNoEnd(t *testing.T) {
	t.Parallel()

	content := noise(2, 100_000)
	s := newStore(t, quick(), awstest.Through(&shortTransport{awstest.Transport(t), 30_000}))
	_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err)

	r, _, err := s.Open(t.Context(), "k", nil)
	require.NoError(t, err)

	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	requireContent(t, content, got)
}

// TestBusyServer answers with errors that pass.
func TestBusyServer(t *testing.T) {
	t.Parallel()

	for name, answer := range map[string]*awstest.Answer{
		"internal error": awstest.S3Error(http.StatusInternalServerError, "InternalError"),
		"slow down":      awstest.S3Error(http.StatusServiceUnavailable, "SlowDown"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			content := noise(3, s3blob.MinPartSize+1000)
			faults := faulty(t)
			s := newStore(t, quick(), awstest.Through(faults))

			for _, operation := range []string{
				"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "HeadObject",
				"GetObject", "ListObjectsV2", "DeleteObject",
			} {
				faults.Add(awstest.Fault{Operation: operation, Answer: answer})
			}

			for key, n := range map[string]int{"small": 1000, "large": len(content)} {
				_, err := s.Put(t.Context(), key, bytes.NewReader(content[:n]), nil)
				require.NoError(t, err)

				// In the middle, too, where the SDK's own retries have no part.
				faults.Add(awstest.Fault{Operation: "GetObject", Skip: 1, Cut: true, CutAt: 500})
				faults.Add(awstest.Fault{Operation: "GetObject", Skip: 2, Times: 4, Answer: answer})

				r, _, err := s.Open(t.Context(), key, nil)
				require.NoError(t, err)

				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				requireContent(t, content[:n], got)

				_, err = s.List(t.Context(), "", "", 0)
				require.NoError(t, err)
				require.NoError(t, s.Delete(t.Context(), key))
			}

			require.Empty(t, s.uploads(t))
		})
	}
}

// TestReplacedWhileReading replaces and deletes content between two connections of its
// reader, by content of the same size, a larger and a smaller one.
func TestReplacedWhileReading(t *testing.T) {
	t.Parallel()

	const size = 100_000

	for name, replace := range map[string]func(s bucketStore) error{
		"same size": func(s bucketStore) error { return putNoise(t, s, size) },
		"larger":    func(s bucketStore) error { return putNoise(t, s, 2*size) },
		"smaller":   func(s bucketStore) error { return putNoise(t, s, 10) },
		"empty":     func(s bucketStore) error { return putNoise(t, s, 0) },
		"deleted":   func(s bucketStore) error { return s.Delete(t.Context(), "k") },
	} {
		for _, cut := range []int64{0, 1, size / 2, size - 1} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()

				content := noise(4, size)
				faults := faulty(t)
				s := newStore(t, quick(), awstest.Through(faults))
				_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
				require.NoError(t, err)

				faults.Add(awstest.Fault{Operation: "GetObject", Cut: true, CutAt: cut})

				r, _, err := s.Open(t.Context(), "k", nil)
				require.NoError(t, err)
				require.NoError(t, replace(s))

				got, err := io.ReadAll(r)
				require.ErrorIs(t, err, blob.ErrChanged)
				require.NoError(t, r.Close())
				requireContent(t, content[:cut], got)
			})
		}
	}
}

func putNoise(t *testing.T, s bucketStore, n int) error {
	t.Helper()

	_, err := s.Put(t.Context(), "k", bytes.NewReader(noise(5, n)), nil)

	return err
}

// TestStalledConnection has a server that goes silent, before its answer and within it.
func TestStalledConnection(t *testing.T) {
	t.Parallel()

	content := noise(6, 3<<20)
	opts := quick()
	opts.ReadTimeout = 200 * time.Millisecond

	stalled := &stallingTransport{RoundTripper: awstest.Transport(t), after: 1 << 20, times: 2}
	faults := awstest.NewFaults(stalled)
	s := newStore(t, opts, awstest.Through(faults))
	_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err)

	faults.Add(awstest.Fault{Operation: "GetObject", Delay: time.Hour})

	r, _, err := s.Open(t.Context(), "k", nil)
	require.NoError(t, err)

	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	requireContent(t, content, got)
	require.Zero(t, stalled.times, "answers that were to stall")
}

// stallingTransport has answers go silent after some bytes.
type stallingTransport struct {
	http.RoundTripper
	after int64
	times int
}

func (s *stallingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.RoundTripper.RoundTrip(r)
	if err != nil || awstest.Operation(r) != "GetObject" || s.times == 0 {
		return response, err
	}

	s.times--
	silent := readerFunc(func([]byte) (int, error) {
		<-r.Context().Done()

		return 0, r.Context().Err()
	})
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(response.Body, s.after), silent), response.Body}

	return response, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

var errShutdown = errors.New("the server shuts down")

// TestContextEndsWhileReading wants the cause, not what the connection says of it.
func TestContextEndsWhileReading(t *testing.T) {
	t.Parallel()

	s := newStore(t, quick())
	_, err := s.Put(t.Context(), "k", bytes.NewReader(noise(7, 4<<20)), nil)
	require.NoError(t, err)

	ctx, cancel := context.WithCancelCause(t.Context())
	r, _, err := s.Open(ctx, "k", nil)
	require.NoError(t, err)

	_, err = io.ReadFull(r, make([]byte, 10))
	require.NoError(t, err)
	cancel(errShutdown)

	_, err = io.Copy(io.Discard, r)
	require.ErrorIs(t, err, errShutdown)
	require.NoError(t, r.Close())

	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrClosed)
}

// TestReaderContract has the standard library look at the reader.
func TestReaderContract(t *testing.T) {
	t.Parallel()

	content := noise(8, 50_000)
	faults := faulty(t)
	s := newStore(t, quick(), awstest.Through(faults))
	_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err)

	faults.Add(awstest.Fault{Operation: "GetObject", Times: 5, Cut: true, CutAt: 9_000})

	r, _, err := s.Open(t.Context(), "k", nil)
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(r, content))
	require.NoError(t, r.Close())
}
