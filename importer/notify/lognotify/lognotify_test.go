package lognotify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/lognotify"
)

func event() notify.Event {
	return notify.Event{
		ID:          "evt-1",
		JobID:       "admin_import_20250106_abc123",
		JobType:     "admin_product_import",
		Status:      "completed_with_errors",
		UserID:      "meera@example.org",
		Email:       "meera.rao@example.org",
		Filename:    "products.csv",
		TotalRows:   27_555,
		Successful:  24_486,
		Duplicates:  3_068,
		Errors:      1,
		CompletedAt: time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
	}
}

func TestNotifyWritesOneLine(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	e := event()
	e.StoreID, e.BatchID = "store-1", "batch_20250106_abc"
	e.FailureCode, e.Message = "column_missing", `The first row has "Rajesh Kumar".`
	e.Inventory = &notify.InventoryCounts{Created: 1, Matched: 2, Updated: 3}
	n := lognotify.New(slog.New(slog.NewJSONHandler(&out, nil)))
	require.NoError(t, n.Notify(t.Context(), e))
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("\n")))

	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	delete(line, "time")
	require.Equal(t, map[string]any{
		"level":        "INFO",
		"msg":          "import job ended",
		"event_id":     "evt-1",
		"job_id":       "admin_import_20250106_abc123",
		"job_type":     "admin_product_import",
		"status":       "completed_with_errors",
		"filename":     "products.csv",
		"total_rows":   27_555.0,
		"successful":   24_486.0,
		"duplicates":   3_068.0,
		"errors":       1.0,
		"completed_at": "2025-01-06T10:30:00Z",
		"store_id":     "store-1",
		"batch_id":     "batch_20250106_abc",
		"failure_code": "column_missing",
		"created":      1.0,
		"matched":      2.0,
		"updated":      3.0,
	}, line)
}

func TestNotifyKeepsPersonalDataOut(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	n := lognotify.New(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	require.NoError(t, n.Notify(t.Context(), event()))
	require.NotEmpty(t, out.String())
	require.NotContains(t, out.String(), "@")
	require.NotContains(t, out.String(), "meera")
}

func TestNotifyAfterShutdown(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	require.NoError(t, lognotify.New(slog.New(slog.NewTextHandler(&out, nil))).Notify(ctx, event()))
	require.NotEmpty(t, out.String())
}

func TestNilLoggerDiscards(t *testing.T) {
	t.Parallel()

	require.NoError(t, lognotify.New(nil).Notify(t.Context(), event()))
}

func ExampleNew() {
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}

		return a
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))

	err := lognotify.New(logger).Notify(context.Background(), notify.Event{
		ID:          "evt-1",
		JobID:       "admin_import_20250106_abc123",
		JobType:     "admin_product_import",
		Status:      "completed",
		Filename:    "products.csv",
		TotalRows:   100,
		Successful:  98,
		Duplicates:  2,
		CompletedAt: time.Date(2025, time.January, 6, 10, 30, 0, 0, time.UTC),
	})
	if err != nil {
		logger.Error("not notified", "error", err)
	}

	// Output:
	// level=INFO msg="import job ended" event_id=evt-1 job_id=admin_import_20250106_abc123 job_type=admin_product_import status=completed filename=products.csv total_rows=100 successful=98 duplicates=2 errors=0 completed_at=2025-01-06T10:30:00.000Z
}
