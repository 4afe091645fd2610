package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/importer/catalog/memcatalog"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/memqueue"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
	"github.com/vyapaarai/bulkimport/jobstore"
	"github.com/vyapaarai/bulkimport/jobstore/memjobstore"
)

var noon = time.Date(2025, time.January, 6, 12, 0, 0, 0, time.UTC)

// errAway is the error of something that does not answer.
var errAway = errors.New("away")

// scripted stands in for the engine and the queue: what a run gives is in the name of its
// job.
type scripted struct {
	ran    []string
	ends   []time.Time // when the context of each run ends, where it has an end
	hidden map[string]time.Duration
	sweeps int
	err    error
}

func (s *scripted) RunJob(ctx context.Context, jobID string) (importer.RunResult, error) {
	s.ran = append(s.ran, jobID)

	if deadline, ok := ctx.Deadline(); ok {
		s.ends = append(s.ends, deadline)
	}

	switch {
	case strings.HasPrefix(jobID, "ends"):
		return importer.RunEnded, nil
	case strings.HasPrefix(jobID, "yields"):
		return importer.RunYielded, nil
	case strings.HasPrefix(jobID, "fails"):
		return importer.RunFailed, nil
	case strings.HasPrefix(jobID, "skips"):
		return importer.RunSkipped, nil
	}

	return 0, errAway
}

func (s *scripted) Sweep(context.Context) (int, error) {
	s.sweeps++

	return 3, s.err
}

func (s *scripted) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	if *in.QueueUrl != "the queue" {
		return nil, fmt.Errorf("queue %q", *in.QueueUrl)
	}

	s.hidden[*in.ReceiptHandle] = time.Duration(in.VisibilityTimeout) * time.Second

	return nil, s.err
}

// fixture is a function on what is scripted.
type fixture struct {
	*function
	script  *scripted
	metrics bytes.Buffer
}

func newFixture(t *testing.T) *fixture {
	t.Helper()

	f := &fixture{script: &scripted{hidden: map[string]time.Duration{}}}
	now := func() time.Time { return noon }

	f.function = &function{
		worker: f.script, service: f.script, jobs: memjobstore.New(nil), images: memblob.New(nil), products: memcatalog.New(nil),
		queue: f.script, queueURL: "the queue", metrics: emf.New(&f.metrics, "test", now),
		log: slog.New(slog.DiscardHandler), now: now, margin: 30 * time.Second,
	}

	return f
}

func messageOf(t *testing.T, jobID string, notBefore time.Time) events.SQSMessage {
	t.Helper()

	body, err := sqsqueue.Encode(queue.Message{JobID: jobID}, notBefore)
	require.NoError(t, err)

	return events.SQSMessage{MessageId: "id " + jobID, ReceiptHandle: "receipt " + jobID, Body: body, EventSource: "aws:sqs"}
}

// call has the function answer an event as Lambda hands it over.
func (f *fixture) call(t *testing.T, ctx context.Context, event any) (string, error) { //nolint:revive // t first, as everywhere
	t.Helper()

	body, err := json.Marshal(event)
	require.NoError(t, err)

	answer, err := f.handle(ctx, body)

	encoded, encodeErr := json.Marshal(answer)
	require.NoError(t, encodeErr)

	return string(encoded), err
}

// Only messages whose run did not take place come again: all else has a message of its own.
func TestOnlyWhatFailedComesAgain(t *testing.T) {
	t.Parallel()

	f := newFixture(t)

	answer, err := f.call(t, t.Context(), events.SQSEvent{Records: []events.SQSMessage{
		messageOf(t, "ends", time.Time{}), messageOf(t, "errs-1", time.Time{}), messageOf(t, "yields", time.Time{}),
		messageOf(t, "fails", time.Time{}), messageOf(t, "skips", time.Time{}), messageOf(t, "errs-2", time.Time{}),
		{MessageId: "id nonsense", ReceiptHandle: "receipt nonsense", Body: "hello"},
		messageOf(t, "early", noon.Add(20*time.Minute)), messageOf(t, "late", noon.Add(-time.Second)),
	}})

	require.NoError(t, err)
	require.JSONEq(t, `{"batchItemFailures":[{"itemIdentifier":"id errs-1"},{"itemIdentifier":"id errs-2"},
		{"itemIdentifier":"id nonsense"},{"itemIdentifier":"id early"},{"itemIdentifier":"id late"}]}`, answer)
	require.Equal(t, []string{"ends", "errs-1", "yields", "fails", "skips", "errs-2", "late"}, f.script.ran)
	require.Equal(t, map[string]time.Duration{
		"receipt errs-1": retryAfter, "receipt errs-2": retryAfter, "receipt nonsense": retryAfter,
		"receipt early": 20 * time.Minute, "receipt late": retryAfter,
	}, f.script.hidden)
}

