package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
)

const jwtSecret = "a secret of the tests, long enough"

// mint returns a token signed with jwtSecret.
func mint(t *testing.T, user string, role auth.Role) string {
	t.Helper()

	token, err := auth.Mint([]byte(jwtSecret), auth.User{ID: user, Role: role}, time.Now(), time.Hour)
	require.NoError(t, err)

	return token
}

func TestTokens(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}, env: map[string]string{envSecret: jwtSecret}})
	require.Empty(t, s.token, "with a secret of the operator's there is no token to begin with")

	sign := func(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		require.NoError(t, err)

		return token
	}

	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }

	tests := []struct {
		name, token, code string
		status            int
	}{
		{"good", mint(t, "asha", auth.RoleAdmin), "", 200},
		{"none", "", "token_missing", 401},
		{"expired", sign(jwt.SigningMethodHS256, []byte(jwtSecret), jwt.MapClaims{"sub": "asha", "role": "admin", "exp": in(-time.Hour)}), "token_expired", 401},
		{"no expiry", sign(jwt.SigningMethodHS256, []byte(jwtSecret), jwt.MapClaims{"sub": "asha", "role": "admin"}), "token_invalid", 401},
		{"no algorithm", sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, jwt.MapClaims{"sub": "asha", "role": "admin", "exp": in(time.Hour)}), "token_invalid", 401},
		{"other secret", sign(jwt.SigningMethodHS256, []byte(strings.ToUpper(jwtSecret)), jwt.MapClaims{"sub": "asha", "role": "admin", "exp": in(time.Hour)}), "token_invalid", 401},
		{"other role", sign(jwt.SigningMethodHS256, []byte(jwtSecret), jwt.MapClaims{"sub": "asha", "role": "cashier", "exp": in(time.Hour)}), "forbidden", 403},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			answer := s.as(tt.token).call(t, tt.status, http.MethodGet, api.Base, "")
			if tt.code != "" {
				require.Equal(t, tt.code, answer["code"])
			}
		})
	}
}

func TestAdminsSeeTheirOwn(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory"}, env: map[string]string{envSecret: jwtSecret}})
	asha, ravi, root := s.as(mint(t, "asha", auth.RoleAdmin)), s.as(mint(t, "ravi", auth.RoleAdmin)), s.as(mint(t, "root", auth.RoleSuperAdmin))

	id := asha.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)

	require.Equal(t, "job_not_found", ravi.call(t, http.StatusNotFound, http.MethodGet, api.Base+"/"+id+"/status", "")["code"])
	require.Equal(t, "job_not_found", ravi.call(t, http.StatusNotFound, http.MethodGet, api.Base+"/"+id+"/errors", "")["code"])
	require.Equal(t, "job_not_found", ravi.call(t, http.StatusNotFound, http.MethodPost, api.Base+"/process", `{"job_id":"`+id+`"}`)["code"])
	require.Equal(t, "asha", root.status(t, id)["created_by"])
}

func TestTokenCommand(t *testing.T) {
	t.Parallel()

	data := t.TempDir()
	s := start(t, setting{args: []string{"-data", data}})

	code, token, stderr := execute(t, setting{args: []string{"token", "-user", "asha", "-role", "admin", "-ttl", "1h", "-data", data}})
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "asha", s.as(strings.TrimSpace(token)).statusOf(t)["created_by"])

	env := map[string]string{envSecret: jwtSecret}
	s = start(t, setting{args: []string{"-backend", "memory"}, env: env})

	code, token, stderr = execute(t, setting{args: []string{"token", "-user", "ravi", "-role", "super_admin", "-email", "r@example.in"}, env: env})
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "ravi", s.as(strings.TrimSpace(token)).statusOf(t)["created_by"])
}

// statusOf returns the status of a new job.
func (c client) statusOf(t *testing.T) object {
	t.Helper()

	return c.status(t, c.create(t)["job_id"].(string))
}

