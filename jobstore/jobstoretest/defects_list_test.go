package jobstoretest_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

func listDefects() []planted {
	// all reads every job that q selects.
	all := func(ctx context.Context, f *faulty, q jobstore.Query) ([]jobstore.Job, error) {
		var jobs []jobstore.Job

		q.Limit = jobstore.MaxPage
		for {
			page, err := f.sound.List(ctx, q)
			if err != nil {
				return nil, err
			}

			jobs = append(jobs, page.Jobs...)

			if q.Cursor = page.Next; q.Cursor == "" {
				return jobs, nil
			}
		}
	}
	// sorted lists in another order, in one page.
	sorted := func(less func(a, b *jobstore.Job) int) defect {
		return func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				jobs, err := all(ctx, f, q)
				slices.SortStableFunc(jobs, func(a, b jobstore.Job) int { return less(&a, &b) })

				return jobstore.Page{Jobs: jobs}, err
			}
		}
	}
	// queried lists by another query.
	queried := func(change func(q *jobstore.Query)) defect {
		return func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				change(&q)

				return f.sound.List(ctx, q)
			}
		}
	}

	return []planted{
		{"oldest first", sorted(func(a, b *jobstore.Job) int { return a.CreatedAt.Compare(b.CreatedAt) }), "list/newest first"},
		{"by whole seconds", sorted(func(a, b *jobstore.Job) int {
			return b.CreatedAt.Truncate(time.Second).Compare(a.CreatedAt.Truncate(time.Second))*2 + strings.Compare(b.ID, a.ID)
		}), "list/newest first"},
		{"ties ascending", sorted(func(a, b *jobstore.Job) int {
			return b.CreatedAt.Compare(a.CreatedAt)*2 + strings.Compare(a.ID, b.ID)
		}), "list/equal times by id"},
		{"creator is ignored", queried(func(q *jobstore.Query) { q.CreatedBy = "" }), "list/each filter, and all together"},
		{"store is ignored", queried(func(q *jobstore.Query) { q.StoreID = "" }), "list/each filter, and all together"},
		{"type is ignored", queried(func(q *jobstore.Query) { q.Type = "" }), "list/each filter, and all together"},
		{"only the first filter counts", queried(func(q *jobstore.Query) {
			if q.CreatedBy != "" {
				q.Status, q.Type = "", ""
			}
		}), "list/each filter, and all together"},

		{"creator is a prefix", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				prefix := q.CreatedBy
				q.CreatedBy = ""
				jobs, err := all(ctx, f, q)

				return jobstore.Page{Jobs: slices.DeleteFunc(jobs, func(j jobstore.Job) bool {
					return !strings.HasPrefix(j.CreatedByUserID, prefix)
				})}, err
			}
		}, "keys/hostile creators are told apart"},

		{"the status index keeps old entries", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				status := q.Status
				q.Status = ""
				jobs, err := all(ctx, f, q)

				return jobstore.Page{Jobs: slices.DeleteFunc(jobs, func(j jobstore.Job) bool {
					return status != "" && !slices.ContainsFunc(j.StatusHistory, func(c jobstore.StatusChange) bool { return c.Status == status })
				})}, err
			}
		}, "list/status follows updates"},

		{"limits are clipped", queried(func(q *jobstore.Query) { q.Limit = max(0, min(q.Limit, jobstore.MaxPage)) }), "list/limits"},
		{"a page is one job too long", queried(func(q *jobstore.Query) { q.Limit = min(q.Limit+1, jobstore.MaxPage) }), "list/limits"},
		{"list ends at the first page", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				page, err := f.sound.List(ctx, q)
				page.Next = ""

				return page, err
			}
		}, "list/limits"},
		{"an unknown status selects nothing", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				if q.Status != "" && !slices.Contains(jobstore.Statuses(), q.Status) {
					return jobstore.Page{}, nil
				}

				return f.sound.List(ctx, q)
			}
		}, "list/unknown status"},
	}
}

