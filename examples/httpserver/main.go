// Command httpserver serves the import engine over HTTP, on one machine and with
// nothing but a folder:
//
//	go run ./examples/httpserver
//
// It prints its address, a link to its page that signs in, and the commands of a first
// import. Everything is kept in the data folder, which one server uses at a time; a
// server that was stopped, or killed, goes on with its unfinished imports when it is
// started again.
//
// # Flags
//
//	-addr 127.0.0.1:8080      where to listen; port 0 takes a free one
//	-data ./bulkimport-data   the data folder
//	-backend embedded         or memory: nothing is kept; or aws: S3, DynamoDB and SQS,
//	                          as the environment names them (docs/operations.md)
//	-max-upload 5368709120    the largest file, in bytes
//	-workers 2                imports at a time; 0, with -backend aws, leaves them to others
//	-rate-limit 20            requests a second of one user; -1 for any
//	-max-jobs 10              imports of one user at a time; -1 for any
//	-max-jobs-day 100         imports that one user creates a day; -1 for any
//	-public-url URL           where clients reach the server, for the URLs it signs
//	-jwt-issuer ISS           with JWT_JWKS_URL: the issuer tokens must have
//	-jwt-audience AUD         with JWT_JWKS_URL: the audience tokens must have
//	-images on                or off: images are not fetched, their addresses are kept
//	-upload-origins URL,...   where the page may upload to besides this server
//	-log-format text          or json
//	-log-level info           or debug, warn, error
//	-metrics-addr HOST:PORT   serve /metrics for Prometheus there; by default nowhere
//	-emf                      write the ends of imports to the standard output, behind what
//	                          the start prints, as metrics for CloudWatch
//	                          (docs/operations.md)
//
// # Environment
//
//	JWT_SECRET            the secret of HS256 tokens, 32 bytes or more
//	JWT_JWKS_URL          or: where the keys of the identity provider are
//	BULK_UPLOADS_BUCKET   the name that jobs record for the store of their files
//	IMAGE_ALLOW_HOSTS     "host:port,..." that images may come from although they are not
//	                      public, or on other ports than 80 and 443
//	WEBHOOK_URL           where the end of every import is posted to (https); see package
//	                      webhooknotify
//	WEBHOOK_SECRET        with it: what the posts are signed with, 32 bytes or more
//	WEBHOOK_ALLOW_HOSTS   "host:port,..." that it may be although they are not public, or
//	                      speak http
//	STAGE                 with -emf: the stage of the metrics, such as prod
//
// Without the first two, a random secret is kept in the data folder, and the start
// prints a token that is good for a day. Another is made by
//
//	httpserver token -user asha -role admin -ttl 1h
//
// # Tokens
//
// A token names its user in "user_id" or "sub", and carries "exp" and "role":
// "admin" sees its own imports, "super_admin" those of everybody, and "store_owner"
// those of the store in "store_id". See package internal/auth.
//
// # Page
//
// At / is a page to import with: upload, dry run, progress, reports, history and
// statistics. See package web and docs/page.md.
//
// # Endpoints
//
// Below /api/v1/admin/products/import, all with a token:
//
//	GET    /upload-url?filename=products.csv    a job, and the URL to PUT its file to
//	POST   /process                             {"job_id": "...", "options": {...}}
//	GET    /{job_id}/status                     how it is doing
//	GET    ?limit=&cursor=&status=              the jobs, newest first
//	DELETE /{job_id}                            cancel it
//	GET    /{job_id}/errors                     the rows in error, to fix and upload again
//	GET    /{job_id}/results                    a line for every row
//	GET    /template                            a CSV with every column
//
// Below /api/v1/stores/{store_id}/inventory/import the same for the inventory of a store,
// which GET /api/v1/stores/{store_id}/inventory lists;
//
// and /healthz, /readyz and the images below /images/ for anybody. Package internal/api has the details.
//
// # In earnest
//
// The server speaks plain HTTP: put a proxy that does TLS before it, and say by
// -public-url where clients find that. The proxy must let uploads be as large as
// -max-upload, must not collect them before it passes them on, and should not log
// the query of /files/, which is a credential.
//
// SIGINT or SIGTERM stops it in an orderly way: requests under way finish, imports
// commit what they have done. A second signal stops it at once, which costs a few
// seconds of repeated work at the next start. The exit code is 0 after a signal, 1
// after an error, 2 for a wrong command line.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

	// The first signal asks for an orderly end, a second one enforces it.
	context.AfterFunc(ctx, stop)

	p := program{getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}

	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is what the program takes from its surroundings.
type program struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	now            func() time.Time
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// run is the whole program, until ctx ends.
func (p program) run(ctx context.Context, args []string) int {
	if len(args) > 0 && args[0] == "token" {
		return p.exit(p.token(args[1:]))
	}

	conf, err := parseConfig(args, p.getenv, p.stderr)
	if err != nil {
		return p.exit(err)
	}

	return p.exit(p.serve(ctx, conf))
}
