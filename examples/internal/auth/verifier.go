package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// leeway is how far the clocks of this machine and of the one that made a token
// may differ.
const leeway = 10 * time.Second

// MinSecret is the shortest secret, in bytes: RFC 7518, section 3.2, wants a key
// of HS256 to be no shorter than its hash.
const MinSecret = 32

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	parser *jwt.Parser
	// key returns what a token is verified with. The error wraps ErrKeys where that
	// is out of reach.
	key func(context.Context) jwt.Keyfunc
}

// NewSecretVerifier returns a Verifier of HS256 tokens signed with the secret. now
// is the clock; nil means time.Now. The error wraps ErrConfig.
func NewSecretVerifier(secret []byte, now func() time.Time) (*Verifier, error) {
	if err := checkSecret(secret); err != nil {
		return nil, err
	}

	keyfunc := func(*jwt.Token) (any, error) { return secret, nil }

	return &Verifier{
		parser: newParser([]string{jwt.SigningMethodHS256.Alg()}, now),
		key:    func(context.Context) jwt.Keyfunc { return keyfunc },
	}, nil
}

func checkSecret(secret []byte) error {
	if len(secret) < MinSecret {
		return fmt.Errorf("%w: a secret needs %d bytes or more, not %d", ErrConfig, MinSecret, len(secret))
	}

	return nil
}

func newParser(algorithms []string, now func() time.Time, options ...jwt.ParserOption) *jwt.Parser {
	if now == nil {
		now = time.Now
	}

	return jwt.NewParser(append([]jwt.ParserOption{
		jwt.WithValidMethods(algorithms),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(now),
		jwt.WithStrictDecoding(),
	}, options...)...)
}

// Verify returns the user that the token names. The error wraps ErrToken
// (ErrExpired where its time has passed), ErrRole or ErrKeys.
func (v *Verifier) Verify(ctx context.Context, token string) (User, error) {
	var c claims

	_, err := v.parser.ParseWithClaims(token, &c, v.key(ctx))

	switch {
	case errors.Is(err, ErrKeys):
		return User{}, err
	case errors.Is(err, jwt.ErrTokenExpired):
		return User{}, fmt.Errorf("%w: %w", ErrExpired, err)
	case err != nil:
		return User{}, fmt.Errorf("%w: %w", ErrToken, err)
	}

	role, err := ParseRole(c.Role)
	if err != nil {
		return User{}, err
	}

	return User{ID: c.user(), Email: c.Email, Role: role, StoreID: c.store()}, nil
}
