// Command lambdaworker runs import jobs as a function of AWS Lambda. It answers two kinds
// of events:
//
//   - messages of the queue of jobs, by an event source mapping with
//     ReportBatchItemFailures: the job of each is run. With less than 30 seconds left, a job
//     is committed as far as it is, and a message is sent for the rest;
//   - {"task":"sweep"} and {"task":"sweep-images"}, of a schedule: jobs that lost their
//     worker get a new message; images that no product shows are removed.
//
// examples/aws/template.yaml makes a function of it for each of the two, with the
// permissions that each needs, and sets the environment: that of package
// internal/awsbackend, and
//
//	STAGE               stage of the metrics, such as "prod"
//	IMAGE_ALLOW_HOSTS   "host:port,..." that images may come from although they are not
//	                    public, or on other ports than 80 and 443
//	GOMEMLIMIT          some four fifths of the function's memory
//
// The log is JSON on standard error. Metrics are lines of standard output; see package
// internal/emf.
package main

import (
	"context"
	"os"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/lambdamain"
)

func main() {
	log := lambdamain.NewLogger(os.Stderr)

	os.Exit(lambdamain.Start(log, func(ctx context.Context) (any, error) {
		f, err := newFunction(ctx, os.Getenv, os.Stdout, log, time.Now)
		if err != nil {
			return nil, err
		}

		return f.handle, nil
	}))
}
