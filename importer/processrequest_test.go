package importer_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestProcessOnce(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	s := e.service()
	id := e.upload(twoProducts)
	distinct := func() *importer.OptionsPatch { return &importer.OptionsPatch{BarcodeConflict: ptr("distinct")} }

	first, err := s.ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{Options: distinct(), IdempotencyKey: "k1"})
	require.NoError(t, err)
	require.Equal(t, "k1", first.StartKey.Key)
	require.EqualValues(t, 2, first.StartKey.EstimatedRows)

	again, err := s.ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{Options: distinct(), IdempotencyKey: "k1"})
	require.NoError(t, err)
	require.Equal(t, first, again)

	for name, options := range map[string]*importer.OptionsPatch{
		"no options": nil, "other options": {BarcodeConflict: ptr("duplicate")}, "a default that is named": {
			BarcodeConflict: ptr("distinct"), SkipDuplicates: ptr(true),
		},
	} {
		_, err = s.ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{Options: options, IdempotencyKey: "k1"})
		require.ErrorIs(t, err, importer.ErrState, name)
		requireCode(t, err, importer.ErrState, "idempotency_conflict")
	}

	// Another key, or none: the job is started already, which is harmless.
	for _, key := range []string{"k2", ""} {
		again, err = s.ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{IdempotencyKey: key})
		require.NoError(t, err)
		require.Equal(t, first, again)
	}

	// It holds when the job has ended, too.
	e.run(id)
	_, err = s.ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{IdempotencyKey: "k1"})
	requireCode(t, err, importer.ErrState, "idempotency_conflict")
}

func TestProcessOnceOfABadFile(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload("a,b\n1,2\n")

	for range 2 {
		_, err := e.service().ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{IdempotencyKey: "k"})
		requireCode(t, err, importer.ErrBadFile, "column_missing")
	}

	_, err := e.service().ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{
		IdempotencyKey: "k", Options: &importer.OptionsPatch{AutoVerify: ptr(true)},
	})
	requireCode(t, err, importer.ErrState, "idempotency_conflict")
}

func TestProcessOnceAtTheSameTime(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.upload(twoProducts)
	services := []*importer.Service{e.service(), e.service()}

	var wait sync.WaitGroup

	jobs, errs := make([]jobstore.Job, 16), make([]error, 16)

	for i := range jobs {
		wait.Go(func() {
			jobs[i], errs[i] = services[i%2].ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{IdempotencyKey: "k"})
		})
	}

	wait.Wait()

	for i := range jobs {
		require.NoError(t, errs[i])
		require.Equal(t, jobs[0], jobs[i])
	}

	require.Equal(t, 2, len(jobs[0].Audit), "it was started once")
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()

	for _, key := range []string{"a", "!", "~", "0d7b1c1e-2f5d-4b6e", strings.Repeat("x", importer.MaxIdempotencyKey)} {
		require.NoError(t, importer.CheckIdempotencyKey(key), key)
	}

	for _, key := range []string{" ", "a b", "a\n", "\x00", "\x7f", "ä", "\xff", strings.Repeat("x", importer.MaxIdempotencyKey+1)} {
		requireCode(t, importer.CheckIdempotencyKey(key), importer.ErrInvalid, "idempotency_key_invalid")

		e := newEngine(t)
		id := e.upload(twoProducts)
		_, err := e.service().ProcessOnce(t.Context(), owner, id, importer.ProcessRequest{IdempotencyKey: key})
		require.ErrorIs(t, err, importer.ErrInvalid)
		require.Equal(t, jobstore.StatusPendingUpload, e.job(id).Status)
	}
}
