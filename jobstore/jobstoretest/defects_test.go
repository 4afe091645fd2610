package jobstoretest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// planted is a defect, and a case that must find it.
type planted struct {
	name  string
	plant defect
	found string
}

func plantedDefects() []planted {
	return slices.Concat(recordDefects(), updateDefects(), listDefects(), cursorDefects(), expiryDefects(), userDefects())
}

func recordDefects() []planted {
	return []planted{
		{"create overwrites", func(f *faulty, _ func() time.Time) {
			f.create = func(ctx context.Context, j jobstore.Job) error {
				if err := f.sound.Create(ctx, j); !errors.Is(err, jobstore.ErrExists) {
					return err
				}

				if err := f.sound.Delete(ctx, j.ID); err != nil {
					return err
				}

				return f.sound.Create(ctx, j)
			}
		}, "create/refuses a taken id"},

		{"create is silent about a taken id", func(f *faulty, _ func() time.Time) {
			f.create = func(ctx context.Context, j jobstore.Job) error {
				if err := f.sound.Create(ctx, j); !errors.Is(err, jobstore.ErrExists) {
					return err
				}

				return nil
			}
		}, "create/one of many wins"},

		{"create takes any record", func(f *faulty, _ func() time.Time) {
			f.create = func(ctx context.Context, j jobstore.Job) error {
				if err := f.sound.Create(ctx, j); !errors.Is(err, jobstore.ErrInvalid) {
					return err
				}

				return nil
			}
		}, "create/refuses what no store can take"},

		{"version is the caller's", spoilReads(func(j *jobstore.Job) { j.Version += 76 }), "create/begins at version 1"},

		{"a missing record is an empty one", func(f *faulty, _ func() time.Time) {
			f.get = func(ctx context.Context, id string) (jobstore.Job, error) {
				job, err := f.sound.Get(ctx, id)
				if errors.Is(err, jobstore.ErrNotFound) {
					return jobstore.Job{}, nil
				}

				return job, err
			}
		}, "get/not found"},

		{"a field is not stored", spoilReads(func(j *jobstore.Job) { j.Warnings = nil }), "record/every field survives create"},

		{"a field is not stored by updates", spoilUpdates(func(j *jobstore.Job) { j.Failure = nil }), "record/every field survives update"},

		{"list leaves out a field", func(f *faulty, _ func() time.Time) {
			f.list = func(ctx context.Context, q jobstore.Query) (jobstore.Page, error) {
				page, err := f.sound.List(ctx, q)
				for i := range page.Jobs {
					page.Jobs[i].StatusHistory = nil
				}

				return page, err
			}
		}, "record/every field is listed"},

		{"microseconds", spoilReads(func(j *jobstore.Job) { j.CreatedAt = j.CreatedAt.Truncate(time.Microsecond) }), "record/times are UTC to the nanosecond"},

		{"local times", spoilReads(func(j *jobstore.Job) { j.CreatedAt = j.CreatedAt.In(time.FixedZone("IST", 19800)) }), "record/times are UTC to the nanosecond"},

		{"text is cut at NUL", spoilReads(func(j *jobstore.Job) {
			for i := range j.RecentErrors {
				j.RecentErrors[i].Name, _, _ = strings.Cut(j.RecentErrors[i].Name, "\x00")
			}
		}), "record/any text survives"},

		{"a cache hands out what it holds", func(f *faulty, _ func() time.Time) {
			var cache sync.Map

			f.get = func(ctx context.Context, id string) (jobstore.Job, error) {
				job, err := f.sound.Get(ctx, id)
				if err != nil {
					return job, err
				}

				cached, _ := cache.LoadOrStore(fmt.Sprint(id, job.Version), job)

				return cached.(jobstore.Job), nil
			}
		}, "alias/record handed out by get"},

		{"ids are folded", foldIDs(strings.ToLower), "keys/hostile ids are told apart"},
		{"ids are trimmed", foldIDs(strings.TrimSpace), "keys/hostile ids are told apart"},
		{"ids are cut", foldIDs(func(id string) string { return id[:min(len(id), 255)] }), "keys/hostile ids are told apart"},
		{"ids are paths", foldIDs(func(id string) string { return strings.TrimSuffix(id, "/") }), "keys/hostile ids are told apart"},
	}
}

