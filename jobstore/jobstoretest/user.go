package jobstoretest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func userCases() []testCase {
	return []testCase{
		{"user/the first record is empty", testUserFirst},
		{"user/every field survives", testUserRoundTrip},
		{"user/version counts writes", testUserVersion},
		{"user/error of change is returned as it is", testUserError},
		{"user/the id cannot change", testUserIdentity},
		{"user/refuses ids that no store can take", testUserInvalid},
		{"user/hostile ids are told apart", testUserHostile},
		{"user/is no job", testUserIsNoJob},
		{"user/records share nothing", testUserAlias},
		{"user/no increment is lost", testUserCounter},
		{"user/a done context writes nothing", testUserCancelled},
		{"user/calls after close are refused", testUserClosed},
		{"user/outlives the process", testUserReopen},
	}
}

// users returns the store as a jobstore.UserRecords, or skips the case.
func (e *env) users() jobstore.UserRecords {
	e.Helper()

	if e.harness.NoUserRecords {
		e.Skip("the store keeps no records of users")
	}

	u, ok := e.store.(jobstore.UserRecords)
	require.True(e, ok, "the store is no jobstore.UserRecords, and its harness does not say NoUserRecords")

	return u
}

// updateUser changes the record of a user.
func (e *env) updateUser(id string, change func(*jobstore.UserRecord)) jobstore.UserRecord {
	e.Helper()

	record, err := e.users().UpdateUser(e.Context(), id, func(r *jobstore.UserRecord) error {
		change(r)

		return nil
	})
	require.NoError(e, err, "UpdateUser(%.20q)", id)

	return record
}

// getUser returns the record of a user, without a write.
func (e *env) getUser(id string) (record jobstore.UserRecord) {
	e.Helper()

	errRead := errors.New("only looking")

	_, err := e.users().UpdateUser(e.Context(), id, func(r *jobstore.UserRecord) error {
		record = r.Clone()

		return errRead
	})
	require.True(e, err == errRead, "the error of change came back as %#v", err)

	return record
}

// fullUser returns a record in which every field, found by reflection, has a value of
// its own, with times in a zone other than UTC.
func (e *env) fullUser(id string) jobstore.UserRecord {
	e.Helper()

	record := jobstore.UserRecord{}
	filler := filler{zone: time.FixedZone("IST", 5*3600+1800)}
	require.NoError(e, filler.fill(reflect.ValueOf(&record).Elem(), "User"))

	record.UserID = id

	return record
}

func (e *env) requireUser(want, got jobstore.UserRecord) {
	e.Helper()

	want, got = want.Clone(), got.Clone()
	canonical(e, reflect.ValueOf(&want).Elem(), true)
	canonical(e, reflect.ValueOf(&got).Elem(), false)
	require.Equal(e, want, got)
}

func testUserFirst(e *env) {
	e.requireUser(jobstore.UserRecord{UserID: "asha"}, e.getUser("asha"))

	// Looking wrote nothing.
	got := e.updateUser("asha", func(r *jobstore.UserRecord) {
		e.requireUser(jobstore.UserRecord{UserID: "asha"}, *r)
	})
	e.requireUser(jobstore.UserRecord{UserID: "asha", Version: 1}, got)
}

func testUserRoundTrip(e *env) {
	got := e.updateUser("asha", func(r *jobstore.UserRecord) { *r = e.fullUser("asha") })

	want := e.fullUser("asha")
	want.Version = 1
	e.requireUser(want, got)
	e.requireUser(want, e.getUser("asha"))

	got = e.updateUser("asha", func(r *jobstore.UserRecord) { *r = jobstore.UserRecord{UserID: "asha"} })
	e.requireUser(jobstore.UserRecord{UserID: "asha", Version: 2}, got)
	e.requireUser(got, e.getUser("asha"))
}

func testUserVersion(e *env) {
	for want := int64(1); want < 5; want++ {
		got := e.updateUser("asha", func(r *jobstore.UserRecord) { r.Version = 99 })
		require.Equal(e, want, got.Version)
		require.Equal(e, want, e.getUser("asha").Version)
	}
}

func testUserError(e *env) {
	before := e.updateUser("asha", func(r *jobstore.UserRecord) { r.JobsOfDay = 1 })
	errChange := errors.New("not today")

	_, err := e.users().UpdateUser(e.Context(), "asha", func(r *jobstore.UserRecord) error {
		r.JobsOfDay = 2

		return errChange
	})
	require.True(e, err == errChange, "the error of change came back as %#v", err)
	e.requireUser(before, e.getUser("asha"))
}

func testUserIdentity(e *env) {
	before := e.updateUser("asha", func(r *jobstore.UserRecord) { r.JobsOfDay = 1 })

	_, err := e.users().UpdateUser(e.Context(), "asha", func(r *jobstore.UserRecord) error {
		r.UserID = "ravi"

		return nil
	})
	require.ErrorIs(e, err, jobstore.ErrInvalid)
	e.requireUser(before, e.getUser("asha"))
	e.requireUser(jobstore.UserRecord{UserID: "ravi"}, e.getUser("ravi"))
}

