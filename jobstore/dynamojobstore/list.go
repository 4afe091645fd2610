package dynamojobstore

import (
	"context"
	"fmt"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/internal/position"
)

// maxExamined bounds how many index entries one call of List looks at, where few of the
// jobs pass all filters: its page may then be short.
const maxExamined = 1000

// List implements jobstore.Store. Which index it reads, how far that may be behind, and
// what it costs is in the package comment.
func (s *Store) List(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
	if err := ctx.Err(); err != nil {
		return jobstore.Page{}, fmt.Errorf("dynamojobstore: %w", err)
	}

	q, err := q.Prepare()
	if err != nil {
		return jobstore.Page{}, err
	}

	after, err := parseCursor(q)
	if err != nil {
		return jobstore.Page{}, err
	}

	var (
		page    jobstore.Page
		places  []place // of the jobs of the page
		sources = sourcesOf(q)
		now     = s.now()
	)

	// One more than there is room for says whether anything follows.
	for examined, n := 0, q.Limit+1; ; n = jobstore.MaxPage {
		entries, more, err := s.entries(ctx, sources, after, n)
		if err != nil {
			return jobstore.Page{}, fmt.Errorf("dynamojobstore: list: %w", err)
		}

		jobs, err := s.jobs(ctx, entries)
		if err != nil {
			return jobstore.Page{}, fmt.Errorf("dynamojobstore: list: %w", err)
		}

		for _, p := range entries {
			job, exists := jobs[p.id]
			if !exists || job.Expired(now) || !q.Matches(&job) {
				continue
			}

			if len(page.Jobs) == q.Limit {
				page.Next = places[q.Limit-1].cursor(q)

				return page, nil
			}

			page.Jobs, places = append(page.Jobs, job), append(places, p)
		}

		if !more {
			return page, nil
		}

		after = &entries[len(entries)-1]
		examined += len(entries)

		if examined >= maxExamined {
			page.Next = after.cursor(q)

			return page, nil
		}
	}
}

// jobs reads the records behind index entries. Those that have gone in the meantime, and
// those that are unreadable, are left out.
func (s *Store) jobs(ctx context.Context, entries []place) (map[string]jobstore.Job, error) {
	const requests = 2 // of up to 100 keys: a page, and what may follow

	keys := make([]dynamo.Item, len(entries))
	for i := range entries {
		keys[i] = keyOf(entries[i].id)
	}

	items, err := dynamo.BatchGet(ctx, s.client, s.busy, s.table, keys, dynamo.Read{Concurrency: requests})
	if err != nil {
		return nil, err
	}

	jobs := make(map[string]jobstore.Job, len(items))

	for _, item := range items {
		id, _ := dynamo.Text(item[dynamo.JobID])

		job, err := decodeJob(item)
		if err != nil {
			// One item that somebody else has spoilt must not hide all jobs.
			s.log.WarnContext(ctx, "job is left out of a list", "job_id", id, "error", err)

			continue
		}

		jobs[id] = job
	}

	return jobs, nil
}

// cursor returns the cursor of the page of q that begins behind p.
func (p *place) cursor(q jobstore.Query) string {
	return position.CursorAt(q, p.append(nil))
}

// parseCursor returns the place in the cursor of q, nil where it has none.
func parseCursor(q jobstore.Query) (*place, error) {
	if q.Cursor == "" {
		return nil, nil
	}

	encoded, err := position.ParseCursorAt(q)
	if err != nil {
		return nil, err
	}

	p, err := parsePlace(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: cursor: %w", jobstore.ErrInvalid, err)
	}

	return &p, nil
}
