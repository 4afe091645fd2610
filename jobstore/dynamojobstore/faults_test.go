package dynamojobstore_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/dynamojobstore"
)

// faulty returns a store on a real table, what can go wrong on the way to it, and
// another store on the same table with nothing in between.
func faulty(t testing.TB, attempts int) (s *opened, faults *awstest.Faults, other *dynamojobstore.Store) {
	t.Helper()

	faults = awstest.NewFaults(awstest.Transport(t))
	client := dynamodb.New(awstest.DynamoDB(t, awstest.Through(faults)).Options(), func(o *dynamodb.Options) {
		o.Retryer = retry.AddWithMaxBackoffDelay(retry.NewStandard(), 10*time.Millisecond) // not up to 20 seconds
	})
	sound := awstest.DynamoDB(t)
	table := newTable(t, sound, false)
	opts := &dynamojobstore.Options{Now: created, Attempts: attempts}

	return &opened{open(t, client, table, opts), sound, table}, faults, open(t, sound, table, opts)
}

// before calls f before each call of an operation from the nth on, counted from 0.
func before(faults *awstest.Faults, operation string, nth int, f func()) {
	calls := 0

	faults.Add(awstest.Fault{Operation: operation, Times: awstest.Always, Match: func(*http.Request) bool {
		if calls++; calls > nth {
			f()
		}

		return false
	}})
}

// count adds 1 to the counter of a job.
func count(t testing.TB, s jobstore.Store, id string) {
	t.Helper()

	_, err := s.Update(context.WithoutCancel(t.Context()), id, func(j *jobstore.Job) error {
		j.Progress.Duplicates++

		return nil
	})
	require.NoError(t, err)
}

// TestThrottling has every operation throttled for longer than the SDK is patient.
func TestThrottling(t *testing.T) {
	t.Parallel()

	s, faults, _ := faulty(t, 0)

	const times = 4 // the SDK makes three attempts

	var injected []*awstest.Injected
	for _, operation := range []string{"PutItem", "GetItem", "UpdateItem", "Query", "BatchGetItem"} {
		injected = append(injected, faults.Add(awstest.Fault{
			Operation: operation, Times: times, Answer: awstest.DynamoDBError("ProvisionedThroughputExceededException"),
		}))
	}

	require.NoError(t, s.Create(t.Context(), newJob("a")))
	count(t, s, "a")

	page, err := s.List(t.Context(), jobstore.Query{CreatedBy: "user-1"})
	require.NoError(t, err)
	require.Len(t, page.Jobs, 1)

	for _, i := range injected {
		require.Equal(t, times, i.Hits(), i.Operation)
	}

	require.Equal(t, int64(1), mustGet(t, s, "a").Progress.Duplicates)
}

func TestThrottledForGood(t *testing.T) {
	t.Parallel()

	s, faults, other := faulty(t, 2)
	require.NoError(t, other.Create(t.Context(), newJob("a")))
	faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.DynamoDBError("ThrottlingException")})

	for name, err := range calls(t.Context(), s) {
		require.ErrorIs(t, err, dynamojobstore.ErrBusy, name)
		require.NotErrorIs(t, err, jobstore.ErrConflict, name)
	}
}

// TestUnprocessedKeys: a job that a busy table leaves unread must not look as if it were
// gone, which a list leaves out.
func TestUnprocessedKeys(t *testing.T) {
	t.Parallel()

	s, faults, other := faulty(t, 0)

	var want []string

	for i := range 20 {
		id := fmt.Sprintf("%02d", i)
		want = append([]string{id}, want...)

		require.NoError(t, other.Create(t.Context(), newJob(id)))
	}

	part := faults.Add(awstest.Fault{Operation: "BatchGetItem", Times: 3, Unprocessed: 6})

	page, err := s.List(t.Context(), jobstore.Query{CreatedBy: "user-1", Limit: len(want)})
	require.NoError(t, err)
	require.Equal(t, 3, part.Hits())

	var got []string
	for _, job := range page.Jobs {
		got = append(got, job.ID)
	}

	require.Equal(t, want, got)
}

// calls makes one call of each method.
func calls(ctx context.Context, s *opened) map[string]error {
	_, getErr := s.Get(ctx, "a")
	_, updateErr := s.Update(ctx, "a", func(*jobstore.Job) error { return nil })
	_, userErr := s.UpdateUser(ctx, "asha", func(*jobstore.UserRecord) error { return nil })
	_, listErr := s.List(ctx, jobstore.Query{})

	return map[string]error{
		"Create": s.Create(ctx, newJob("b")), "Get": getErr, "Update": updateErr, "UpdateUser": userErr, "List": listErr,
	}
}

func TestErrorsOfAWS(t *testing.T) {
	t.Parallel()

	for code, want := range map[string]error{
		"ExpiredTokenException":       dynamojobstore.ErrCredentials,
		"UnrecognizedClientException": dynamojobstore.ErrCredentials,
		"AccessDeniedException":       dynamojobstore.ErrDenied,
		"ResourceNotFoundException":   dynamojobstore.ErrNoTable,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()

			s, faults, other := faulty(t, 0)
			require.NoError(t, other.Create(t.Context(), newJob("a")))
			faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.DynamoDBError(code)})

			for name, err := range calls(t.Context(), s) {
				require.ErrorIs(t, err, want, name)
				require.NotErrorIs(t, err, jobstore.ErrNotFound, name)
			}

			require.Equal(t, len(calls(t.Context(), s))*2, faults.Calls(""), "what cannot be helped was tried again")
		})
	}
}

