// Command lambdaapi serves the import API as a function of AWS Lambda, behind an HTTP API
// of Amazon API Gateway. It is the API of httpserver, with these differences:
//
//   - files are uploaded to S3, by signed URLs;
//   - reports and images are answered with redirects to signed URLs, for what a function
//     answers may have 6 MB at most;
//   - the products of a request to the legacy endpoint are imported by the worker, while
//     the request waits;
//   - the bound on the requests of one user counts in each process of the function by
//     itself, so API Gateway has one over all of them.
//
// The environment is that of package internal/awsbackend, and
//
//	JWT_SECRET                 the secret of HS256 tokens, 32 bytes or more
//	JWT_JWKS_URL               or: where the keys of the identity provider are
//	JWT_ISSUER, JWT_AUDIENCE   with JWT_JWKS_URL: what tokens must name
//	STAGE                      stage of the metrics, such as "prod"
//
// The log is JSON on standard error. The metric of the legacy endpoint is written in lines of
// standard output; see package internal/emf.
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
		handler, err := newHandler(ctx, os.Getenv, os.Stdout, log, time.Now)
		if err != nil {
			return nil, err
		}

		return handler.Handle, nil
	}))
}