// null is what Lambda takes for "all is well", but so is nothing at all: the list is there.
func TestAllHandled(t *testing.T) {
	t.Parallel()

	answer, err := newFixture(t).call(t, t.Context(), events.SQSEvent{Records: []events.SQSMessage{messageOf(t, "skips", time.Time{})}})

	require.NoError(t, err)
	require.JSONEq(t, `{"batchItemFailures":[]}`, answer)
}

// A queue that cannot be told to hide a message only has it come later.
func TestAQueueThatIsAway(t *testing.T) {
	t.Parallel()

	f := newFixture(t)
	f.script.err = errAway

	answer, err := f.call(t, t.Context(), events.SQSEvent{Records: []events.SQSMessage{messageOf(t, "errs", time.Time{})}})

	require.NoError(t, err)
	require.JSONEq(t, `{"batchItemFailures":[{"itemIdentifier":"id errs"}]}`, answer)
}

// A run without time for a single chunk would count against the job.
func TestNothingIsBegunWithoutTime(t *testing.T) {
	t.Parallel()

	for left, runs := range map[time.Duration]bool{34 * time.Second: false, 36 * time.Second: true} {
		f := newFixture(t)

		ctx, cancel := context.WithDeadline(t.Context(), noon.Add(left))
		_, _ = f.call(t, ctx, events.SQSEvent{Records: []events.SQSMessage{messageOf(t, "ends", time.Time{})}})

		cancel()

		require.Equal(t, runs, len(f.script.ran) == 1, left)

		if !runs {
			require.Equal(t, map[string]time.Duration{"receipt ends": 0}, f.script.hidden, "another process may begin at once")
		}
	}
}

// A run is cut off while there is time left to give its job back, and neither its metrics
// nor its message suffer from that.
func TestARunEndsBeforeTheFunction(t *testing.T) {
	t.Parallel()

	f := newFixture(t)
	deadline := time.Now().Add(time.Hour)

	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()

	_, err := f.call(t, ctx, events.SQSEvent{Records: []events.SQSMessage{messageOf(t, "ends", time.Time{})}})
	require.NoError(t, err)
	require.Equal(t, []time.Time{deadline.Add(-15 * time.Second)}, f.script.ends)

	// What is left after the grace is more than the first of the two writes may take.
	require.GreaterOrEqual(t, giveBack-shutdownGrace, 10*time.Second)
	require.Positive(t, deadlineMargin-giveBack)
}

func TestMetricsOfRuns(t *testing.T) {
	t.Parallel()

	for job, want := range map[string]string{
		"ends": `"RunsFailed":0`, "fails": `"RunsFailed":1`, "errs": `"RunsFailed":1`, "yields": `"RunsFailed":0`, "skips": "",
	} {
		f := newFixture(t)

		_, err := f.call(t, t.Context(), events.SQSEvent{Records: []events.SQSMessage{messageOf(t, job, time.Time{})}})
		require.NoError(t, err)

		if want == "" {
			require.Empty(t, f.metrics.String(), job)
		} else {
			require.Contains(t, f.metrics.String(), want, job)
		}
	}
}

// noFiles is a store whose files cannot be opened while it is away.
type noFiles struct {
	blob.Store
	away bool
}

func (n *noFiles) Open(ctx context.Context, key string, opts *blob.OpenOptions) (io.ReadCloser, blob.Info, error) {
	if n.away {
		return nil, blob.Info{}, errAway
	}

	return n.Store.Open(ctx, key, opts)
}

// mute is a receiver that takes nothing while it is away.
type mute struct{ away bool }

func (m *mute) Notify(context.Context, notify.Event) error {
	if m.away {
		return errAway
	}

	return nil
}

