package auth

import (
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// maxUserID is the longest id of a user, in bytes: it becomes part of the keys of
// the job store.
const maxUserID = 256

// maxStoreID is the longest id of a store, in bytes.
const maxStoreID = 128

// claims are the claims of a token.
type claims struct {
	UserID string `json:"user_id,omitempty"`
	Role   string `json:"role"`
	Email  string `json:"email,omitempty"`
	// StoreID is required of a store owner.
	StoreID string `json:"store_id,omitempty"`
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

	switch {
	case Role(c.Role) != RoleStoreOwner:
	case c.StoreID == "":
		return errors.New("store_id does not name the store of the owner")
	case len(c.StoreID) > maxStoreID:
		return fmt.Errorf("the id of the store has more than %d bytes", maxStoreID)
	}

	return nil
}

// store returns the store of a store owner.
func (c *claims) store() string {
	if Role(c.Role) != RoleStoreOwner {
		return ""
	}

	return c.StoreID
}

// user returns the id of the user.
func (c *claims) user() string {
	if c.UserID != "" {
		return c.UserID
	}

	return c.Subject
}
