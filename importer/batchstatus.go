package importer

import "github.com/vyapaarai/bulkimport/jobstore"

// batchStatus is the status of jobs together; see Batch.Status.
func batchStatus(jobs []jobstore.Job) jobstore.Status {
	count := map[jobstore.Status]int{}
	for i := range jobs {
		count[jobs[i].Status]++
	}

	waiting := count[jobstore.StatusPendingUpload]
	active := count[jobstore.StatusQueued] + count[jobstore.StatusProcessing]

	switch {
	case active > 0 && count[jobstore.StatusQueued]+waiting == len(jobs):
		return jobstore.StatusQueued
	case active > 0:
		return jobstore.StatusProcessing
	case waiting > 0:
		return jobstore.StatusPendingUpload
	case count[jobs[0].Status] == len(jobs):
		return jobs[0].Status
	}

	return jobstore.StatusCompletedWithErrors
}

// batchProgress adds up the progress of jobs. The percentage is that of all rows
// together, as far as they are known.
func batchProgress(jobs []jobstore.Job) jobstore.Progress {
	total := jobstore.Progress{TotalIsExact: true}
	weighted, sumOfParts := 0.0, 0.0

	for i := range jobs {
		p := &jobs[i].Progress
		total.TotalRows += p.TotalRows
		total.TotalIsExact = total.TotalIsExact && p.TotalIsExact
		addProgress(&total, p)

		weighted += p.Percentage * float64(p.TotalRows)
		sumOfParts += p.Percentage
	}

	total.Percentage = sumOfParts / float64(len(jobs))
	if total.TotalRows > 0 && total.Percentage < 100 {
		// A job whose rows are not known yet has no weight, but is not done either.
		total.Percentage = min(weighted/float64(total.TotalRows), 99.9)
	}

	return total
}
