package sqsqueue_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
)

// A program that receives closes the queue after its last receiver has returned.
func ExampleNew() {
	ctx := context.Background()

	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}

	q, err := sqsqueue.New(sqs.NewFromConfig(cfg), "https://sqs.ap-south-1.amazonaws.com/123456789012/import-jobs", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer q.Close()

	if err := q.Send(ctx, queue.Message{JobID: "admin_import_20250106_abc123"}, 0); err != nil {
		fmt.Println(err)
		return
	}
}

// A Lambda function gets the bodies of messages by an event source mapping. One that
// is malformed is reported as failed, so that it becomes a dead letter; one that is
// early is, too, or is sent anew.
func ExampleDecode() {
	for _, body := range []string{
		`{"job_id":"admin_import_20250106_abc123"}`,
		`{"job_id":"admin_import_20250106_def456","not_before":"2999-01-01T00:00:00Z"}`,
		`hello`,
	} {
		m, notBefore, err := sqsqueue.Decode(body)

		switch {
		case err != nil:
			fmt.Println(err)
		case time.Now().Before(notBefore):
			fmt.Println(m.JobID, "is early")
		default:
			fmt.Println(m.JobID)
		}
	}

	// Output:
	// admin_import_20250106_abc123
	// admin_import_20250106_def456 is early
	// sqsqueue: malformed message: it is not a JSON object with a job_id
}
