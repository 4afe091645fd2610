package signedurl

import (
	"crypto/hmac"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
)

// Grant is what a signed URL permits.
type Grant struct {
	// Method is GET, which includes HEAD, or PUT.
	Method string
	Key    string
	// Filename is the name to save a download under, or "".
	Filename string
	// Expires is when the URL stops being good, in full seconds.
	Expires time.Time
}

// Verify returns what u permits a request with this method to do. Of u only the
// path and the query count, as a server sees them. The error wraps ErrMethod,
// ErrSignature (also for a URL that is not of the form at all), or ErrExpired.
func (s *Server) Verify(method string, u *url.URL) (Grant, error) {
	switch method {
	case http.MethodGet, http.MethodPut:
	case http.MethodHead:
		method = http.MethodGet
	default:
		return Grant{}, fmt.Errorf("%w: %q", ErrMethod, method)
	}

	g, signature, err := s.parse(u)
	if err != nil {
		return Grant{}, fmt.Errorf("%w: %w", ErrSignature, err)
	}

	g.Method = method

	// The texts are compared, not what they decode to: base64 has several for
	// the same bytes.
	if !hmac.Equal([]byte(signature), []byte(s.signature(g))) {
		return Grant{}, ErrSignature
	}

	// Only now: nothing is said about the time of a URL that somebody made up.
	if !s.opts.Now().Before(g.Expires) {
		return Grant{}, fmt.Errorf("%w at %v", ErrExpired, g.Expires.UTC())
	}

	return g, nil
}

// parse reads the parts of a URL. It is strict, so that a URL has one reading.
func (s *Server) parse(u *url.URL) (g Grant, signature string, err error) {
	key, found := strings.CutPrefix(u.Path, s.base.Path+"/")
	if !found {
		return Grant{}, "", fmt.Errorf("the path is not below %q", s.base.Path+"/")
	}

	if err := blob.CheckKey(key); err != nil {
		return Grant{}, "", err
	}

	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Grant{}, "", err
	}

	for name, values := range query {
		known := name == "expires" || name == "filename" || name == "signature"
		if !known || len(values) != 1 {
			return Grant{}, "", fmt.Errorf("parameter %q is unknown or repeated", name)
		}
	}

	expires, err := strconv.ParseInt(query.Get("expires"), 10, 64)
	if err != nil {
		return Grant{}, "", err
	}

	return Grant{
		Key:      key,
		Filename: query.Get("filename"),
		Expires:  time.Unix(expires, 0),
	}, query.Get("signature"), nil
}
