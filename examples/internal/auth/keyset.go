package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

const (
	// fetchTimeout bounds one fetch of the keys, and so how long a start waits for
	// an identity provider that does not answer.
	fetchTimeout = 10 * time.Second
	// unknownKeyEvery and unknownKeyWait bound the fetches that tokens with an
	// unknown key id bring about, and how long such a request waits.
	unknownKeyEvery = 10 * time.Second
	unknownKeyWait  = 5 * time.Second
)

// KeySetOptions are the optional parts of NewKeySetVerifier.
type KeySetOptions struct {
	// Issuer and Audience, where not empty, must be the claim "iss" and one of the
	// claim "aud". Without them a token that the identity provider made for another
	// application is as good as one for this.
	Issuer, Audience string
	// RefreshInterval is how often the keys are fetched again. Default 1 hour.
	RefreshInterval time.Duration
	// Client fetches the keys. Redirects are followed only to where keys may be
	// fetched from, and an answer of more than 1 MiB is an error, whatever the
	// client. Default: one with a time-out.
	Client *http.Client
	// Logger is told when a fetch fails. Default: nothing is logged.
	Logger *slog.Logger
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// asymmetric are the algorithms of public keys. With a symmetric one among them a
// public key could be taken for a secret.
func asymmetric() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

// NewKeySetVerifier returns a Verifier of tokens signed with one of the keys that
// address serves as a JWK set (RFC 7517). It fetches the keys before it returns,
// and then now and again until ctx ends. Where a fetch fails, tokens are verified
// with the keys of the one before; without any, Verify gives ErrKeys. opts may be
// nil. The error wraps ErrConfig.
func NewKeySetVerifier(ctx context.Context, address string, opts *KeySetOptions) (*Verifier, error) {
	if err := checkKeySetAddress(address); err != nil {
		return nil, err
	}

	o := KeySetOptions{}
	if opts != nil {
		o = *opts
	}

	if o.Client == nil {
		o.Client = &http.Client{Timeout: fetchTimeout}
	}

	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}

	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{address}, keyfunc.Override{
		Client:            boundedClient(o.Client),
		HTTPTimeout:       fetchTimeout,
		RefreshInterval:   o.RefreshInterval,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(unknownKeyEvery), 1),
		RateLimitWaitMax:  unknownKeyWait,
		RefreshErrorHandlerFunc: func(string) func(context.Context, error) {
			return func(ctx context.Context, err error) {
				o.Logger.ErrorContext(ctx, "cannot fetch the keys that verify tokens", "error", err)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}

	options := []jwt.ParserOption{jwt.WithIssuer(o.Issuer)}
	if o.Audience != "" {
		options = append(options, jwt.WithAudience(o.Audience))
	}

	return &Verifier{parser: newParser(asymmetric(), o.Now, options...), key: keySetKey(keys)}, nil
}

// checkKeySetAddress refuses addresses from which somebody on the way could slip
// in a key of their own.
func checkKeySetAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("%w: the address of the keys is no URL: %w", ErrConfig, err)
	}

	loopback := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return fmt.Errorf("%w: the address of the keys must begin with https://", ErrConfig)
	}

	return nil
}

// keySetKey tells a key that does not exist from one that could not be fetched.
func keySetKey(keys keyfunc.Keyfunc) func(context.Context) jwt.Keyfunc {
	return func(ctx context.Context) jwt.Keyfunc {
		return func(token *jwt.Token) (any, error) {
			key, err := keys.KeyfuncCtx(ctx)(token)
			if err == nil && !isEmpty(key) {
				return key, nil
			}

			known, readErr := keys.Storage().KeyReadAll(ctx)
			if readErr != nil || len(known) == 0 {
				return nil, errors.Join(ErrKeys, err, readErr)
			}

			return nil, errors.Join(jwkset.ErrKeyNotFound, err)
		}
	}
}

// isEmpty reports whether a token without a key id has no key to be tried with.
func isEmpty(key any) bool {
	set, ok := key.(jwt.VerificationKeySet)

	return ok && len(set.Keys) == 0
}
