package s3blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// read returns the content of key.
func read(t testing.TB, s blob.Store, key string) []byte {
	t.Helper()

	r, _, err := s.Open(t.Context(), key, nil)
	require.NoError(t, err)

	content, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())

	return content
}

// TestSizesAroundParts puts content of all sizes at which the way of storing it changes,
// from readers that deliver it in one piece, in many, and together with its end.
func TestSizesAroundParts(t *testing.T) {
	t.Parallel()

	const part = s3blob.MinPartSize

	content := noise(1, 3*part+1)
	s := newStore(t, &s3blob.Options{PartSize: part, Concurrency: 3})

	for _, size := range []int{0, 1, part - 1, part, part + 1, 2*part - 1, 2 * part, 3*part + 1} {
		for name, source := range map[string]func(io.Reader) io.Reader{
			"whole":  func(r io.Reader) io.Reader { return r },
			"pieces": func(r io.Reader) io.Reader { return iotest.HalfReader(struct{ io.Reader }{r}) },
			"end":    func(r io.Reader) io.Reader { return iotest.DataErrReader(r) },
		} {
			key := fmt.Sprintf("%s-%d", name, size)
			info, err := s.Put(t.Context(), key, source(bytes.NewReader(content[:size])), nil)
			require.NoError(t, err, key)
			require.EqualValues(t, size, info.Size, key)

			stat, err := s.Stat(t.Context(), key)
			require.NoError(t, err)
			require.Equal(t, stat.ETag, info.ETag, key)
			require.Equal(t, stat.Size, info.Size, key)
			requireContent(t, content[:size], read(t, s, key))
			require.NoError(t, s.Delete(t.Context(), key))
		}
	}

	require.Empty(t, s.uploads(t))
}

// TestHeadersAreKept wants what a browser is told, by both ways of storing.
func TestHeadersAreKept(t *testing.T) {
	t.Parallel()

	s := newStore(t, quick())

	for _, size := range []int{10, s3blob.MinPartSize + 1} {
		for _, opts := range []*blob.PutOptions{
			nil, {}, {ContentType: "image/jpeg", CacheControl: "public, max-age=86400"},
		} {
			_, err := s.Put(t.Context(), "k", bytes.NewReader(noise(1, size)), opts)
			require.NoError(t, err)

			head, err := s.client.HeadObject(t.Context(), &s3.HeadObjectInput{
				Bucket: &s.bucket, Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled,
			})
			require.NoError(t, err)

			contentType, cacheControl := "application/octet-stream", ""
			if opts != nil && opts.ContentType != "" {
				contentType, cacheControl = opts.ContentType, opts.CacheControl
			}

			require.Equal(t, contentType, aws.ToString(head.ContentType), "%d bytes", size)
			require.Equal(t, cacheControl, aws.ToString(head.CacheControl), "%d bytes", size)
			require.NotEmpty(t, aws.ToString(head.ChecksumCRC32), "%d bytes carried a checksum", size)
		}
	}
}

// TestDamagedOnTheWay changes a byte between client and server, which the checksum must
// show.
func TestDamagedOnTheWay(t *testing.T) {
	t.Parallel()

	for name, size := range map[string]int{"PutObject": 1000, "UploadPart": s3blob.MinPartSize + 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := newStore(t, quick(), awstest.Through(&damage{awstest.Transport(t), name}))
			_, err := s.Put(t.Context(), "k", bytes.NewReader(noise(1, size)), nil)
			require.Error(t, err)

			_, err = s.Stat(t.Context(), "k")
			require.ErrorIs(t, err, blob.ErrNotFound)
			require.Empty(t, s.uploads(t))
		})
	}
}

type damage struct {
	http.RoundTripper
	operation string
}

func (d *damage) RoundTrip(r *http.Request) (*http.Response, error) {
	if awstest.Operation(r) == d.operation {
		first := true
		body := r.Body
		r = r.Clone(r.Context())
		r.Body = struct {
			io.Reader
			io.Closer
		}{readerFunc(func(p []byte) (int, error) {
			n, err := body.Read(p)
			if first && n > 10 {
				p[10] ^= 1
				first = false
			}

			return n, err
		}), body}
	}

	return d.RoundTripper.RoundTrip(r)
}

