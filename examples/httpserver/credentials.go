package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/secretfile"
)

// The files of the secrets in the data folder. They are two, so that either can be
// replaced without the other.
const (
	jwtSecretFile = "jwt-secret"
	urlSecretFile = "url-secret"
)

const (
	// operator is the user of the token that the start prints.
	operator = "operator"
	// operatorTTL is how long that token is good.
	operatorTTL = 24 * time.Hour
)

// credentials are what the server verifies with.
type credentials struct {
	verifier *auth.Verifier
	// urlSecret signs the URLs of uploads and reports.
	urlSecret []byte
	// token is one to begin with, where the server made the secret itself; empty
	// otherwise, for then there is somebody else to make tokens.
	token string
}

// openCredentials returns the credentials of a server. The data folder exists.
// Fetching keys goes on until ctx ends.
func openCredentials(ctx context.Context, conf config, log *slog.Logger, now func() time.Time) (credentials, error) {
	var c credentials

	urlSecret, err := conf.ownSecret(urlSecretFile)
	if err != nil {
		return credentials{}, err
	}

	c.urlSecret = urlSecret

	switch {
	case conf.keySetURL != "":
		c.verifier, err = auth.NewKeySetVerifier(ctx, conf.keySetURL, &auth.KeySetOptions{
			Issuer: conf.issuer, Audience: conf.audience, Logger: log, Now: now,
		})
		if err != nil {
			return credentials{}, fmt.Errorf("%s: %w", envKeySet, err)
		}

		return c, nil

	case conf.jwtSecret != "":
		c.verifier, err = auth.NewSecretVerifier([]byte(conf.jwtSecret), now)
		if err != nil {
			return credentials{}, fmt.Errorf("%s: %w", envSecret, err)
		}

		return c, nil
	}

	secret, err := conf.ownSecret(jwtSecretFile)
	if err != nil {
		return credentials{}, err
	}

	if c.verifier, err = auth.NewSecretVerifier(secret, now); err != nil {
		return credentials{}, err
	}

	c.token, err = auth.Mint(secret, auth.User{ID: operator, Role: auth.RoleSuperAdmin}, now(), operatorTTL)

	return c, err
}

// ownSecret returns a secret of the server's own making: that of the file in the
// data folder, or a new one where nothing is kept.
func (c config) ownSecret(file string) ([]byte, error) {
	if c.backend == backendEmbedded {
		return secretfile.LoadOrCreate(filepath.Join(c.data, file))
	}

	secret := make([]byte, secretfile.Size)

	// crypto/rand.Read never fails: it ends the program where there is no
	// randomness.
	_, _ = rand.Read(secret)

	return secret, nil
}
