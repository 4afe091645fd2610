package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/openapi/openapitest"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
)

// eventually waits until a condition holds.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()

	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()

	for deadline := time.After(time.Minute); !condition(); {
		select {
		case <-ticker.C:
		case <-deadline:
			require.Fail(t, "the condition never holds")
		}
	}
}

func TestRequestsUnderWayFinish(t *testing.T) {
	t.Parallel()

	data := t.TempDir()
	s := start(t, setting{args: []string{"-data", data}})
	created := s.create(t)

	source, sink := io.Pipe()

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, created["upload_url"].(string), source)
	require.NoError(t, err)

	var uploading errgroup.Group

	described := http.Client{Transport: openapitest.Transport(t, s.url, http.DefaultTransport)}

	uploading.Go(func() error {
		answer, err := described.Do(r)
		if err != nil {
			return err
		}

		if answer.StatusCode != http.StatusOK {
			return errors.New(answer.Status)
		}

		return answer.Body.Close()
	})

	half := len(shopCSV) / 2

	_, err = io.WriteString(sink, shopCSV[:half])
	require.NoError(t, err)

	// An upload in progress lies here, says package dirblob.
	eventually(t, func() bool {
		files, err := os.ReadDir(filepath.Join(data, "files", "~tmp"))

		return err == nil && len(files) > 0
	})

	stopped := make(chan int, 1)

	go func() { stopped <- s.stop() }()

	eventually(t, func() bool { return strings.Contains(s.log.String(), "msg=stopping") })

	_, err = io.WriteString(sink, shopCSV[half:])
	require.NoError(t, err)
	require.NoError(t, sink.Close())
	require.NoError(t, uploading.Wait())
	require.Equal(t, exitOK, <-stopped)

	again := start(t, setting{args: []string{"-data", data}})
	id := created["job_id"].(string)
	again.process(t, id, `{}`)
	require.Equal(t, [3]int64{2, 2, 2}, counts(t, again.await(t, id, ended)))
}

// brokenQueue is a queue that nothing can be received from.
type brokenQueue struct{ *memqueue.Queue }

var errBroken = errors.New("the queue is broken")

func (brokenQueue) Receive(context.Context) (queue.Delivery, error) { return nil, errBroken }

func TestAWorkerThatStopsStopsTheServer(t *testing.T) {
	t.Parallel()

	conf, err := parseConfig([]string{"-backend", "memory", "-addr", "127.0.0.1:0"}, func(string) string { return "" }, io.Discard)
	require.NoError(t, err)

	log := slog.New(slog.DiscardHandler)
	s, err := openStores(t.Context(), conf, log, time.Now)
	require.NoError(t, err)

	c, err := openCredentials(t.Context(), conf, log, time.Now)
	require.NoError(t, err)

	listener, err := listen(t.Context(), conf.addr)
	require.NoError(t, err)

	srv, err := newServer(conf, s, c, listener, nil, log, time.Now)
	require.NoError(t, err)

	messages, err := memqueue.New(nil)
	require.NoError(t, err)

	srv.worker, err = importer.NewWorker(importer.Ports{
		Jobs: s.jobs, Files: s.files, Queue: brokenQueue{messages},
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}, nil)
	require.NoError(t, err)

	err = srv.run(t.Context())
	require.ErrorIs(t, err, errBroken)

	var stderr buffer
	require.Equal(t, exitFailed, program{stderr: &stderr}.exit(err))
	require.Contains(t, stderr.String(), "the worker stopped")

	// Nothing serves any more.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.address+api.Base, nil)
	require.NoError(t, err)

	described := http.Client{Transport: openapitest.Transport(t, srv.address, http.DefaultTransport)}

	answer, err := described.Do(r)
	if err == nil {
		require.NoError(t, answer.Body.Close())
	}

	require.Error(t, err)
}
