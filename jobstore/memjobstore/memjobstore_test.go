package memjobstore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/jobstoretest"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

func TestConformance(t *testing.T) {
	t.Parallel()

	jobstoretest.Run(t, jobstoretest.Harness{
		New: func(t testing.TB, now func() time.Time) jobstore.Store {
			s := memjobstore.New(&memjobstore.Options{Now: now})
			t.Cleanup(func() { require.NoError(t, s.Close()) })

			return s
		},
	})
}

func TestDefaultClock(t *testing.T) {
	t.Parallel()

	for name, opts := range map[string]*memjobstore.Options{"no options": nil, "zero options": {}} {
		s := memjobstore.New(opts)

		job := jobstore.Job{ID: "a", Status: jobstore.StatusQueued, CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}
		require.NoError(t, s.Create(t.Context(), job), name)

		_, err := s.Get(t.Context(), "a")
		require.NoError(t, err, name)

		job.ID, job.ExpiresAt = "b", time.Now().Add(-time.Hour)
		require.NoError(t, s.Create(t.Context(), job), name)

		_, err = s.Get(t.Context(), "b")
		require.ErrorIs(t, err, jobstore.ErrNotFound, name)
	}
}

func ExampleNew() {
	ctx := context.Background()
	store := memjobstore.New(nil)

	for i, user := range []string{"asha", "ravi", "asha"} {
		err := store.Create(ctx, jobstore.Job{
			ID:              fmt.Sprintf("admin_import_%d", i+1),
			Type:            jobstore.TypeAdminProductImport,
			CreatedByUserID: user,
			Status:          jobstore.StatusPendingUpload,
			CreatedAt:       time.Date(2025, time.January, 6, 9, i, 0, 0, time.UTC),
		})
		if err != nil {
			fmt.Println(err)

			return
		}
	}

	page, err := store.List(ctx, jobstore.Query{CreatedBy: "asha"})
	if err != nil {
		fmt.Println(err)

		return
	}

	for _, job := range page.Jobs {
		fmt.Println(job.ID, job.Status)
	}
	// Output:
	// admin_import_3 pending_upload
	// admin_import_1 pending_upload
}
