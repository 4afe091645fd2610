package auth

import (
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// maxUserID is the longest id of a user, in bytes: it becomes part of the keys of
// the job store.
const maxUserID = 256

// claims are the claims of a token.
type claims struct {
	UserID string `json:"user_id,omitempty"`
	Role   string `json:"role"`
	Email  string `json:"email,omitempty"`
	jwt.RegisteredClaims
}

// Validate is called by the parser once signature and times are found to be right.
func (c *claims) Validate() error {
	switch id := c.user(); {
	case id == "":
		return errors.New("neither user_id nor sub names a user")
	case len(id) > maxUserID:
		return fmt.Errorf("the id of the user has more than %d bytes", maxUserID)
	}

	return nil
}

// user returns the id of the user.
func (c *claims) user() string {
	if c.UserID != "" {
		return c.UserID
	}

	return c.Subject
}
