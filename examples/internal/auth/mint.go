package auth

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Mint returns an HS256 token for the user that is good from now until ttl has
// passed. The error wraps ErrConfig where the secret is too short or ttl not
// positive, and ErrRole or ErrToken where no Verifier would take the token.
func Mint(secret []byte, u User, now time.Time, ttl time.Duration) (string, error) {
	if err := checkSecret(secret); err != nil {
		return "", err
	}

	if ttl <= 0 {
		return "", fmt.Errorf("%w: a token must be good for some time, not %s", ErrConfig, ttl)
	}

	if _, err := ParseRole(string(u.Role)); err != nil {
		return "", err
	}

	c := claims{
		UserID: u.ID, Role: string(u.Role), Email: u.Email, StoreID: u.StoreID,
		RegisteredClaims: jwt.RegisteredClaims{
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
		},
	}
	if err := c.Validate(); err != nil {
		return "", fmt.Errorf("%w: %w", ErrToken, err)
	}

	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, &c).SignedString(secret)
	if err != nil {
		return "", fmt.Errorf("auth: sign token: %w", err)
	}

	return token, nil
}