// TestLostAnswers has answers lost of writes that were made: the SDK's next attempt finds
// the condition broken by its own write.
func TestLostAnswers(t *testing.T) {
	t.Parallel()

	s, faults, _ := faulty(t, 0)
	lost := []*awstest.Injected{
		faults.Add(awstest.Fault{Operation: "PutItem", LoseAnswer: true}),
		faults.Add(awstest.Fault{Operation: "UpdateItem", LoseAnswer: true, Times: 2}),
		faults.Add(awstest.Fault{Operation: "GetItem", LoseAnswer: true}),
	}

	require.NoError(t, s.Create(t.Context(), newJob("a")), "not ErrExists: it was this call that created it")

	changes := 0
	got, err := s.Update(t.Context(), "a", func(j *jobstore.Job) error {
		changes++
		j.Progress.Duplicates++

		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 1, changes)
	require.Equal(t, got, mustGet(t, s, "a"))
	require.Equal(t, int64(1), got.Progress.Duplicates)
	require.Equal(t, int64(2), got.Version)

	faults.Add(awstest.Fault{Operation: "UpdateItem", LoseAnswer: true})

	for range 2 {
		_, err := s.UpdateUser(t.Context(), "asha", func(r *jobstore.UserRecord) error {
			r.JobsOfDay++

			return nil
		})
		require.NoError(t, err)
	}

	record, err := s.UpdateUser(t.Context(), "asha", func(*jobstore.UserRecord) error { return nil })
	require.NoError(t, err)
	require.Equal(t, int64(2), record.JobsOfDay)

	for _, i := range lost {
		require.Equal(t, i.Times, i.Hits(), i.Operation)
	}
}

// TestLostAnswerAndOthers has others write the record before the next attempt, some times
// or too many.
func TestLostAnswerAndOthers(t *testing.T) {
	t.Parallel()

	for others := range dynamojobstore.KeptWrites + 2 {
		t.Run(fmt.Sprint(others, " others"), func(t *testing.T) {
			t.Parallel()

			s, faults, other := faulty(t, 0)
			require.NoError(t, other.Create(t.Context(), newJob("a")))

			faults.Add(awstest.Fault{Operation: "UpdateItem", LoseAnswer: true})
			before(faults, "UpdateItem", 1, func() {
				for range others {
					count(t, other, "a")
				}
			})

			changes := 0
			_, err := s.Update(t.Context(), "a", func(j *jobstore.Job) error {
				changes++
				j.Progress.Errors++

				return nil
			})

			if others < dynamojobstore.KeptWrites {
				require.NoError(t, err)
			} else {
				// Neither success nor conflict would be known to be true.
				require.ErrorIs(t, err, dynamojobstore.ErrUnknownOutcome)
				require.NotErrorIs(t, err, jobstore.ErrConflict)
			}

			job := mustGet(t, other, "a")
			require.Equal(t, 1, changes)
			require.Equal(t, int64(1), job.Progress.Errors, "the change took effect twice, or not at all")
			require.Equal(t, int64(others), job.Progress.Duplicates)
		})
	}
}

// TestConflicts loses to others some times, and then too many times.
func TestConflicts(t *testing.T) {
	t.Parallel()

	s, faults, other := faulty(t, 3)
	require.NoError(t, other.Create(t.Context(), newJob("a")))

	var storm atomic.Int64

	before(faults, "UpdateItem", 0, func() {
		for storm.Add(-1) >= 0 {
			count(t, other, "a")

			if storm.Load()%20 == 0 {
				break
			}
		}
	})

	changes := 0
	update := func() error {
		changes = 0
		_, err := s.Update(t.Context(), "a", func(j *jobstore.Job) error {
			changes++
			j.Progress.Errors++

			return nil
		})

		return err
	}

	// Each of the first two attempts finds that others have written 20 times. Nothing was
	// lost on the way, so that is a conflict however many they are.
	storm.Store(40)
	require.NoError(t, update())
	require.Equal(t, 3, changes)

	storm.Store(1000)
	require.ErrorIs(t, update(), jobstore.ErrConflict)
	require.Equal(t, 3, changes)

	job := mustGet(t, other, "a")
	require.Equal(t, int64(1), job.Progress.Errors)
	require.Equal(t, int64(40+60), job.Progress.Duplicates)

	// One read for each Update: a conflict brings the record along.
	require.Equal(t, 2, faults.Calls("GetItem"))
}

func TestContextEndsWhileAtWork(t *testing.T) {
	t.Parallel()

	s, faults, other := faulty(t, 0)
	require.NoError(t, other.Create(t.Context(), newJob("a")))
	faults.Add(awstest.Fault{Times: awstest.Always, Delay: time.Hour})

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()

	for name, err := range calls(ctx, s) {
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
	}

	// In the wait for the table, and in that for others.
	for name, prepare := range map[string]func(){
		"busy": func() {
			faults.Add(awstest.Fault{Times: awstest.Always, Answer: awstest.DynamoDBError("ThrottlingException")})
		},
		"contended": func() { before(faults, "UpdateItem", 0, func() { count(t, other, "a") }) },
	} {
		faults.Clear()
		prepare()

		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)

		_, err := s.Update(ctx, "a", func(*jobstore.Job) error { return nil })
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		cancel()
	}

	require.Empty(t, mustGet(t, other, "a").InputETag)
}