// The run that is one too many ends its job, and failed all the same: with the real engine,
// whose record is what tells.
func TestTheRunThatFailsItsJobCounts(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		notAway bool
		csv     string
		mute    bool
		// failed is RunsFailed of each run.
		failed []float64
		status jobstore.Status
	}{
		"given up":             {csv: "name,brand,category\nAtta,Aashirvaad,Food\n", failed: []float64{1, 1, 1}, status: jobstore.StatusFailed},
		"given up, told later": {csv: "name,brand,category\nAtta,Aashirvaad,Food\n", mute: true, failed: []float64{1, 1, 1, 0}, status: jobstore.StatusFailed},
		"imported":             {csv: "name,brand,category\nAtta,Aashirvaad,Food\n", notAway: true, failed: []float64{0}, status: jobstore.StatusCompleted},
		"refused, the file's":  {csv: "nonsense\n1\n", notAway: true, failed: []float64{0}, status: jobstore.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var ticks atomic.Int64 // a millisecond for each look at the clock

			f := newFixture(t)
			f.now = func() time.Time { return noon.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
			f.jobs = memjobstore.New(&memjobstore.Options{Now: f.now})

			messages, err := memqueue.New(nil)
			require.NoError(t, err)

			files, receiver := &noFiles{Store: memblob.New(nil)}, &mute{}
			ports := importer.Ports{
				Jobs: f.jobs, Files: files, Queue: messages, Notifier: receiver,
				Kinds: []importer.Kind{importer.NewProductKind(memcatalog.New(nil), nil)},
			}

			service, err := importer.NewService(ports, &importer.ServiceOptions{Now: f.now})
			require.NoError(t, err)

			f.worker, err = importer.NewWorker(ports, &importer.WorkerOptions{Now: f.now, MaxAttempts: 3})
			require.NoError(t, err)

			upload, err := service.CreateUpload(t.Context(), asha, importer.UploadRequest{Filename: "products.csv"})
			require.NoError(t, err)

			_, err = files.Put(t.Context(), upload.Key, strings.NewReader(c.csv), nil)
			require.NoError(t, err)

			_, err = service.Process(t.Context(), asha, upload.JobID, nil)
			if !errors.Is(err, importer.ErrBadFile) {
				require.NoError(t, err)
			}

			files.away = !c.notAway

			for i := range c.failed {
				receiver.away = c.mute && i < len(c.failed)-1

				_, err := f.call(t, t.Context(), events.SQSEvent{Records: []events.SQSMessage{messageOf(t, upload.JobID, time.Time{})}})
				require.NoError(t, err)
			}

			job, err := f.jobs.Get(t.Context(), upload.JobID)
			require.NoError(t, err)
			require.Equal(t, c.status, job.Status)
			require.Equal(t, jobstore.NotificationSent, job.Notification)

			var failed []float64

			for text := range strings.Lines(f.metrics.String()) {
				var line map[string]any

				require.NoError(t, json.Unmarshal([]byte(text), &line))
				failed = append(failed, line[emf.RunsFailed].(float64))
			}

			require.Equal(t, c.failed, failed)
		})
	}
}

func TestSweeps(t *testing.T) {
	t.Parallel()

	f := newFixture(t)

	_, err := f.call(t, t.Context(), map[string]string{"task": "sweep"})
	require.NoError(t, err)
	require.Equal(t, 1, f.script.sweeps)
	require.Contains(t, f.metrics.String(), `"JobsRedispatched":3`)

	f.script.err = errAway

	_, err = f.call(t, t.Context(), map[string]string{"task": "sweep"})
	require.ErrorIs(t, err, errAway, "so that Lambda counts it as an error, and an alarm rings")

	// Images of nobody go when they are old.
	for _, at := range []time.Time{noon.Add(-importer.MinImageAge - time.Hour), noon.Add(-time.Hour)} {
		f.images = memblob.New(&memblob.Options{Now: func() time.Time { return at }})
		_, err := f.images.Put(t.Context(), "prod_1/medium.jpg", strings.NewReader("x"), nil)
		require.NoError(t, err)

		_, err = f.call(t, t.Context(), map[string]string{"task": "sweep-images"})
		require.NoError(t, err)

		left, err := f.images.List(t.Context(), "", "", 0)
		require.NoError(t, err)
		require.Equal(t, at.Before(noon.Add(-importer.MinImageAge)), len(left) == 0)
	}

	require.Contains(t, f.metrics.String(), `"ImagesRemoved":1`)
	require.NotContains(t, f.metrics.String(), `"ImageSweepsFailed":1`)

	// One that has no time goes on tomorrow.
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(imagesMargin-time.Second))
	defer cancel()

	_, err = f.call(t, ctx, map[string]string{"task": "sweep-images"})
	require.NoError(t, err)
	require.NotContains(t, f.metrics.String(), `"ImageSweepsFailed":1`)
}

