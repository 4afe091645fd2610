package auth_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
)

// now is the time at which the tests take place.
func now() time.Time { return time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC) }

func secret() []byte { return []byte("a secret of thirty-two bytes, yes") }

func good() jwt.MapClaims {
	return jwt.MapClaims{"user_id": "asha", "role": "admin", "email": "asha@example.in", "exp": now().Add(time.Hour).Unix()}
}

// with returns good claims with some of them changed; nil removes one.
func with(changes jwt.MapClaims) jwt.MapClaims {
	c := good()

	for name, value := range changes {
		if value == nil {
			delete(c, name)
		} else {
			c[name] = value
		}
	}

	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, c jwt.MapClaims) string {
	t.Helper()

	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	require.NoError(t, err)

	return token
}

func TestVerifyWithSecret(t *testing.T) {
	t.Parallel()

	hs256 := func(t *testing.T, c jwt.MapClaims) string { return sign(t, jwt.SigningMethodHS256, secret(), c) }

	tests := []struct {
		name  string
		token func(t *testing.T) string
		want  auth.User
		err   error
	}{
		{
			name:  "user_id",
			token: func(t *testing.T) string { return hs256(t, good()) },
			want:  auth.User{ID: "asha", Email: "asha@example.in", Role: auth.RoleAdmin},
		},
		{
			name: "sub in place of user_id",
			token: func(t *testing.T) string {
				return hs256(t, with(jwt.MapClaims{"user_id": nil, "sub": "ravi", "email": nil, "role": "super_admin"}))
			},
			want: auth.User{ID: "ravi", Role: auth.RoleSuperAdmin},
		},
		{
			name: "store owner",
			token: func(t *testing.T) string {
				return hs256(t, with(jwt.MapClaims{"role": "store_owner", "store_id": "store-1"}))
			},
			want: auth.User{ID: "asha", Email: "asha@example.in", Role: auth.RoleStoreOwner, StoreID: "store-1"},
		},
		{
			name:  "store owner without a store",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"role": "store_owner"})) },
			err:   auth.ErrToken,
		},
		{
			name: "store id too long",
			token: func(t *testing.T) string {
				return hs256(t, with(jwt.MapClaims{"role": "store_owner", "store_id": strings.Repeat("s", 129)}))
			},
			err: auth.ErrToken,
		},
		{
			name: "store id that is no text",
			token: func(t *testing.T) string {
				return hs256(t, with(jwt.MapClaims{"role": "store_owner", "store_id": []string{"store-1"}}))
			},
			err: auth.ErrToken,
		},
		{
			name:  "the store of an admin means nothing",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"store_id": "store-1"})) },
			want:  auth.User{ID: "asha", Email: "asha@example.in", Role: auth.RoleAdmin},
		},
		{
			name:  "user_id before sub",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"sub": "ravi"})) },
			want:  auth.User{ID: "asha", Email: "asha@example.in", Role: auth.RoleAdmin},
		},
		{
			name: "clocks differ by a few seconds",
			token: func(t *testing.T) string {
				return hs256(t, with(jwt.MapClaims{"exp": now().Add(-5 * time.Second).Unix()}))
			},
			want: auth.User{ID: "asha", Email: "asha@example.in", Role: auth.RoleAdmin},
		},
		{
			name: "expired half a minute ago",
			token: func(t *testing.T) string {
				return hs256(t, with(jwt.MapClaims{"exp": now().Add(-30 * time.Second).Unix()}))
			},
			err: auth.ErrExpired,
		},
		{
			name:  "without exp",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"exp": nil})) },
			err:   auth.ErrToken,
		},
		{
			name:  "not yet good",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"nbf": now().Add(time.Minute).Unix()})) },
			err:   auth.ErrToken,
		},
		{
			name:  "without a user",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"user_id": nil})) },
			err:   auth.ErrToken,
		},
		{
			name:  "user id too long",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"user_id": strings.Repeat("a", 257)})) },
			err:   auth.ErrToken,
		},
		{
			name:  "user id is a number",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"user_id": 7})) },
			err:   auth.ErrToken,
		},
		{
			name:  "other role",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"role": "cashier"})) },
			err:   auth.ErrRole,
		},
		{
			name:  "without a role",
			token: func(t *testing.T) string { return hs256(t, with(jwt.MapClaims{"role": nil})) },
			err:   auth.ErrRole,
		},
		{
			name: "other secret",
			token: func(t *testing.T) string {
				return sign(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32)), good())
			},
			err: auth.ErrToken,
		},
		{
			name: "algorithm none",
			token: func(t *testing.T) string {
				return sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good())
			},
			err: auth.ErrToken,
		},
		{
			name:  "other hash, right secret",
			token: func(t *testing.T) string { return sign(t, jwt.SigningMethodHS512, secret(), good()) },
			err:   auth.ErrToken,
		},
		{
			name: "claims changed under the signature",
			token: func(t *testing.T) string {
				parts := strings.Split(hs256(t, good()), ".")
				parts[1] = base64.RawURLEncoding.EncodeToString(
					fmt.Appendf(nil, `{"user_id":"asha","role":"super_admin","exp":%d}`, now().Add(time.Hour).Unix()))

				return strings.Join(parts, ".")
			},
			err: auth.ErrToken,
		},
		{name: "nothing", token: func(*testing.T) string { return "" }, err: auth.ErrToken},
		{name: "no token", token: func(*testing.T) string { return "a.b.c" }, err: auth.ErrToken},
		{
			name: "claims are null",
			token: func(*testing.T) string {
				encode := base64.RawURLEncoding.EncodeToString

				return encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(`null`)) + "."
			},
			err: auth.ErrToken,
		},
	}

	verifier, err := auth.NewSecretVerifier(secret(), now)
	require.NoError(t, err)

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			user, err := verifier.Verify(t.Context(), tt.token(t))
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				require.Zero(t, user)

				return
			}

			require.NoError(t, err)
			require.Equal(t, tt.want, user)
		})
	}
}

