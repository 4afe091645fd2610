package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/examples/internal/gateway"
	"github.com/vyapaarai/bulkimport/importer"
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
func newHandler(ctx context.Context, getenv func(string) string, log *slog.Logger, now func() time.Time) (*gateway.Handler, error) {
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

	// It takes nothing from the queue: it runs the jobs of requests that wait for them.
	runner, err := importer.NewWorker(ports, &importer.WorkerOptions{Logger: log, Now: now})
	if err != nil {
		return nil, err
	}

	limits, err := api.NewRateLimit(requestsPerSecond, now)
	if err != nil {
		return nil, err
	}

	handler := api.WithMiddleware(api.New(api.Options{
		Service: service, Authenticator: verifier, Images: backend.Images,
		Redirects: api.Redirects{Reports: true, Image: backend.ImageURL},
		Catalog:   backend.Products, Inventory: backend.Inventory,
		Validator: validator, Legacy: &api.Legacy{Files: backend.Files, Runner: runner}, RateLimit: limits,
		Ready:  api.Checks(backend.Jobs, backend.Products, backend.Files, backend.Images),
		Logger: log,
	}), log, now)

	return gateway.New(handler, &gateway.Options{Failed: api.Failed(log), Logger: log}), nil
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
