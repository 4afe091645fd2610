package auth

import (
	"errors"
	"fmt"
	"slices"
)

// Role says what a user may do.
type Role string

// The roles there are.
const (
	// RoleAdmin imports products and sees the imports that are its own.
	RoleAdmin Role = "admin"
	// RoleStoreOwner imports the inventory of one store, and sees all that is done to
	// it.
	RoleStoreOwner Role = "store_owner"
	// RoleSuperAdmin sees and changes the imports of everybody.
	RoleSuperAdmin Role = "super_admin"
)

// Roles lists every role.
func Roles() []Role { return []Role{RoleAdmin, RoleStoreOwner, RoleSuperAdmin} }

// ParseRole returns the role of this name, or an error that wraps ErrRole.
func ParseRole(name string) (Role, error) {
	if slices.Contains(Roles(), Role(name)) {
		return Role(name), nil
	}

	return "", fmt.Errorf("%w: %q is none of %v", ErrRole, name, Roles())
}

// User is who calls, as the token says.
type User struct {
	ID string
	// Email may be empty.
	Email string
	Role  Role
	// StoreID is the store of a RoleStoreOwner; empty for other roles.
	StoreID string
}

// SeesAll reports whether the user sees and changes what belongs to others.
func (u User) SeesAll() bool { return u.Role == RoleSuperAdmin }

var (
	// ErrToken reports a token that proves nothing: it is malformed, its signature
	// or a claim is wrong, or it names no user.
	ErrToken = errors.New("auth: invalid token")
	// ErrExpired reports a token that was good once. It is an ErrToken too.
	ErrExpired = fmt.Errorf("%w: expired", ErrToken)
	// ErrRole reports a role that does not exist here.
	ErrRole = errors.New("auth: unknown role")
	// ErrKeys reports that there are no keys to verify a token with, because they
	// could not be fetched.
	ErrKeys = errors.New("auth: keys are not available")
	// ErrConfig reports a secret or an address that cannot be used.
	ErrConfig = errors.New("auth: bad configuration")
)