func updateDefects() []planted {
	return []planted{
		{"update reads and writes in two steps", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				job, err := f.sound.Get(ctx, id)
				if err != nil {
					return jobstore.Job{}, err
				}

				for range 100 {
					runtime.Gosched()
				}

				if err := change(&job); err != nil {
					return jobstore.Job{}, err
				}

				return f.sound.Update(ctx, id, func(j *jobstore.Job) error {
					*j = job

					return nil
				})
			}
		}, "update/no increment is lost"},

		{"update returns the record as it was", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				before, err := f.sound.Get(ctx, id)
				if err != nil {
					return jobstore.Job{}, err
				}

				_, err = f.sound.Update(ctx, id, change)

				return before, err
			}
		}, "update/returns the record as written"},

		{"update wraps the error of change", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				job, err := f.sound.Update(ctx, id, change)
				if err != nil {
					err = fmt.Errorf("update %s: %w", id, err)
				}

				return job, err
			}
		}, "update/error of change is returned as it is"},

		{"update writes although change failed", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				var errChange error

				job, err := f.sound.Update(ctx, id, func(j *jobstore.Job) error {
					errChange = change(j)

					return nil
				})
				if errChange != nil {
					err = errChange
				}

				return job, err
			}
		}, "update/error of change is returned as it is"},

		{"update lets the creator change", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				return f.sound.Update(ctx, id, func(j *jobstore.Job) error {
					creator := j.CreatedByUserID
					err := change(j)
					j.CreatedByUserID = creator

					return err
				})
			}
		}, "update/identity cannot change"},

		{"a failed write counts as a version", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				job, err := f.sound.Update(ctx, id, change)
				if err != nil {
					_, _ = f.sound.Update(ctx, id, func(*jobstore.Job) error { return nil })
				}

				return job, err
			}
		}, "lease/a lost lease writes nothing"},

		{"a done context is ignored", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				return f.sound.Update(context.WithoutCancel(ctx), id, change)
			}
		}, "cancel/a done context writes nothing"},

		{"leases are not stored", func(f *faulty, _ func() time.Time) {
			f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
				return f.sound.Update(ctx, id, func(j *jobstore.Job) error {
					j.Lease.Owner = ""

					return change(j)
				})
			}
		}, "lease/one of many workers wins"},

		{"close does nothing", func(f *faulty, _ func() time.Time) {
			f.close = func() error { return nil }
		}, "close/later calls are refused"},

		{"close stops nobody", func(f *faulty, _ func() time.Time) {
			f.close = func() error { return nil }
		}, "close/while calls are running"},

		{"the last write before a restart is lost", func(f *faulty, _ func() time.Time) {
			// A store opened on existing records has lost one.
			page, err := f.sound.List(context.Background(), jobstore.Query{Limit: 1})
			if err == nil && len(page.Jobs) > 0 {
				_ = f.sound.Delete(context.Background(), page.Jobs[0].ID)
			}
		}, "reopen/everything is as it was"},
	}
}

// spoilReads spoils records on their way out of Get.
func spoilReads(spoil func(*jobstore.Job)) defect {
	return func(f *faulty, _ func() time.Time) {
		f.get = func(ctx context.Context, id string) (jobstore.Job, error) {
			job, err := f.sound.Get(ctx, id)
			if err == nil {
				spoil(&job)
			}

			return job, err
		}
	}
}

// spoilUpdates spoils records on their way into the store by Update.
func spoilUpdates(spoil func(*jobstore.Job)) defect {
	return func(f *faulty, _ func() time.Time) {
		f.update = func(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
			return f.sound.Update(ctx, id, func(j *jobstore.Job) error {
				err := change(j)
				spoil(j)

				return err
			})
		}
	}
}

// foldIDs stores records under a changed id.
func foldIDs(fold func(string) string) defect {
	return func(f *faulty, _ func() time.Time) {
		f.create = func(ctx context.Context, j jobstore.Job) error {
			j.ID = fold(j.ID)

			return f.sound.Create(ctx, j)
		}
		f.get = func(ctx context.Context, id string) (jobstore.Job, error) {
			return f.sound.Get(ctx, fold(id))
		}
	}
}
