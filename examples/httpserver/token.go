package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/secretfile"
	"github.com/vyapaarai/bulkimport/importer"
)

// maxTokenTTL is the longest life of a token that the command makes. There is no
// way to take a token back.
const maxTokenTTL = 366 * 24 * time.Hour

// token prints a token for the servers that share the secret: that of the
// environment, or else that of the data folder.
func (p program) token(args []string) error {
	var (
		user auth.User
		role string
		ttl  time.Duration
		data string
	)

	flags := flag.NewFlagSet("httpserver token", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.StringVar(&user.ID, "user", "", "id of the user `U` (required)")
	flags.StringVar(&role, "role", "", "`ROLE` admin, super_admin or store_owner (required)")
	flags.StringVar(&user.StoreID, "store", "", "id of the store `S` of a store_owner")
	flags.StringVar(&user.Email, "email", "", "e-mail address of the user")
	flags.DurationVar(&ttl, "ttl", time.Hour, "how long the token is good")
	flags.StringVar(&data, "data", defaultData, "the data folder `DIR` of the server")

	if err := parse(flags, args); err != nil {
		return err
	}

	if user.ID == "" {
		return wrongUsage("name the user of the token by -user")
	}

	var err error
	if user.Role, err = auth.ParseRole(role); err != nil {
		return wrongUsage("-role must be one of %v, not %q", auth.Roles(), role)
	}

	if err := checkStore(user); err != nil {
		return err
	}

	if ttl <= 0 || ttl > maxTokenTTL {
		return wrongUsage("-ttl must be more than 0 and at most %s, not %s", maxTokenTTL, ttl)
	}

	secret, err := p.tokenSecret(data)
	if err != nil {
		return err
	}

	token, err := auth.Mint(secret, user, p.now(), ttl)
	if err != nil {
		return fmt.Errorf("cannot make the token: %w", err)
	}

	_, err = fmt.Fprintln(p.stdout, token)

	return err
}

// checkStore checks that a store owner, and nobody else, has a store.
func checkStore(user auth.User) error {
	if user.Role != auth.RoleStoreOwner {
		if user.StoreID != "" {
			return wrongUsage("-store is for the role %s alone", auth.RoleStoreOwner)
		}

		return nil
	}

	if err := importer.CheckStoreID(user.StoreID); err != nil {
		return wrongUsage("-role %s needs -store with the id of a store: 1 to 128 letters, digits, hyphens, underscores and points", auth.RoleStoreOwner)
	}

	return nil
}

// tokenSecret returns the secret that the server with this environment and this
// data folder verifies tokens with.
func (p program) tokenSecret(data string) ([]byte, error) {
	conf := config{jwtSecret: p.getenv(envSecret), keySetURL: p.getenv(envKeySet)}
	if err := conf.checkTokens(); err != nil {
		return nil, err
	}

	switch {
	case conf.keySetURL != "":
		return nil, wrongUsage("%s is set, so tokens are made by the identity provider and not here", envKeySet)
	case conf.jwtSecret != "":
		return []byte(conf.jwtSecret), nil
	}

	// One is not made here: with a mistyped folder, the token would be good for
	// nothing.
	secret, err := secretfile.Load(filepath.Join(data, jwtSecretFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no secret in %s; start the server with this -data first, or set %s", data, envSecret)
	}

	return secret, err
}