// TestLostAnswers loses the answer to each call of a Put, after the server has done its
// work.
func TestLostAnswers(t *testing.T) {
	t.Parallel()

	for operation, size := range map[string]int{
		"PutObject":               1000,
		"UploadPart":              s3blob.MinPartSize + 1,
		"CompleteMultipartUpload": s3blob.MinPartSize + 1,
		"HeadObject":              s3blob.MinPartSize + 1,
	} {
		for _, times := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d times", operation, times), func(t *testing.T) {
				t.Parallel()

				content := noise(1, size)
				faults := faulty(t)
				s := newStore(t, quick(), awstest.Through(faults))
				fault := faults.Add(awstest.Fault{Operation: operation, Times: times, LoseAnswer: true})

				info, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
				require.NoError(t, err)
				require.Equal(t, times, fault.Hits())
				require.EqualValues(t, size, info.Size)
				requireContent(t, content, read(t, s, "k"))
				require.Empty(t, s.uploads(t))
			})
		}
	}
}

// TestCompletionThatIsNeverAnswered loses all answers to a completion: the object tells
// that it was made.
func TestCompletionThatIsNeverAnswered(t *testing.T) {
	t.Parallel()

	content := noise(1, s3blob.MinPartSize+1)
	faults := faulty(t)
	s := newStore(t, quick(), awstest.Through(faults))
	faults.Add(awstest.Fault{Operation: "CompleteMultipartUpload", Times: awstest.Always, LoseAnswer: true})

	_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err)
	requireContent(t, content, read(t, s, "k"))
}

// TestCompletionThatCannotBeLookedAt has S3 say that the upload is complete, and no more.
func TestCompletionThatCannotBeLookedAt(t *testing.T) {
	t.Parallel()

	content := noise(1, s3blob.MinPartSize+1)
	faults := faulty(t)
	s := newStore(t, quick(), awstest.Through(faults))
	fault := faults.Add(awstest.Fault{Operation: "HeadObject", Times: awstest.Always, Answer: awstest.S3Error(http.StatusForbidden, "AccessDenied")})

	info, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err)
	require.NotZero(t, fault.Hits())
	require.EqualValues(t, len(content), info.Size)
	faults.Clear()

	stat, err := s.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, stat.ETag, info.ETag)
	requireContent(t, content, read(t, s, "k"))
}

// TestCompletionAtTheLastMoment ends the context of a Put right after S3 has said that the
// upload is complete.
func TestCompletionAtTheLastMoment(t *testing.T) {
	t.Parallel()

	content := noise(1, s3blob.MinPartSize+1)
	ctx, cancel := context.WithCancelCause(t.Context())
	ending := &endAfter{RoundTripper: awstest.Transport(t), operation: "CompleteMultipartUpload", end: func() { cancel(errShutdown) }}
	s := newStore(t, quick(), awstest.Through(ending))

	info, err := s.Put(ctx, "k", bytes.NewReader(content), nil)
	require.ErrorIs(t, context.Cause(ctx), errShutdown, "it has ended")
	require.NoError(t, err)

	stat, err := s.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, "k", info.Key)
	require.Equal(t, stat.ETag, info.ETag)
	require.Equal(t, stat.Size, info.Size)
	require.NotZero(t, info.ModTime)
	requireContent(t, content, read(t, s, "k"))
}

// endAfter calls end when the answer to an operation has come as a whole.
type endAfter struct {
	http.RoundTripper
	operation string
	end       func()
}

func (e *endAfter) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := e.RoundTripper.RoundTrip(r)
	if err != nil || awstest.Operation(r) != e.operation {
		return answer, err
	}

	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}

	answer.Body = io.NopCloser(bytes.NewReader(body))

	e.end()

	return answer, nil
}