func cursorDefects() []planted {
	return []planted{
		{"cursors count jobs", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				skip := 0
				if q.Cursor != "" {
					if _, err := fmt.Sscanf(q.Cursor, "skip-%d.", &skip); err != nil {
						return jobstore.Page{}, jobstore.ErrInvalid
					}
				}

				limit := q.Limit
				q.Cursor, q.Limit = "", 0

				page, err := f.sound.List(ctx, q)
				if err != nil {
					return jobstore.Page{}, err
				}

				page.Jobs = page.Jobs[min(skip, len(page.Jobs)):]
				if limit > 0 && len(page.Jobs) > limit {
					page.Jobs, page.Next = page.Jobs[:limit], fmt.Sprintf("skip-%d.", skip+limit)
				}

				return page, nil
			}
		}, "cursor/jobs created between pages"},

		{"a cursor fits every query", func(f *faulty, _ func() time.Time) {
			// The filters travel in the cursor, and those of the query are forgotten.
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				if q.Cursor != "" {
					data, err := base64.URLEncoding.DecodeString(q.Cursor)
					if err != nil {
						return jobstore.Page{}, jobstore.ErrInvalid
					}

					parts := strings.Split(string(data), "\x00")
					if len(parts) != 4 {
						return jobstore.Page{}, jobstore.ErrInvalid
					}

					q.CreatedBy, q.Status, q.Type, q.Cursor = parts[0], jobstore.Status(parts[1]), jobstore.Type(parts[2]), parts[3]
				}

				page, err := f.sound.List(ctx, q)
				if page.Next != "" {
					page.Next = base64.URLEncoding.EncodeToString([]byte(strings.Join([]string{q.CreatedBy, string(q.Status), string(q.Type), page.Next}, "\x00")))
				}

				return page, err
			}
		}, "cursor/of another query is refused"},

		{"a bad cursor begins again", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				page, err := f.sound.List(ctx, q)
				if errors.Is(err, jobstore.ErrInvalid) && q.Cursor != "" {
					q.Cursor = ""

					return f.sound.List(ctx, q)
				}

				return page, err
			}
		}, "cursor/that is none is refused"},

		{"line breaks in a cursor are passed over", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				q.Cursor = strings.Trim(q.Cursor, "\r\n")

				return f.sound.List(ctx, q)
			}
		}, "cursor/that is none is refused"},
	}
}

func expiryDefects() []planted {
	return []planted{
		{"a record lives until it is swept", func(f *faulty, now func() time.Time) {
			start := now()
			f.use(memjobstore.New(&memjobstore.Options{Now: func() time.Time { return start }}))
		}, "expiry/an expired record is gone"},

		{"expiry is a nanosecond late", func(f *faulty, now func() time.Time) {
			f.get = func(ctx context.Context, id string) (jobstore.Job, error) {
				job, err := f.sound.Get(ctx, id)
				if errors.Is(err, jobstore.ErrNotFound) {
					ids, _ := f.sound.Expired(ctx, now(), 1)
					before, _ := f.sound.Expired(ctx, now().Add(-1), 1)

					if slices.Contains(ids, id) && !slices.Contains(before, id) {
						return jobstore.Job{ID: id}, nil
					}
				}

				return job, err
			}
		}, "expiry/an expired record is gone"},

		{"the id of an expired record is taken", func(f *faulty, now func() time.Time) {
			f.create = func(ctx context.Context, j jobstore.Job) error {
				if ids, _ := f.sound.Expired(ctx, now(), 1000); slices.Contains(ids, j.ID) {
					return jobstore.ErrExists
				}

				return f.sound.Create(ctx, j)
			}
		}, "expiry/its id is free"},

		{"an expired record ends a list", func(f *faulty, now func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				page, err := f.sound.List(ctx, q)
				if ids, _ := f.sound.Expired(ctx, now(), 1); len(ids) > 0 {
					page.Next = ""
				}

				return page, err
			}
		}, "expiry/expired records do not end a list"},

		{"expired ids in their own order", func(f *faulty, _ func() time.Time) {
			f.expired = func(ctx context.Context, t time.Time, limit int) ([]string, error) {
				ids, err := f.sound.Expired(ctx, t, limit)
				slices.Sort(ids)

				return ids, err
			}
		}, "sweep/oldest expiry first"},

		{"expired ids without a limit", func(f *faulty, _ func() time.Time) {
			f.expired = func(ctx context.Context, t time.Time, _ int) ([]string, error) {
				return f.sound.Expired(ctx, t, 1000)
			}
		}, "sweep/limits"},

		{"expired before their time", func(f *faulty, _ func() time.Time) {
			f.expired = func(ctx context.Context, t time.Time, limit int) ([]string, error) {
				return f.sound.Expired(ctx, t.Add(time.Second), limit)
			}
		}, "sweep/oldest expiry first"},

		{"delete of nothing is an error", func(f *faulty, _ func() time.Time) {
			f.delete = func(ctx context.Context, id string) error {
				if ids, _ := f.sound.Expired(ctx, time.Unix(1<<40, 0), 1000); !slices.Contains(ids, id) {
					return jobstore.ErrNotFound
				}

				return f.sound.Delete(ctx, id)
			}
		}, "sweep/delete leaves nothing behind"},

		{"delete spares the living", func(f *faulty, now func() time.Time) {
			f.delete = func(ctx context.Context, id string) error {
				if ids, _ := f.sound.Expired(ctx, now(), 1000); !slices.Contains(ids, id) {
					return nil
				}

				return f.sound.Delete(ctx, id)
			}
		}, "sweep/delete of a record that has not expired"},
	}
}