func testUserInvalid(e *env) {
	for name, id := range map[string]string{
		"empty": "", "too long": strings.Repeat("x", jobstore.MaxKeyBytes+1), "not UTF-8": "a\xff",
	} {
		_, err := e.users().UpdateUser(e.Context(), id, func(*jobstore.UserRecord) error { return nil })
		require.ErrorIs(e, err, jobstore.ErrInvalid, name)
	}
}

func testUserHostile(e *env) {
	ids := hostileKeys()

	for i, id := range ids {
		e.updateUser(id, func(r *jobstore.UserRecord) { r.Day, r.JobsOfDay = id, int64(i) })
	}

	for i, id := range ids {
		e.requireUser(jobstore.UserRecord{UserID: id, Day: id, JobsOfDay: int64(i), Version: 1}, e.getUser(id))
	}
}

func testUserIsNoJob(e *env) {
	users := e.users()

	e.create(e.job("same"))
	job := e.get("same")

	for _, id := range []string{"same", "user-1", "asha"} {
		e.updateUser(id, func(r *jobstore.UserRecord) { *r = e.fullUser(id) })
	}

	e.requireJob(job, e.get("same"))
	e.requireMissing("asha")
	e.requireList(jobstore.Query{}, "same")
	e.requireList(jobstore.Query{CreatedBy: "user-1"}, "same")

	// A job with the id of a user can be created, and is no change to the user.
	e.create(e.job("asha"))
	require.Equal(e, int64(1), e.getUser("asha").Version)

	if e.harness.NoExpirer {
		return
	}

	require.NoError(e, e.expirer().Delete(e.Context(), "same"))
	e.requireExpired(e.clock.Now().AddDate(100, 0, 0), 10)
	require.Equal(e, int64(1), e.getUser("same").Version)

	_, err := users.UpdateUser(e.Context(), "same", func(*jobstore.UserRecord) error { return nil })
	require.NoError(e, err)
}

func testUserAlias(e *env) {
	mine := e.fullUser("asha")
	zone := mine.Places[0].At.Location()

	var given jobstore.UserRecord

	got := e.updateUser("asha", func(r *jobstore.UserRecord) {
		given = *r
		*r = mine
	})
	require.Equal(e, zone, mine.Places[0].At.Location(), "the caller's record was converted")

	for _, r := range []*jobstore.UserRecord{&given, &mine, &got} {
		scribbleValue(reflect.ValueOf(r).Elem())
	}

	errChange := errors.New("no")
	_, err := e.users().UpdateUser(e.Context(), "asha", func(r *jobstore.UserRecord) error {
		scribbleValue(reflect.ValueOf(r).Elem())

		return errChange
	})
	require.ErrorIs(e, err, errChange)

	want := e.fullUser("asha")
	want.Version = 1
	e.requireUser(want, e.getUser("asha"))
}

func testUserCounter(e *env) {
	const (
		writers    = 8
		increments = 25
	)

	var (
		users = e.users()
		wait  sync.WaitGroup
		errs  = make([]error, writers)
	)

	for w := range writers {
		wait.Go(func() {
			for range increments {
				errs[w] = errors.Join(errs[w], untilSettled(e.Context(), func() error {
					_, err := users.UpdateUser(e.Context(), "asha", func(r *jobstore.UserRecord) error {
						r.JobsOfDay++

						return nil
					})

					return err
				}))
			}
		})
	}

	wait.Wait()
	require.NoError(e, errors.Join(errs...))

	got := e.getUser("asha")
	require.Equal(e, int64(writers*increments), got.JobsOfDay)
	require.Equal(e, int64(writers*increments), got.Version)
}

func testUserCancelled(e *env) {
	ctx, cancel := context.WithCancel(e.Context())
	cancel()

	_, err := e.users().UpdateUser(ctx, "asha", func(*jobstore.UserRecord) error {
		return errors.New("change was called")
	})
	require.ErrorIs(e, err, context.Canceled)
	require.Zero(e, e.getUser("asha").Version)
}

func testUserClosed(e *env) {
	users := e.users()
	require.NoError(e, e.closer().Close())

	_, err := users.UpdateUser(e.Context(), "asha", func(*jobstore.UserRecord) error {
		return errors.New("change was called")
	})
	require.ErrorIs(e, err, jobstore.ErrClosed)
}

func testUserReopen(e *env) {
	want := e.updateUser("asha", func(r *jobstore.UserRecord) { *r = e.fullUser("asha") })

	e.reopen()
	e.requireUser(want, e.getUser("asha"))
	require.Equal(e, int64(2), e.updateUser("asha", func(*jobstore.UserRecord) {}).Version)
}
