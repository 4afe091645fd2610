package imagestore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/dirblob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stores are the stores of files that every test runs on.
func stores(t *testing.T) map[string]blob.Store {
	t.Helper()

	folder, err := dirblob.Open(t.TempDir(), &dirblob.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })

	return map[string]blob.Store{"memblob": memblob.New(nil), "dirblob": folder}
}

func read(t *testing.T, files blob.Store, key string) string {
	t.Helper()

	source, _, err := files.Open(t.Context(), key, nil)
	require.NoError(t, err)

	data, err := io.ReadAll(source)
	require.NoError(t, err)
	require.NoError(t, source.Close())

	return string(data)
}

func TestImagesAreKeptAndCopied(t *testing.T) {
	t.Parallel()

	for name, files := range stores(t) {
		s := imagestore.New(files, "https://img.example/images/", nil)

		url, err := s.Put(t.Context(), "prod_1/medium.jpg", []byte("one"))
		require.NoError(t, err, name)
		require.Equal(t, "https://img.example/images/prod_1/medium.jpg", url)

		url, err = s.Put(t.Context(), "prod_1/medium.jpg", []byte("other"))
		require.NoError(t, err, name)
		require.Equal(t, "https://img.example/images/prod_1/medium.jpg", url)

		url, err = s.Copy(t.Context(), "prod_1/medium.jpg", "prod_2/2/medium.jpg")
		require.NoError(t, err, name)
		require.Equal(t, "https://img.example/images/prod_2/2/medium.jpg", url)
		require.Equal(t, "other", read(t, files, "prod_2/2/medium.jpg"), name)

		url, err = s.Copy(t.Context(), "prod_1/medium.jpg", "prod_1/medium.jpg")
		require.NoError(t, err, name)
		require.Equal(t, "https://img.example/images/prod_1/medium.jpg", url)
		require.Equal(t, "other", read(t, files, "prod_1/medium.jpg"), name)
	}
}

func TestWhatIsNotStoredCannotBeCopied(t *testing.T) {
	t.Parallel()

	for name, files := range stores(t) {
		_, err := imagestore.New(files, "", nil).Copy(t.Context(), "prod_1/medium.jpg", "prod_2/medium.jpg")
		require.ErrorIs(t, err, imagepipe.ErrNotStored, name)

		_, err = files.Stat(t.Context(), "prod_2/medium.jpg")
		require.ErrorIs(t, err, blob.ErrNotFound, name)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()

	for name, files := range stores(t) {
		s := imagestore.New(files, "", &imagestore.Options{Deletes: 3})

		var keys []string

		for number := range 10 {
			for _, size := range imagepipe.Sizes() {
				key := imagepipe.Key("prod_1", number+1, size)
				keys = append(keys, key)

				url, err := s.Put(t.Context(), key, []byte("x"))
				require.NoError(t, err, name)
				require.Equal(t, key, url, "without a base the address is the key")
			}
		}

		_, err := s.Put(t.Context(), "prod_2/medium.jpg", []byte("x"))
		require.NoError(t, err, name)

		for range 2 { // what is gone is no error
			require.NoError(t, s.Delete(t.Context(), keys...), name)

			left, err := files.List(t.Context(), "", "", 0)
			require.NoError(t, err, name)
			require.Len(t, left, 1, name)
		}

		require.NoError(t, s.Delete(t.Context()), name)
	}
}

// recorder notes what a Put is asked for, and how many Deletes run at a time.
type recorder struct {
	blob.Store
	err error

	mu               sync.Mutex
	opts             []blob.PutOptions
	running, highest int
}

func (r *recorder) Put(ctx context.Context, key string, data io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	r.mu.Lock()
	r.opts = append(r.opts, *opts)
	r.mu.Unlock()

	return r.Store.Put(ctx, key, data, opts)
}

func (r *recorder) Delete(ctx context.Context, key string) error {
	r.mu.Lock()
	r.running++
	r.highest = max(r.highest, r.running)
	r.mu.Unlock()

	defer func() {
		r.mu.Lock()
		r.running--
		r.mu.Unlock()
	}()

	if r.err != nil {
		return r.err
	}

	return r.Store.Delete(ctx, key)
}

func TestImagesAreStoredToBeServed(t *testing.T) {
	t.Parallel()

	files := &recorder{Store: memblob.New(nil)}
	s := imagestore.New(files, "", nil)

	_, err := s.Put(t.Context(), "p/medium.jpg", []byte("x"))
	require.NoError(t, err)
	_, err = s.Copy(t.Context(), "p/medium.jpg", "q/medium.jpg")
	require.NoError(t, err)

	want := blob.PutOptions{ContentType: "image/jpeg", CacheControl: "public, max-age=31536000, immutable"}
	require.Equal(t, []blob.PutOptions{want, want}, files.opts)
}

func TestDeletesAreBounded(t *testing.T) {
	t.Parallel()

	files := &recorder{Store: memblob.New(nil)}
	keys := make([]string, 500)

	for i := range keys {
		keys[i] = fmt.Sprintf("p/%d/medium.jpg", i)
	}

	require.NoError(t, imagestore.New(files, "", &imagestore.Options{Deletes: 2}).Delete(t.Context(), keys...))
	require.LessOrEqual(t, files.highest, 2)

	files.err = errors.New("the store is away")
	require.ErrorIs(t, imagestore.New(files, "", nil).Delete(t.Context(), keys...), files.err)
}

func TestBadKeysAndEndedContexts(t *testing.T) {
	t.Parallel()

	ended, cancel := context.WithCancel(t.Context())
	cancel()

	for name, files := range stores(t) {
		s := imagestore.New(files, "", nil)

		_, err := s.Put(t.Context(), "../medium.jpg", nil)
		require.ErrorIs(t, err, blob.ErrInvalidKey, name)

		_, err = s.Put(ended, "p/medium.jpg", nil)
		require.ErrorIs(t, err, context.Canceled, name)

		_, err = s.Copy(ended, "p/medium.jpg", "q/medium.jpg")
		require.ErrorIs(t, err, context.Canceled, name)
		require.NotErrorIs(t, err, imagepipe.ErrNotStored, name)
	}
}
