// Package auth tells who calls: it verifies JSON Web Tokens (RFC 7519) and, where
// the server has the secret, mints them.
//
// A token names its user in the claim "user_id", or in "sub" where that is
// missing, and carries the claims "role" and "exp"; "email" is optional. The
// algorithm is pinned by the kind of key and never taken from the token: HS256
// with a secret, asymmetric ones with a set of public keys (RFC 8725, section
// 3.1).
package auth
