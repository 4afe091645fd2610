package importer_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/lognotify"
)

func TestTheEventTellsWhenTheImportRan(t *testing.T) {
	t.Parallel()

	e := newEngine(t)
	id := e.queued(manyRows(30), nil)

	e.clock.advance(time.Minute)
	e.hook(func(int64) error {
		e.clock.advance(time.Second)

		return nil
	})
	require.Equal(t, importer.RunEnded, e.run(id))

	event := e.told.got()[0]
	job := e.job(id)
	require.Equal(t, job.CreatedAt.Add(time.Minute), event.StartedAt)
	require.Equal(t, job.CompletedAt, event.CompletedAt)
	require.True(t, event.CompletedAt.After(event.StartedAt))
}

func TestTheEventTellsWhatEnded(t *testing.T) {
	t.Parallel()

	e := newStoreEngine(t)
	start, err := e.service().StartBatch(t.Context(), owner, importer.BatchRequest{JobIDs: []string{
		e.upload("name,category,quantity\nTea,Drinks,1\nTea,Drinks,2\n"), e.upload("Rajesh,9876543210\nMeera,9876543211\n"),
	}})
	require.NoError(t, err)

	for _, one := range start.Jobs {
		e.run(one.JobID)
	}

	events := e.told.got()
	require.Len(t, events, 2)
	require.Equal(t, &notify.InventoryCounts{Created: 1, Matched: 1, Updated: 1}, events[0].Inventory)
	require.Equal(t, &notify.InventoryCounts{}, events[1].Inventory)

	require.Equal(t, "column_missing", events[1].FailureCode)
	require.Contains(t, events[1].Message, "Rajesh", "whoever may read the file is helped by it")

	for _, event := range events {
		require.Equal(t, "store-1", event.StoreID)
		require.Equal(t, start.ID, event.BatchID)
	}

	// The notifier that writes to the log tells no cell.
	var log bytes.Buffer

	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	require.NoError(t, lognotify.New(logger).Notify(t.Context(), events[1]))
	require.Contains(t, log.String(), "failure_code=column_missing")
	require.NotContains(t, log.String(), "Rajesh")

	e.storeID = ""
	e.imported(twoProducts, nil)
	require.Nil(t, e.told.got()[2].Inventory)
	require.Empty(t, e.told.got()[2].FailureCode)
}