func TestExpiredIsATokenError(t *testing.T) {
	t.Parallel()

	require.ErrorIs(t, auth.ErrExpired, auth.ErrToken)
}

func TestShortSecretIsRefused(t *testing.T) {
	t.Parallel()

	_, err := auth.NewSecretVerifier(make([]byte, auth.MinSecret-1), nil)
	require.ErrorIs(t, err, auth.ErrConfig)

	_, err = auth.Mint(make([]byte, auth.MinSecret-1), auth.User{ID: "asha", Role: auth.RoleAdmin}, now(), time.Hour)
	require.ErrorIs(t, err, auth.ErrConfig)
}

func TestMintedTokenVerifies(t *testing.T) {
	t.Parallel()

	verifier, err := auth.NewSecretVerifier(secret(), now)
	require.NoError(t, err)

	for _, role := range auth.Roles() {
		want := auth.User{ID: "आशा", Email: "asha@example.in", Role: role}
		if role == auth.RoleStoreOwner {
			want.StoreID = "store-1"
		}

		token, err := auth.Mint(secret(), want, now(), time.Hour)
		require.NoError(t, err)

		got, err := verifier.Verify(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, role == auth.RoleSuperAdmin, got.SeesAll())
	}
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name string
		user auth.User
		ttl  time.Duration
		err  error
	}{
		{"no user", auth.User{Role: auth.RoleAdmin}, time.Hour, auth.ErrToken},
		{"no role", auth.User{ID: "asha"}, time.Hour, auth.ErrRole},
		{"other role", auth.User{ID: "asha", Role: "root"}, time.Hour, auth.ErrRole},
		{"store owner without a store", auth.User{ID: "asha", Role: auth.RoleStoreOwner}, time.Hour, auth.ErrToken},
		{"no time", auth.User{ID: "asha", Role: auth.RoleAdmin}, 0, auth.ErrConfig},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			_, err := auth.Mint(secret(), tt.user, now(), tt.ttl)
			require.ErrorIs(t, err, tt.err)
		})
	}
}