// TestCompletionThatFailsLate has the completion answer 200, as S3 does while it is at
// work, and an error after that.
func TestCompletionThatFailsLate(t *testing.T) {
	t.Parallel()

	late := awstest.S3Error(http.StatusOK, "InternalError")
	content := noise(1, s3blob.MinPartSize+1)
	faults := faulty(t)
	s := newStore(t, quick(), awstest.Through(faults))

	faults.Add(awstest.Fault{Operation: "CompleteMultipartUpload", Answer: late})

	_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err, "another attempt succeeds")
	require.NoError(t, s.Delete(t.Context(), "k"))

	faults.Add(awstest.Fault{Operation: "CompleteMultipartUpload", Times: awstest.Always, Answer: late})

	_, err = s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.Error(t, err)

	_, err = s.Stat(t.Context(), "k")
	require.ErrorIs(t, err, blob.ErrNotFound)
	require.Empty(t, s.uploads(t))
}

var errSource = errors.New("the source fails")

// TestAbandonedPuts ends a Put in every way there is, at every part, and wants nothing to
// be left and the old content to stay.
func TestAbandonedPuts(t *testing.T) {
	t.Parallel()

	const part = s3blob.MinPartSize

	content := noise(1, 3*part)

	for name, abandon := range map[string]func(t *testing.T, s bucketStore, faults *awstest.Faults, after int) error{
		"source fails": func(t *testing.T, s bucketStore, _ *awstest.Faults, after int) error {
			return putFrom(t.Context(), s, io.MultiReader(bytes.NewReader(content[:after]), iotest.ErrReader(errSource)), nil)
		},
		"source is cut off": func(t *testing.T, s bucketStore, _ *awstest.Faults, after int) error {
			return putFrom(t.Context(), s, io.MultiReader(bytes.NewReader(content[:after]), iotest.ErrReader(io.ErrUnexpectedEOF)), nil)
		},
		"too large": func(t *testing.T, s bucketStore, _ *awstest.Faults, after int) error {
			return putFrom(t.Context(), s, bytes.NewReader(content), &blob.PutOptions{MaxBytes: int64(after)})
		},
		"refused": func(t *testing.T, s bucketStore, _ *awstest.Faults, after int) error {
			return putFrom(t.Context(), s, bytes.NewReader(content[:after]), &blob.PutOptions{
				BeforeReplace: func(context.Context) error { return errShutdown },
			})
		},
		"cancelled": func(t *testing.T, s bucketStore, _ *awstest.Faults, after int) error {
			ctx, cancel := context.WithCancelCause(t.Context())

			err := putFrom(ctx, s, io.MultiReader(bytes.NewReader(content[:after]), readerFunc(func([]byte) (int, error) {
				cancel(errShutdown)

				return 0, io.EOF
			})), nil)
			require.ErrorIs(t, err, errShutdown)

			return err
		},
		"server fails": func(t *testing.T, s bucketStore, faults *awstest.Faults, after int) error {
			faults.Add(awstest.Fault{Operation: "UploadPart", Skip: after/part - 1, Times: awstest.Always,
				Answer: awstest.S3Error(http.StatusForbidden, "AccessDenied")})
			faults.Add(awstest.Fault{Operation: "PutObject", Answer: awstest.S3Error(http.StatusForbidden, "AccessDenied")})

			err := putFrom(t.Context(), s, bytes.NewReader(content[:after]), nil)
			require.ErrorIs(t, err, s3blob.ErrDenied)

			return err
		},
	} {
		for _, after := range []int{100, part, part + 1, 2*part + 5} {
			t.Run(fmt.Sprintf("%s after %d", name, after), func(t *testing.T) {
				t.Parallel()

				faults := faulty(t)
				s := newStore(t, quick(), awstest.Through(faults))
				_, err := s.Put(t.Context(), "k", strings.NewReader("old"), nil)
				require.NoError(t, err)

				require.Error(t, abandon(t, s, faults, after))
				faults.Clear()
				require.Equal(t, "old", string(read(t, s, "k")))
				require.Empty(t, s.uploads(t))
			})
		}
	}
}

