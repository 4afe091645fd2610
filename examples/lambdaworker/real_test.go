package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/internal/awstest"
	"github.com/vyapaarai/bulkimport/internal/lambdatest"
	"github.com/vyapaarai/bulkimport/internal/synthetic"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

// asha is who imports.
var asha = importer.Caller{UserID: "asha"}

// deployment is the function in its surroundings, with servers that are real, and a
// service beside it that starts jobs.
type deployment struct {
	world    *awstest.World
	backend  *awsbackend.Backend
	service  *importer.Service
	function *lambdatest.Function
	// database is between the function and DynamoDB.
	database *awstest.Faults
	calls    int
}

func deploy(t testing.TB) *deployment {
	t.Helper()

	return deployWith(t, nil)
}

// deployWith is deploy with more variables in the environment of the function.
func deployWith(t testing.TB, more map[string]string) *deployment {
	t.Helper()

	d := &deployment{world: awstest.NewWorld(t), database: awstest.NewFaults(awstest.Transport(t))}
	environment := d.world.Environment(map[string]string{"STAGE": "test", "IDENTITY_GSI_FALLBACK": "off"})

	env, err := awsbackend.FromEnvironment(func(name string) string { return environment[name] })
	require.NoError(t, err)

	d.backend, err = awsbackend.Open(t.Context(), env, &awsbackend.Options{Config: d.world.Config(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.backend.Close()) })

	d.service, err = importer.NewService(
		d.backend.Ports(importer.NewProductKind(d.backend.Products, nil)), &importer.ServiceOptions{Bucket: env.UploadsBucket})
	require.NoError(t, err)

	environment["AWS_ENDPOINT_URL_DYNAMODB"] = awstest.Proxy(t, awstest.Endpoint(t, awstest.DynamoDBVariable), d.database)
	maps.Copy(environment, more)

	d.function = lambdatest.Start(t, lambdatest.Build(t, "."), environment)

	return d
}

// queued uploads a file and starts its import.
func (d *deployment) queued(t testing.TB, file io.Reader) string {
	t.Helper()

	upload, err := d.service.CreateUpload(t.Context(), asha, importer.UploadRequest{Filename: "products.csv"})
	require.NoError(t, err)

	_, err = d.backend.Files.Put(t.Context(), upload.Key, file, nil)
	require.NoError(t, err)

	_, err = d.service.Process(t.Context(), asha, upload.JobID, nil)
	require.NoError(t, err)

	return upload.JobID
}

// deliver hands the function the next message of the queue as Lambda does, and removes it
// unless the function says that it failed. It reports whether there was one.
func (d *deployment) deliver(t testing.TB, within time.Duration) (found bool, err error) {
	t.Helper()

	received, err := d.world.SQS.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
		QueueUrl: &d.world.QueueURL, MaxNumberOfMessages: 1, WaitTimeSeconds: 2, VisibilityTimeout: 5400,
	})
	require.NoError(t, err)

	if len(received.Messages) == 0 {
		return false, nil
	}

	message := received.Messages[0]
	d.calls++

	var response events.SQSEventResponse

	err = d.function.Call(t.Context(), events.SQSEvent{Records: []events.SQSMessage{{
		MessageId: *message.MessageId, ReceiptHandle: *message.ReceiptHandle, Body: *message.Body, EventSource: "aws:sqs",
	}}}, within, &response)
	if err != nil || len(response.BatchItemFailures) > 0 {
		return true, err
	}

	_, err = d.world.SQS.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &d.world.QueueURL, ReceiptHandle: message.ReceiptHandle})
	require.NoError(t, err)

	return true, nil
}

func (d *deployment) job(t testing.TB, id string) jobstore.Job {
	t.Helper()

	job, err := d.backend.Jobs.Get(t.Context(), id)
	require.NoError(t, err)

	return job
}

// outcomes returns the report of a job without the ids of products, which follow from
// that of the job.
func outcomes(t testing.TB, service *importer.Service, jobID string) []string {
	t.Helper()

	content, _, err := service.OpenReport(t.Context(), asha, jobID, importer.ReportResults)
	require.NoError(t, err)

	defer func() { _ = content.Close() }()

	text, err := io.ReadAll(content)
	require.NoError(t, err)

	var lines []string

	for line := range strings.Lines(string(text)) {
		fields := strings.Split(line, ",")
		lines = append(lines, strings.Join(append(fields[:2:2], fields[3:]...), ","))
	}

	return lines
}

// inMemory imports a file with the engine in this process, undisturbed.
func inMemory(t testing.TB, file io.Reader) (jobstore.Job, []string) {
	t.Helper()

	messages, err := memqueue.New(nil)
	require.NoError(t, err)

	ports := importer.Ports{
		Jobs: memjobstore.New(nil), Files: memblob.New(nil), Queue: messages,
		Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
	}

	service, err := importer.NewService(ports, nil)
	require.NoError(t, err)

	worker, err := importer.NewWorker(ports, nil)
	require.NoError(t, err)

	upload, err := service.CreateUpload(t.Context(), asha, importer.UploadRequest{Filename: "products.csv"})
	require.NoError(t, err)

	_, err = ports.Files.Put(t.Context(), upload.Key, file, nil)
	require.NoError(t, err)

	_, err = service.Process(t.Context(), asha, upload.JobID, nil)
	require.NoError(t, err)

	result, err := worker.RunJob(t.Context(), upload.JobID)
	require.NoError(t, err)
	require.Equal(t, importer.RunEnded, result)

	job, err := service.Status(t.Context(), asha, upload.JobID)
	require.NoError(t, err)

	return job, outcomes(t, service, upload.JobID)
}

// functionTime is what the function may take, of which the last 30 seconds are for giving
// the job back.
const functionTime = 45 * time.Second