func TestTokenCommandRefuses(t *testing.T) {
	t.Parallel()

	folder := filepath.Join(t.TempDir(), "none")

	tests := []struct {
		name string
		args []string
		env  map[string]string
		code int
		says string
	}{
		{"no user", []string{"-role", "admin"}, nil, exitUsage, "-user"},
		{"no role", []string{"-user", "asha"}, nil, exitUsage, "-role must be one of [admin store_owner super_admin]"},
		{"other role", []string{"-user", "asha", "-role", "root"}, nil, exitUsage, `not "root"`},
		{"store owner without a store", []string{"-user", "asha", "-role", "store_owner"}, nil, exitUsage, "needs -store"},
		{"store that is none", []string{"-user", "asha", "-role", "store_owner", "-store", "../1"}, nil, exitUsage, "needs -store"},
		{"store of an admin", []string{"-user", "asha", "-role", "admin", "-store", "store-1"}, nil, exitUsage, "-store is for the role store_owner"},
		{"no time", []string{"-user", "asha", "-role", "admin", "-ttl", "0s"}, nil, exitUsage, "-ttl"},
		{"too much time", []string{"-user", "asha", "-role", "admin", "-ttl", "9000h"}, nil, exitUsage, "-ttl"},
		{"no server yet", []string{"-user", "asha", "-role", "admin", "-data", folder}, nil, exitFailed, "start the server with this -data first"},
		{"argument", []string{"asha"}, nil, exitUsage, `no argument "asha"`},
		{"unknown flag", []string{"-name", "asha"}, nil, exitUsage, "-name"},
		{"identity provider", []string{"-user", "asha", "-role", "admin"}, map[string]string{envKeySet: "https://id.example.in"}, exitUsage, "identity provider"},
		{"short secret", []string{"-user", "asha", "-role", "admin"}, map[string]string{envSecret: "short"}, exitUsage, "has 5 bytes"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			code, stdout, stderr := execute(t, setting{args: append([]string{"token"}, tt.args...), env: tt.env})
			require.Equal(t, tt.code, code)
			require.Empty(t, stdout)
			require.Contains(t, stderr, tt.says)
		})
	}

	require.NoDirExists(t, folder)
}

func TestKeysOfAnIdentityProvider(t *testing.T) {
	t.Parallel()

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)

	jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "one"}})
	require.NoError(t, err)

	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jwkset.JWKSMarshal{Keys: []jwkset.JWKMarshal{jwk.Marshal()}})
	}))
	t.Cleanup(provider.Close)

	data := t.TempDir()
	s := start(t, setting{args: []string{"-data", data, "-jwt-audience", "import"}, env: map[string]string{envKeySet: provider.URL}})
	require.Empty(t, s.token)
	require.NoFileExists(t, filepath.Join(data, jwtSecretFile), "tokens of its own would be a way in")

	sign := func(audience string) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
			"sub": "asha", "role": "admin", "aud": audience, "exp": time.Now().Add(time.Hour).Unix(),
		})
		token.Header["kid"] = "one"

		text, err := token.SignedString(key)
		require.NoError(t, err)

		return text
	}

	require.Equal(t, "asha", s.as(sign("import")).statusOf(t)["created_by"])
	require.Equal(t, "token_invalid", s.as(sign("shop")).call(t, http.StatusUnauthorized, http.MethodGet, api.Base, "")["code"])

	hmac := mint(t, "asha", auth.RoleSuperAdmin)
	require.Equal(t, "token_invalid", s.as(hmac).call(t, http.StatusUnauthorized, http.MethodGet, api.Base, "")["code"])
}

func TestKeysOutOfReach(t *testing.T) {
	t.Parallel()

	provider := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(provider.Close)

	s := start(t, setting{args: []string{"-backend", "memory"}, env: map[string]string{envKeySet: provider.URL}})
	require.Equal(t, "token_missing", s.call(t, http.StatusUnauthorized, http.MethodGet, api.Base, "")["code"])

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)

	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": "asha"}).SignedString(key)
	require.NoError(t, err)

	answer := s.as(token).call(t, http.StatusServiceUnavailable, http.MethodGet, api.Base, "")
	require.Equal(t, "keys_unavailable", answer["code"])
	require.Contains(t, s.log.String(), "cannot fetch the keys")
}

func TestSecretsAreTheOwnersAlone(t *testing.T) {
	t.Parallel()

	data := filepath.Join(t.TempDir(), "new", "folder")
	s := start(t, setting{args: []string{"-data", data}})

	secrets := map[string]bool{}

	for _, name := range []string{jwtSecretFile, urlSecretFile} {
		info, err := os.Stat(filepath.Join(data, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode(), name)

		secret, err := os.ReadFile(filepath.Join(data, name))
		require.NoError(t, err)

		secrets[string(secret)] = true
	}

	require.Len(t, secrets, 2, "one for each purpose")

	info, err := os.Stat(data)
	require.NoError(t, err)
	require.Equal(t, os.ModeDir|0o700, info.Mode())

	// What is secret stays out of the log.
	address := s.create(t)["upload_url"].(string)
	put(t, http.StatusOK, address, shopCSV)

	signature := address[strings.Index(address, "signature="):]

	require.Equal(t, exitOK, s.stop())
	require.Contains(t, s.log.String(), "/input.csv")
	require.NotContains(t, s.log.String(), signature)
	require.NotContains(t, s.log.String(), s.token)
	require.NotContains(t, s.log.String(), "Maggi")
}
