package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/vyapaarai/bulkimport/examples/httpserver/web"
	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/examples/internal/gateway"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
)

// The environment, besides that of package awsbackend.
const (
	envSecret   = "JWT_SECRET"
	envKeySet   = "JWT_JWKS_URL"
	envIssuer   = "JWT_ISSUER"
	envAudience = "JWT_AUDIENCE"
)

// requestsPerSecond is what one user may send to one process of the function.
const requestsPerSecond = 20

// newHandler puts the function together. ctx lasts as long as the process.
func newHandler(ctx context.Context, getenv func(string) string, metrics io.Writer, log *slog.Logger, now func() time.Time) (*gateway.Handler, error) {
	env, envErr := awsbackend.FromEnvironment(getenv)

	verifier, err := newVerifier(ctx, getenv, log, now)
	if err := errors.Join(envErr, err); err != nil {
		return nil, err
	}

	backend, err := awsbackend.Open(ctx, env, &awsbackend.Options{Logger: log, Now: now})
	if err != nil {
		return nil, err
	}

	kinds, err := backend.Kinds(getenv, now)
	if err != nil {
		return nil, err
	}

	ports := backend.Ports(kinds...)

	service, err := importer.NewService(ports, &importer.ServiceOptions{Bucket: env.UploadsBucket, Logger: log, Now: now})
	if err != nil {
		return nil, err
	}

	validator, err := importer.NewValidator(ports, nil)
	if err != nil {
		return nil, err
	}

	origin, err := backend.FilesOrigin(ctx)
	if err != nil {
		return nil, err
	}

	page, err := web.New(web.Options{UploadOrigins: []string{origin}})
	if err != nil {
		return nil, err
	}

	limits, err := api.NewRateLimit(requestsPerSecond, now)
	if err != nil {
		return nil, err
	}

	legacy := legacyOf(backend.Files, emf.New(metrics, cmp.Or(getenv(emf.EnvStage), "dev"), now), log)

	handler := api.WithMiddleware(page.Or(api.New(api.Options{
		Service: service, Authenticator: verifier, Images: backend.Images,
		Redirects: api.Redirects{Reports: true, Image: backend.ImageURL},
		Catalog:   backend.Products, Inventory: backend.Inventory,
		Validator: validator, Legacy: legacy, RateLimit: limits,
		Ready:  api.Checks(backend.Jobs, backend.Products, backend.Files, backend.Images),
		Logger: log,
	})), log, now)

	return gateway.New(handler, &gateway.Options{Failed: api.Failed(log), Logger: log}), nil
}

// legacyOf returns the parts of the import of products in a request, whose use is counted.
func legacyOf(files blob.Store, metrics *emf.Metrics, log *slog.Logger) *api.Legacy {
	return &api.Legacy{Files: files, Runner: elsewhere{}, Used: func(ctx context.Context) {
		if err := metrics.LegacyUsed(); err != nil {
			log.WarnContext(ctx, "the use of the legacy import is not counted", "error", err)
		}
	}}
}

// elsewhere is the runner of jobs whose request waits for them. The job has a message in
// the queue like any other, so the worker runs it, which may write what the API may
// not; the request looks until it has ended.
type elsewhere struct{}

// RunJob implements api.Runner.
func (elsewhere) RunJob(context.Context, string) (importer.RunResult, error) {
	return importer.RunSkipped, nil
}

// newVerifier returns what verifies tokens. Fetching keys goes on until ctx ends.
func newVerifier(ctx context.Context, getenv func(string) string, log *slog.Logger, now func() time.Time) (*auth.Verifier, error) {
	secret, keys := getenv(envSecret), getenv(envKeySet)
	issuer, audience := getenv(envIssuer), getenv(envAudience)

	switch {
	case secret != "" && keys != "":
		return nil, fmt.Errorf("%s and %s are both set; tokens are verified with one of them", envSecret, envKeySet)
	case secret == "" && keys == "":
		return nil, fmt.Errorf("neither %s nor %s is set; tokens are verified with one of them", envSecret, envKeySet)
	case keys == "" && (issuer != "" || audience != ""):
		return nil, fmt.Errorf("%s and %s are for tokens of an identity provider; set %s", envIssuer, envAudience, envKeySet)
	case keys != "":
		verifier, err := auth.NewKeySetVerifier(ctx, keys, &auth.KeySetOptions{Issuer: issuer, Audience: audience, Logger: log, Now: now})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", envKeySet, err)
		}

		return verifier, nil
	}

	verifier, err := auth.NewSecretVerifier([]byte(secret), now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envSecret, err)
	}

	return verifier, nil
}
