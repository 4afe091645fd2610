package jobstore_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// A worker takes a job and commits its progress. When it stalls for longer than
// its lease, another takes over, and the first can no longer write.
func ExampleAcquire() {
	ctx := context.Background()
	now := time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC)
	store := memjobstore.New(&memjobstore.Options{Now: func() time.Time { return now }})

	err := store.Create(ctx, jobstore.Job{
		ID:              "admin_import_20250106_abc123",
		Type:            jobstore.TypeAdminProductImport,
		CreatedByUserID: "asha",
		Status:          jobstore.StatusQueued,
		CreatedAt:       now,
	})
	if err != nil {
		fmt.Println(err)

		return
	}

	commit := func(h *jobstore.Holder, rows int64) {
		job, err := h.Update(ctx, now, func(j *jobstore.Job) error {
			j.Progress.ProcessedRows += rows

			return nil
		})
		if errors.Is(err, jobstore.ErrLeaseLost) {
			fmt.Println("epoch", h.Epoch(), "has lost its lease")

			return
		}

		fmt.Println("epoch", h.Epoch(), "processed", job.Progress.ProcessedRows)
	}

	first, job, _, err := jobstore.Acquire(ctx, store, "admin_import_20250106_abc123", "worker-1", time.Minute, now)
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println(job.Status)
	commit(first, 1000)

	now = now.Add(2 * time.Minute)

	second, _, unclean, err := jobstore.Acquire(ctx, store, job.ID, "worker-2", time.Minute, now)
	if err != nil {
		fmt.Println(err)

		return
	}

	fmt.Println("unclean:", unclean)
	commit(first, 1000)
	commit(second, 500)
	// Output:
	// processing
	// epoch 1 processed 1000
	// unclean: true
	// epoch 1 has lost its lease
	// epoch 2 processed 1500
}

// A status changes along the life cycle only.
func ExampleJob_Transition() {
	now := time.Date(2025, time.January, 6, 9, 30, 0, 0, time.UTC)
	job := jobstore.Job{ID: "admin_import_20250106_abc123", Status: jobstore.StatusQueued}

	fmt.Println(job.Transition(jobstore.StatusProcessing, now, "worker-1"))
	fmt.Println(job.Transition(jobstore.StatusQueued, now, "worker-1"))
	fmt.Println(job.Status, len(job.StatusHistory))
	// Output:
	// <nil>
	// jobstore: status change not allowed: job admin_import_20250106_abc123 cannot go from processing to queued
	// processing 1
}