// finish has the function work until the job has ended.
func (d *deployment) finish(t testing.TB, id string) {
	t.Helper()

	for !d.job(t, id).Status.Terminal() {
		found, err := d.deliver(t, functionTime)
		require.NoError(t, err, "%s", &d.function.Stderr)

		if !found {
			// The sweep makes up for what is lost.
			require.NoError(t, d.function.Call(t.Context(), map[string]string{"task": "sweep"}, functionTime, nil))
		}
	}
}

// requireUndisturbed requires of a job what an undisturbed import of the file gives.
func (d *deployment) requireUndisturbed(t testing.TB, id string, file synthetic.Options) {
	t.Helper()

	want, wantOutcomes := inMemory(t, synthetic.New(file))
	got := d.job(t, id)

	require.Equal(t, want.Status, got.Status)
	require.Equal(t, want.Progress, got.Progress)
	require.Equal(t, wantOutcomes, outcomes(t, d.service, id))
	require.Equal(t, jobstore.NotificationSent, got.Notification)

	lines := metricsOf(t, &d.function.Stdout, emf.JobsEnded)
	require.Len(t, lines, 1, "one end, one line, however many runs there were")

	line := lines[0]
	require.InDelta(t, float64(want.Progress.ProcessedRows), line[emf.RowsProcessed], 0)
	require.Equal(t, "test", line[emf.DimensionStage])
}

// A function that has 15 seconds for a job has to go on from where it was, again and
// again.
func TestManyShortRuns(t *testing.T) {
	t.Parallel()

	d := deploy(t)
	file := synthetic.Options{Rows: 30_000, Duplicates: 0.1, Errors: 0.05, Seed: 7}

	// A database that is slow enough for several runs on any machine: each of the 30
	// chunks takes some 26 transactions, 8 at a time, so that all of them wait for 50
	// seconds at the least, whatever else they cost.
	d.database.Add(awstest.Fault{Operation: "TransactWriteItems", Times: awstest.Always, Delay: 400 * time.Millisecond})

	id := d.queued(t, synthetic.New(file))
	d.finish(t, id)

	require.GreaterOrEqual(t, d.calls, 3, "these were to be several runs")
	require.Contains(t, d.function.Stderr.String(), `"call_id":"call-2"`, "the log says to which call a line belongs")
	d.requireUndisturbed(t, id, file)
}

// A function that is killed in the middle of a chunk leaves a message that nobody sees for
// long. The sweep sends another once the lease has run out, and the next run makes good.
func TestKilledFunction(t *testing.T) {
	t.Parallel()

	d := deploy(t)
	file := synthetic.Options{Rows: 8_000, Duplicates: 0.1, Errors: 0.05, Seed: 8}

	inTheMiddle := make(chan struct{})
	writes := 0

	d.database.Add(awstest.Fault{Operation: "TransactWriteItems", Delay: time.Millisecond, Match: func(*http.Request) bool {
		if writes++; writes == 100 {
			close(inTheMiddle)
		}

		return false
	}})

	id := d.queued(t, synthetic.New(file))

	go func() {
		<-inTheMiddle
		d.function.Kill()
	}()

	found, err := d.deliver(t, functionTime)
	require.True(t, found)
	require.ErrorIs(t, err, lambdatest.ErrExited)

	job := d.job(t, id)
	require.Equal(t, jobstore.StatusProcessing, job.Status)
	require.NotEmpty(t, job.Lease.Owner, "it did not give the job back")

	d.finish(t, id)
	d.requireUndisturbed(t, id, file)
}

// metricsOf returns the lines with a metric.
func metricsOf(t testing.TB, out *lambdatest.Output, metric string) []map[string]any {
	t.Helper()

	var found []map[string]any

	for text := range strings.Lines(out.String()) {
		var line map[string]any

		require.NoError(t, json.Unmarshal([]byte(text), &line), text)

		if _, has := line[metric]; has {
			found = append(found, line)
		}
	}

	return found
}

// While S3 does not answer, a job waits as docs/operations.md says.
func TestOutageOfS3(t *testing.T) {
	t.Parallel()

	storage := awstest.NewFaults(awstest.Transport(t))
	storage.Add(awstest.Fault{Operation: "GetObject", Times: awstest.Always, Answer: awstest.S3Error(http.StatusServiceUnavailable, "SlowDown")})

	sent := make(chan map[string]any, 10)
	queue := awstest.NewFaults(awstest.Transport(t))
	queue.Add(awstest.Fault{Operation: "SendMessage", Match: func(r *http.Request) bool {
		body, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))

		var message map[string]any
		if err == nil && json.Unmarshal(body, &message) == nil {
			sent <- message
		}

		return false
	}})

	d := deployWith(t, map[string]string{
		"AWS_ENDPOINT_URL_S3":  awstest.Proxy(t, awstest.Endpoint(t, awstest.S3Variable), storage),
		"AWS_ENDPOINT_URL_SQS": awstest.Proxy(t, awstest.Endpoint(t, awstest.MotoVariable), queue),
	})
	id := d.queued(t, synthetic.New(synthetic.Options{Rows: 10, Seed: 9}))

	found, err := d.deliver(t, 2*time.Minute)
	require.NoError(t, err, "%s", &d.function.Stderr)
	require.True(t, found)

	job := d.job(t, id)
	require.Equal(t, jobstore.StatusProcessing, job.Status)
	require.Equal(t, 1, job.Attempts, "%s", &d.function.Stderr)
	require.Len(t, sent, 1)
	require.InDelta(t, awsbackend.RetryDelay.Seconds(), (<-sent)["DelaySeconds"], 0)
	require.InDelta(t, 1.0, metricsOf(t, &d.function.Stdout, emf.RunsFailed)[0][emf.RunsFailed], 0)
}
