package auth_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/auth"
)

// provider is an identity provider: it serves its public keys.
type provider struct {
	rsa     *rsa.PrivateKey
	ecdsa   *ecdsa.PrivateKey
	ed25519 ed25519.PrivateKey
	server  *httptest.Server
}

func newProvider(t *testing.T) *provider {
	t.Helper()

	p := &provider{}

	var err error

	p.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p.ecdsa, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, p.ed25519, err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)

	set := jwkset.NewMemoryStorage()
	for id, key := range map[string]any{
		"rsa": p.rsa.Public(), "ecdsa": p.ecdsa.Public(), "ed25519": p.ed25519.Public(),
		// A mistake of the provider: whoever reads the set has this secret.
		"published": secret(),
	} {
		jwk, err := jwkset.NewJWKFromKey(key, jwkset.JWKOptions{
			Marshal:  jwkset.JWKMarshalOptions{Private: true},
			Metadata: jwkset.JWKMetadataOptions{KID: id},
		})
		require.NoError(t, err)
		require.NoError(t, set.KeyWrite(t.Context(), jwk))
	}

	keys, err := set.JSONPrivate(t.Context())
	require.NoError(t, err)

	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keys) }))
	t.Cleanup(p.server.Close)

	return p
}

// signed returns a token of this algorithm; an empty key id is left out.
func signed(t *testing.T, method jwt.SigningMethod, keyID string, key any, c jwt.MapClaims) string {
	t.Helper()

	token := jwt.NewWithClaims(method, c)
	if keyID != "" {
		token.Header["kid"] = keyID
	}

	text, err := token.SignedString(key)
	require.NoError(t, err)

	return text
}

func TestVerifyWithKeySet(t *testing.T) {
	t.Parallel()

	p := newProvider(t)

	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)

	// What an attacker has of the provider: its public key, in the form in which a
	// careless server takes it for the secret of an HMAC.
	public, err := x509.MarshalPKIXPublicKey(p.rsa.Public())
	require.NoError(t, err)

	tests := []struct {
		name  string
		token string
		err   error
	}{
		{"RS256", signed(t, jwt.SigningMethodRS256, "rsa", p.rsa, good()), nil},
		{"PS384", signed(t, jwt.SigningMethodPS384, "rsa", p.rsa, good()), nil},
		{"ES256", signed(t, jwt.SigningMethodES256, "ecdsa", p.ecdsa, good()), nil},
		{"EdDSA", signed(t, jwt.SigningMethodEdDSA, "ed25519", p.ed25519, good()), nil},
		{"no key id", signed(t, jwt.SigningMethodES256, "", p.ecdsa, good()), nil},
		{"key of a stranger", signed(t, jwt.SigningMethodRS256, "rsa", stranger, good()), auth.ErrToken},
		{"unknown key id", signed(t, jwt.SigningMethodRS256, "stranger", stranger, good()), auth.ErrToken},
		{"algorithm of another key", signed(t, jwt.SigningMethodRS256, "ecdsa", p.rsa, good()), auth.ErrToken},
		{"HMAC with the public key", signed(t, jwt.SigningMethodHS256, "rsa", public, good()), auth.ErrToken},
		{"HMAC with the public key, no key id", signed(t, jwt.SigningMethodHS256, "", public, good()), auth.ErrToken},
		{"HMAC with a published secret", signed(t, jwt.SigningMethodHS256, "published", secret(), good()), auth.ErrToken},
		{"none", signed(t, jwt.SigningMethodNone, "rsa", jwt.UnsafeAllowNoneSignatureType, good()), auth.ErrToken},
		{"without exp", signed(t, jwt.SigningMethodRS256, "rsa", p.rsa, with(jwt.MapClaims{"exp": nil})), auth.ErrToken},
	}

	verifier, err := auth.NewKeySetVerifier(t.Context(), p.server.URL, &auth.KeySetOptions{Now: now})
	require.NoError(t, err)

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			user, err := verifier.Verify(t.Context(), tt.token)
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				require.NotErrorIs(t, err, auth.ErrKeys)

				return
			}

			require.NoError(t, err)
			require.Equal(t, "asha", user.ID)
		})
	}
}

func TestKeySetIssuerAndAudience(t *testing.T) {
	t.Parallel()

	p := newProvider(t)

	verifier, err := auth.NewKeySetVerifier(t.Context(), p.server.URL,
		&auth.KeySetOptions{Now: now, Issuer: "https://id.example.in", Audience: "bulkimport"})
	require.NoError(t, err)

	tests := []struct {
		name   string
		claims jwt.MapClaims
		err    error
	}{
		{"both", jwt.MapClaims{"iss": "https://id.example.in", "aud": []string{"shop", "bulkimport"}}, nil},
		{"neither", jwt.MapClaims{}, auth.ErrToken},
		{"other issuer", jwt.MapClaims{"iss": "https://id.example.com", "aud": "bulkimport"}, auth.ErrToken},
		{"other audience", jwt.MapClaims{"iss": "https://id.example.in", "aud": "shop"}, auth.ErrToken},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			_, err := verifier.Verify(t.Context(), signed(t, jwt.SigningMethodRS256, "rsa", p.rsa, with(tt.claims)))
			require.ErrorIs(t, err, tt.err)
		})
	}
}

func TestKeySetOutOfReach(t *testing.T) {
	t.Parallel()

	down := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(down.Close)

	verifier, err := auth.NewKeySetVerifier(t.Context(), down.URL, &auth.KeySetOptions{Now: now})
	require.NoError(t, err, "the server starts, and says so to those who call")

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)

	for _, keyID := range []string{"rsa", ""} {
		_, err = verifier.Verify(t.Context(), signed(t, jwt.SigningMethodRS256, keyID, key, good()))
		require.ErrorIs(t, err, auth.ErrKeys)
		require.NotErrorIs(t, err, auth.ErrToken)
	}
}

func TestKeysAppearLater(t *testing.T) {
	t.Parallel()

	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)

	jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "new"}})
	require.NoError(t, err)

	answers := make(chan []jwkset.JWKMarshal, 2)
	answers <- nil
	answers <- []jwkset.JWKMarshal{jwk.Marshal()}

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jwkset.JWKSMarshal{Keys: <-answers})
	}))
	t.Cleanup(server.Close)

	verifier, err := auth.NewKeySetVerifier(t.Context(), server.URL, &auth.KeySetOptions{Now: now})
	require.NoError(t, err)

	user, err := verifier.Verify(t.Context(), signed(t, jwt.SigningMethodRS256, "new", key, good()))
	require.NoError(t, err, "an unknown key id brings a fetch about")
	require.Equal(t, "asha", user.ID)
}

func TestKeySetAddress(t *testing.T) {
	t.Parallel()

	for _, address := range []string{"", "id.example.in/keys", "http://id.example.in/keys", "ftp://localhost/keys", "https://", "://"} {
		_, err := auth.NewKeySetVerifier(t.Context(), address, nil)
		require.ErrorIs(t, err, auth.ErrConfig, address)
	}
}