// What is asked beyond the first abortion, for parts that were under way, may fail.
func TestAbortedOnceIsAborted(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		skip int
		want error
	}{"the first fails": {0, s3blob.ErrDenied}, "the second fails": {1, nil}} {
		faults := faulty(t)
		s := newStore(t, quick(), awstest.Through(faults))

		fault := faults.Add(awstest.Fault{
			Operation: "AbortMultipartUpload", Skip: c.skip, Times: awstest.Always, Answer: awstest.S3Error(http.StatusForbidden, "AccessDenied"),
		})
		source := io.MultiReader(bytes.NewReader(noise(1, s3blob.MinPartSize+1)), iotest.ErrReader(errSource))
		err := putFrom(t.Context(), s, source, nil)
		require.ErrorIs(t, err, errSource, name)
		require.Equal(t, 1, fault.Hits(), name)

		if c.want == nil {
			require.NotErrorIs(t, err, s3blob.ErrDenied, name)
			require.Empty(t, s.uploads(t), name)
		} else {
			require.ErrorIs(t, err, c.want, name)
		}
	}
}

func putFrom(ctx context.Context, s blob.Store, r io.Reader, opts *blob.PutOptions) error {
	_, err := s.Put(ctx, "k", r, opts)

	return err
}

// TestAbortIsTriedAgain has the abortion fail for a moment.
func TestAbortIsTriedAgain(t *testing.T) {
	t.Parallel()

	faults := faulty(t)
	s := newStore(t, quick(), awstest.Through(faults))
	fault := faults.Add(awstest.Fault{Operation: "AbortMultipartUpload", Answer: awstest.S3Error(503, "SlowDown")})

	err := putFrom(t.Context(), s, io.MultiReader(bytes.NewReader(noise(1, s3blob.MinPartSize)), iotest.ErrReader(errSource)), nil)
	require.ErrorIs(t, err, errSource)
	require.Equal(t, 1, fault.Hits())
	require.Empty(t, s.uploads(t))
}

// TestConcurrentParts wants parts to be under way side by side, as many as the options
// say and no more.
func TestConcurrentParts(t *testing.T) {
	t.Parallel()

	var now, most atomic.Int64

	together := make(chan struct{})
	gate := transportFunc(func(r *http.Request) (*http.Response, error) {
		if awstest.Operation(r) == "UploadPart" {
			n := now.Add(1)
			defer now.Add(-1)

			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}

			if n == 3 {
				select {
				case <-together:
				default:
					close(together)
				}
			}

			<-together // until three have met
		}

		return http.DefaultTransport.RoundTrip(r)
	})
	t.Cleanup(http.DefaultClient.CloseIdleConnections)

	content := noise(1, 6*s3blob.MinPartSize)
	s := newStore(t, &s3blob.Options{PartSize: s3blob.MinPartSize, Concurrency: 3}, awstest.Through(gate))
	_, err := s.Put(t.Context(), "k", bytes.NewReader(content), nil)
	require.NoError(t, err)
	require.EqualValues(t, 3, most.Load())
	requireContent(t, content, read(t, s, "k"))
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestMemoryIsBounded sends a gibibyte through Put and Open.
//
// It does not run in parallel: it measures the heap.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("moves a gibibyte twice")
	}

	const (
		size  = 1 << 30
		bound = 120 << 20
	)

	s := newStore(t, &s3blob.Options{PartSize: 8 << 20, Concurrency: 4})
	block := noise(1, 1<<20)

	var peak uint64

	measure := func() {
		var stats runtime.MemStats

		runtime.ReadMemStats(&stats)
		peak = max(peak, stats.HeapAlloc)
	}

	pos := 0
	_, err := s.Put(t.Context(), "k", io.LimitReader(readerFunc(func(p []byte) (int, error) {
		n := copy(p, block[pos:])
		pos = (pos + n) % len(block)

		if pos == 0 {
			measure()
		}

		return n, nil
	}), size), nil)
	require.NoError(t, err)

	r, info, err := s.Open(t.Context(), "k", nil)
	require.NoError(t, err)
	require.EqualValues(t, size, info.Size)

	got := make([]byte, len(block))
	for range size / len(block) {
		_, err := io.ReadFull(r, got)
		require.NoError(t, err)
		requireContent(t, block, got)
		measure()
	}

	_, err = r.Read(got)
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, r.Close())
	t.Logf("heap at most %d MiB", peak>>20)
	require.Less(t, peak, uint64(bound))
}
