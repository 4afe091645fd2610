package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
	"github.com/vyapaarai/bulkimport/importer"
)

// userHandler answers a request of a user that is known. An error it returns is
// answered for it, so it returns one only before it has begun to answer.
type userHandler func(w http.ResponseWriter, r *http.Request, c importer.Caller) error

// forUsers lets only users with a role through to the handler.
func (a *api) forUsers(next userHandler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := a.authenticate(r)
		if err != nil {
			a.refuse(w, r, err)

			return
		}

		if wait := a.limits.take(user.ID); wait > 0 {
			a.answerError(w, r, tooManyRequests(wait))

			return
		}

		c, err := areaOf(r).caller(user)
		if err != nil {
			a.refuse(w, r, err)

			return
		}

		if err := next(w, r, c); err != nil {
			a.answerError(w, r, err)
		}
	})
}

// errOtherArea reports a store owner outside of its store.
var errOtherArea = fmt.Errorf("%w: this is not of the user's store", auth.ErrRole)

// errNoToken reports a request without a token.
var errNoToken = errors.New("api: no bearer token")

func (a *api) authenticate(r *http.Request) (auth.User, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return auth.User{}, errNoToken
	}

	return a.users.Verify(r.Context(), strings.TrimSpace(token))
}

// refuse answers a request whose caller is not known or has no business here. The
// challenge is that of RFC 6750, section 3.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	challenge := `Bearer realm="bulkimport"`
	p := &problem{status: http.StatusUnauthorized}

	switch {
	case errors.Is(err, errNoToken):
		p.code, p.message = "token_missing", "Send a token in the header: Authorization: Bearer <token>."
	case errors.Is(err, auth.ErrExpired):
		p.code, p.message = "token_expired", "The token has expired; get a new one."
		challenge += `, error="invalid_token", error_description="The token has expired"`
	case errors.Is(err, auth.ErrToken):
		p.code, p.message = "token_invalid", "The token is not valid here; get a new one."
		challenge += `, error="invalid_token"`
	case errors.Is(err, errOtherArea):
		p.status, p.code, p.message = http.StatusForbidden, "forbidden", "A store owner has access to its own store and nothing else."
	case errors.Is(err, auth.ErrRole):
		p.status, p.code, p.message = http.StatusForbidden, "forbidden", "Imports need the role admin or super_admin, or store_owner for those of a store."
	case errors.Is(err, auth.ErrKeys):
		p.status, p.code = http.StatusServiceUnavailable, "keys_unavailable"
		p.message = "Tokens cannot be verified at the moment, because the keys of the identity provider are out of reach; try again."
	default:
		a.answerError(w, r, err)

		return
	}

	a.log.InfoContext(r.Context(), "caller refused", "request_id", httpmw.RequestID(r.Context()), "code", p.code, "reason", err)

	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}

	a.answerProblem(w, r, p)
}
