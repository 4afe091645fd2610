package jobstoretest_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func userDefects() []planted {
	return []planted{
		{"a user is updated in two steps", func(f *faulty, _ func() time.Time) {
			f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
				var mine jobstore.UserRecord

				if _, err := f.sound.UpdateUser(ctx, id, func(r *jobstore.UserRecord) error {
					mine = r.Clone()

					return nil
				}); err != nil {
					return jobstore.UserRecord{}, err
				}

				for range 100 {
					runtime.Gosched()
				}

				if err := change(&mine); err != nil {
					return jobstore.UserRecord{}, err
				}

				return f.sound.UpdateUser(ctx, id, func(r *jobstore.UserRecord) error {
					*r = mine

					return nil
				})
			}
		}, "user/no increment is lost"},

		{"a change of a user that fails is written", func(f *faulty, _ func() time.Time) {
			f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
				var errChange error

				record, err := f.sound.UpdateUser(ctx, id, func(r *jobstore.UserRecord) error {
					errChange = change(r)

					return nil
				})
				if errChange != nil {
					err = errChange
				}

				return record, err
			}
		}, "user/error of change is returned as it is"},

		{"the error of a user's change is wrapped", func(f *faulty, _ func() time.Time) {
			f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
				record, err := f.sound.UpdateUser(ctx, id, change)
				if err != nil {
					err = fmt.Errorf("update user: %w", err)
				}

				return record, err
			}
		}, "user/error of change is returned as it is"},

		{"users are jobs", func(f *faulty, now func() time.Time) {
			f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
				record, err := f.sound.UpdateUser(ctx, id, change)
				if err == nil {
					_ = f.sound.Create(ctx, jobstore.Job{ID: id, Status: jobstore.StatusQueued, CreatedAt: now()})
				}

				return record, err
			}
		}, "user/is no job"},

		{"a field of a user is not stored", spoilUsers(func(r *jobstore.UserRecord) { r.Day = "" }), "user/every field survives"},
		{"places of a user are not stored", spoilUsers(func(r *jobstore.UserRecord) { r.Places = nil }), "user/every field survives"},

		{"ids of users are folded", foldUsers(strings.ToLower), "user/hostile ids are told apart"},
		{"ids of users are cut", foldUsers(func(id string) string { return id[:min(len(id), 255)] }), "user/hostile ids are told apart"},

		{"a user survives nothing", func(f *faulty, _ func() time.Time) {
			records := map[string]bool{}

			f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
				return f.sound.UpdateUser(ctx, id, func(r *jobstore.UserRecord) error {
					if !records[id] {
						*r = jobstore.UserRecord{UserID: id}
					}

					records[id] = true

					return change(r)
				})
			}
		}, "user/outlives the process"},

		{"the context of a user's update is ignored", func(f *faulty, _ func() time.Time) {
			f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
				return f.sound.UpdateUser(context.WithoutCancel(ctx), id, change)
			}
		}, "user/a done context writes nothing"},
	}
}

// spoilUsers spoils the records of users on their way into the store.
func spoilUsers(spoil func(*jobstore.UserRecord)) defect {
	return func(f *faulty, _ func() time.Time) {
		f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
			return f.sound.UpdateUser(ctx, id, func(r *jobstore.UserRecord) error {
				err := change(r)
				spoil(r)

				return err
			})
		}
	}
}

// foldUsers stores the records of users under a changed id.
func foldUsers(fold func(string) string) defect {
	return func(f *faulty, _ func() time.Time) {
		f.user = func(ctx context.Context, id string, change func(*jobstore.UserRecord) error) (jobstore.UserRecord, error) {
			record, err := f.sound.UpdateUser(ctx, fold(id), func(r *jobstore.UserRecord) error {
				folded := r.UserID
				r.UserID = id
				err := change(r)
				r.UserID = folded

				return err
			})
			record.UserID = id

			return record, err
		}
	}
}