// A store of images that is too large for one sweep is swept by several.
func TestASweepOfImagesGoesOnFromTheLastOne(t *testing.T) {
	t.Parallel()

	f := newFixture(t)
	f.images = memblob.New(&memblob.Options{Now: func() time.Time { return noon.Add(-2 * importer.MinImageAge) }})

	const images = blob.MaxPage + 5
	for i := range images {
		_, err := f.images.Put(t.Context(), fmt.Sprintf("prod_%04d/medium.jpg", i), strings.NewReader("x"), nil)
		require.NoError(t, err)
	}

	// Time is up behind the first page of the list.
	ctx, timeIsUp := context.WithCancelCause(t.Context())
	store := f.products
	f.products = onGet{store, func(calls int) {
		if calls == 2 {
			timeIsUp(errImagesTime)
		}
	}, new(int)}

	_, err := f.call(t, ctx, map[string]string{"task": "sweep-images"})
	require.NoError(t, err)

	content, _, err := f.images.Open(t.Context(), imagePosition, nil)
	require.NoError(t, err)
	position, err := io.ReadAll(content)
	require.NoError(t, err)
	require.NoError(t, content.Close())
	require.Equal(t, "prod_0999/medium.jpg", string(position))

	// What lies before the position is for the sweep after.
	_, err = f.images.Put(t.Context(), "prod_0000/medium.jpg", strings.NewReader("x"), nil)
	require.NoError(t, err)

	f.products = store

	for _, want := range [][]string{{"prod_0000/medium.jpg"}, nil} {
		_, err = f.call(t, t.Context(), map[string]string{"task": "sweep-images"})
		require.NoError(t, err)

		left, err := f.images.List(t.Context(), "", "", 0)
		require.NoError(t, err)

		var keys []string
		for _, info := range left {
			keys = append(keys, info.Key)
		}

		require.Equal(t, want, keys)
	}

	require.NotContains(t, f.metrics.String(), `"ImageSweepsFailed":1`)
}

// onGet is a catalogue that calls a function before each Get, which fails where the
// context has ended by then.
type onGet struct {
	catalog.Store
	before func(calls int)
	calls  *int
}

func (s onGet) Get(ctx context.Context, ids []string) ([]catalog.Product, error) {
	*s.calls++
	s.before(*s.calls)

	if err := context.Cause(ctx); err != nil {
		return nil, err
	}

	return s.Store.Get(ctx, ids)
}

// There is one sweep of images a day: a single one that fails must be heard of.
func TestASweepOfImagesThatFails(t *testing.T) {
	t.Parallel()

	f := newFixture(t)
	f.images = noImages{f.images}

	_, err := f.call(t, t.Context(), map[string]string{"task": "sweep-images"})
	require.ErrorIs(t, err, errAway)
	require.Contains(t, f.metrics.String(), `"ImageSweepsFailed":1`)
}

// noImages is a store that does not answer.
type noImages struct{ blob.Store }

func (noImages) List(context.Context, string, string, int) ([]blob.Info, error) { return nil, errAway }

func TestEventsOfOthers(t *testing.T) {
	t.Parallel()

	f := newFixture(t)

	for _, event := range []string{
		`{}`, `null`, `[]`, `"sweep"`, `{"task":"drop"}`, `{"Records":[]}`, `{"Records":{}}`,
		`{"task":"sweep","Records":[{"messageId":"1"}]}`, `{"source":"aws.events","detail-type":"Scheduled Event"}`,
	} {
		_, err := f.handle(t.Context(), json.RawMessage(event))
		require.ErrorIs(t, err, errEvent, event)
	}

	require.Empty(t, f.script.ran)
	require.Zero(t, f.script.sweeps)
}

func FuzzHandle(f *testing.F) {
	f.Add([]byte(`{"Records":[{"messageId":"1","receiptHandle":"r","body":"{\"job_id\":\"ends\"}"}]}`))
	f.Add([]byte(`{"Records":[{"body":"{\"job_id\":\"\",\"not_before\":\"2300-01-01T00:00:00Z\"}"}]}`))
	f.Add([]byte(`{"task":"sweep"}`))

	f.Fuzz(func(t *testing.T, event []byte) {
		answer, err := newFixture(t).handle(t.Context(), event)

		if err == nil && answer != nil {
			// As many failures as messages, at most, and hidden within what SQS takes.
			var sent events.SQSEvent

			require.NoError(t, json.Unmarshal(event, &sent))
			require.LessOrEqual(t, len(answer.(events.SQSEventResponse).BatchItemFailures), len(sent.Records))
		}
	})
}

// What is wrong with the environment is said at the start, all of it.
func TestEnvironmentIsChecked(t *testing.T) {
	t.Parallel()

	_, err := newFunction(t.Context(), func(string) string { return "" }, io.Discard, slog.New(slog.DiscardHandler), time.Now)

	for _, name := range []string{"IMPORT_JOBS_TABLE", "GLOBAL_PRODUCTS_TABLE", "IMPORT_QUEUE_URL", "PRODUCT_IMAGES_BUCKET"} {
		require.ErrorContains(t, err, name)
	}
}
