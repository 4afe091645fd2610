package importer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
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
