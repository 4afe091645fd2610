package main

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
)

// messages is what is done to a message that was not handled. *sqs.Client is one.
type messages interface {
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
}

const (
	// retryAfter is when a message that was not handled comes again. Without a word to
	// the queue that would be after its visibility time-out, which is 90 minutes.
	retryAfter = 30 * time.Second
	// minRun is the least that a run is begun with, besides the margin: a run that has no
	// time for a single chunk counts against its job.
	minRun = 5 * time.Second
	// maxHold is the longest that a message can be kept from others.
	maxHold = sqsqueue.MaxHold - time.Hour
)

// handleMessages runs the jobs of messages. Those that it could not handle are in the
// response, to be delivered again; the others are done with.
func (f *function) handleMessages(ctx context.Context, records []events.SQSMessage) events.SQSEventResponse {
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}} // never null

	for i := range records {
		again, failed := f.handleMessage(ctx, &records[i])
		if !failed {
			continue
		}

		f.hide(ctx, &records[i], again)

		response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: records[i].MessageId})
	}

	return response
}

// handleMessage runs the job of one message. failed says that the message is to come
// again, after a time.
func (f *function) handleMessage(ctx context.Context, record *events.SQSMessage) (again time.Duration, failed bool) {
	message, notBefore, err := sqsqueue.Decode(record.Body)
	if err != nil {
		// Nobody can make anything of it. It becomes a dead letter, and with that an alarm.
		f.log.ErrorContext(ctx, "message cannot be read", "message_id", record.MessageId, "error", err)

		return retryAfter, true
	}

	if early := notBefore.Sub(f.now()); early > 0 {
		return min(early, maxHold), true
	}

	if deadline, ok := ctx.Deadline(); ok && deadline.Sub(f.now()) < f.margin+minRun {
		f.log.WarnContext(ctx, "no time is left for another job", "job_id", message.JobID)

		return 0, true
	}

	started := f.now()
	result, err := f.run(ctx, message.JobID)

	if err != nil {
		f.log.ErrorContext(ctx, "run ended in an error", "job_id", message.JobID, "error", err)
	}

	if err != nil || result != importer.RunSkipped {
		took := f.now().Sub(started)
		failed := err != nil || result == importer.RunFailed || result == importer.RunEnded && f.givenUp(ctx, message.JobID, started)

		f.written(ctx, f.metrics.RunEnded(message.JobID, took, failed))
	}

	return retryAfter, err != nil
}

// run runs a job, in a context that ends early enough for the job to be given back.
func (f *function) run(ctx context.Context, jobID string) (importer.RunResult, error) {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc

		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-giveBack))
		defer cancel()
	}

	return f.worker.RunJob(ctx, jobID)
}

// failureAttempts is the code of the failure of a job whose runs kept ending in errors, or
// whose workers kept dying.
const failureAttempts = "too_many_attempts"

// recordTimeout bounds a look at the record of a job that has ended.
const recordTimeout = 5 * time.Second

// givenUp reports whether a run that began at a time and ended its job did so because that
// was one attempt too many. Only the record tells that from other ends; where it cannot be read,
// the run counts as a good one, for the job itself counts as failed in any case. A run that
// merely told of such an end, because the one before could not, is none.
func (f *function) givenUp(ctx context.Context, jobID string, began time.Time) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()

	job, err := f.jobs.Get(ctx, jobID)
	if err != nil {
		f.log.WarnContext(ctx, "it is not known whether the run failed", "job_id", jobID, "error", err)

		return false
	}

	return job.Failure != nil && job.Failure.Code == failureAttempts && !job.CompletedAt.Before(began)
}

// written logs that metrics could not be written: no job fails for that.
func (f *function) written(ctx context.Context, err error) {
	if err != nil {
		f.log.WarnContext(ctx, "metrics are lost", "error", err)
	}
}

// hideTimeout bounds the word to the queue.
const hideTimeout = 5 * time.Second

// hide has a message come again after a time. Where that fails it comes later.
func (f *function) hide(ctx context.Context, record *events.SQSMessage, wait time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hideTimeout)
	defer cancel()

	_, err := f.queue.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &f.queueURL, ReceiptHandle: &record.ReceiptHandle,
		VisibilityTimeout: int32((wait + time.Second - 1) / time.Second), //nolint:gosec // at most maxHold
	})
	if err != nil {
		f.log.WarnContext(ctx, "a message comes again late", "message_id", record.MessageId, "error", fmt.Errorf("change visibility: %w", err))
	}
}
