package dynamojobstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/dynamojobstore"
)

// BenchmarkCost tells the requests and the capacity units of each operation, with jobs on
// their way and ten row errors in each, in a table of 200. Its times are those of the
// server in use, and say nothing of AWS.
//
//	BULKIMPORT_DYNAMODB_ENDPOINT=... go test ./jobstore/dynamojobstore -run '^$' -bench Cost -benchtime 20x
func BenchmarkCost(b *testing.B) {
	for _, indexes := range []struct {
		name string
		all  bool
	}{{"keys", false}, {"all", true}} {
		b.Run("indexes="+indexes.name, func(b *testing.B) {
			benchmarkCost(b, indexes.all)
		})
	}
}

func benchmarkCost(b *testing.B, all bool) {
	const stored = 200

	var (
		meter  dynamo.Meter
		sound  = awstest.DynamoDB(b)
		table  = newTable(b, sound, all)
		client = dynamodb.New(sound.Options(), meter.Measure)
		s      = open(b, client, table, nil)
		ids    = 0
	)

	create := func() string {
		ids++
		job := runningJob(fmt.Sprintf("admin_import_20250106_%06d", ids))
		job.CreatedAt = created().Add(time.Duration(ids) * time.Second)
		job.ExpiresAt = time.Time{}
		require.NoError(b, s.Create(b.Context(), job))

		return job.ID
	}

	var id string
	for range stored {
		id = create()
	}

	item, err := sound.GetItem(b.Context(), &dynamodb.GetItemInput{TableName: &table, Key: dynamo.Item{"job_id": dynamo.S(id)}})
	require.NoError(b, err)

	update := func(change func(n int, j *jobstore.Job)) func(n int) {
		return func(n int) {
			_, err := s.Update(b.Context(), id, func(j *jobstore.Job) error {
				change(n, j)

				return nil
			})
			require.NoError(b, err)
		}
	}

	list := func(q jobstore.Query) func(int) {
		return func(int) {
			page, err := s.List(b.Context(), q)
			require.NoError(b, err)
			require.Len(b, page.Jobs, q.Limit)
		}
	}

	for _, operation := range []struct {
		name string
		f    func(n int)
	}{
		{"Create", func(int) { create() }},
		{"Get", func(int) { mustGet(b, s, id) }},
		{"Update=heartbeat", update(func(n int, j *jobstore.Job) {
			j.Lease.ExpiresAt = created().Add(time.Duration(n) * time.Second)
		})},
		{"Update=commit", update(func(n int, j *jobstore.Job) {
			j.Progress.ProcessedRows += 1000
			j.Checkpoint.Row += 1000
		})},
		{"Update=status", update(func(n int, j *jobstore.Job) {
			j.Status = []jobstore.Status{jobstore.StatusCompleted, jobstore.StatusProcessing}[n%2]
		})},
		{"List=user,20", list(jobstore.Query{CreatedBy: "user-1", Limit: 20})},
		{"List=status,100", list(jobstore.Query{Status: jobstore.StatusProcessing, Limit: 100})},
		{"List=none,20", list(jobstore.Query{Limit: 20})},
		{"UpdateUser", func(int) {
			_, err := s.UpdateUser(b.Context(), "asha", func(r *jobstore.UserRecord) error {
				r.JobsOfDay++

				return nil
			})
			require.NoError(b, err)
		}},
	} {
		b.Run(operation.name, func(b *testing.B) {
			meter.Take()

			n := 0
			for b.Loop() {
				operation.f(n)
				n++
			}

			used := meter.Take()
			b.ReportMetric(float64(used.Total())/float64(n), "requests/op")
			b.ReportMetric(used.ReadUnits/float64(n), "RCU/op")
			b.ReportMetric(used.WriteUnits/float64(n), "WCU/op")
		})
	}

	b.Logf("an item has %d bytes", dynamojobstore.SizeOf(item.Item))
}
