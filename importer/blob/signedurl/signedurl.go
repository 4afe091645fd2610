// Package signedurl makes and serves signed URLs of files, for a blob.Store that
// has none of its own: whoever holds the URL may upload or download one key for
// a limited time, without any other credentials.
//
// # Form
//
//	{BaseURL}/{key}?expires={unix seconds}[&filename={name}]&signature={base64url}
//
// The signature is HMAC-SHA256 over a version tag, the method, the key, the
// expiry and the file name; GET URLs serve HEAD too. The tag keeps apart what is
// signed here from what the same secret may sign elsewhere, so a service may use
// one secret for this and for its tokens.
//
// A URL is good for any number of requests until it expires, the upload URL too:
// a client whose connection broke may try again. Options.BeforePut is where a
// service says that it takes no more. A transfer that began in time may go on
// after the expiry.
//
// # Slow clients
//
// A limit on the whole of a request (http.Server.ReadTimeout, WriteTimeout) would
// cut an upload of gigabytes, and none would let a silent client hold a
// connection for ever. So the handler moves the deadlines of the connection
// along: a client must take or deliver 64 KiB in every Options.IdleTimeout,
// which overrides the server's two time-outs for these requests. The header of
// the request is not the handler's: set http.Server.ReadHeaderTimeout.
package signedurl

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/disposition"
)

var (
	// ErrSignature reports a URL that this server has not signed for this method.
	ErrSignature = errors.New("signedurl: the signature does not match")
	// ErrExpired reports a URL that was signed, but whose time has passed.
	ErrExpired = errors.New("signedurl: the URL has expired")
	// ErrMethod reports a method other than GET, HEAD and PUT.
	ErrMethod = errors.New("signedurl: method not allowed")
)

const (
	// MinSecret is the smallest secret, in bytes: the size of the hash, below
	// which RFC 2104 section 3 discourages keys.
	MinSecret = sha256.Size

	// DefaultMaxUploadBytes is the largest upload by default, 5 GiB: what a
	// single PUT to S3 may have.
	DefaultMaxUploadBytes = 5 << 30

	// DefaultIdleTimeout is Options.IdleTimeout by default.
	DefaultIdleTimeout = time.Minute
)

// version begins what is signed. A change of what follows it needs another one.
const version = "bulkimport-signedurl-v1"

// Options configure a Server.
type Options struct {
	// Store holds the files. Required.
	Store blob.Store

	// Secret signs the URLs. Required, MinSecret bytes or more, random.
	Secret []byte

	// BaseURL is where clients find the handler, such as
	// "https://import.example.org/files". Required: an absolute http or https URL
	// without query. The server knows its address only behind no proxy, so it is
	// the caller who says it.
	BaseURL string

	// MaxUploadBytes bounds an upload. Default DefaultMaxUploadBytes; a negative
	// number is an error.
	MaxUploadBytes int64

	// IdleTimeout is how long a client may take for each 64 KiB. Default
	// DefaultIdleTimeout; a negative number is an error.
	IdleTimeout time.Duration

	// BeforePut, where not nil, may refuse an upload by an error. It is called
	// when the upload begins, and once more when the store has all of it, as
	// blob.PutOptions.BeforeReplace, right before it replaces what the key holds:
	// much can happen in between. What happens between that call and the
	// replacement, microseconds, it cannot see; whoever goes on to read the file
	// holds fast to its ETag. A *Refusal says what to answer; another error is
	// logged and answered as an internal one.
	BeforePut func(ctx context.Context, key string) error

	// Now is the clock of expiry. Default time.Now.
	Now func() time.Time

	// Logger takes internal errors. It is never given a URL. Default: discard.
	Logger *slog.Logger
}

// Server signs URLs and serves them. It is safe for concurrent use.
type Server struct {
	opts Options
	base *url.URL // without a slash at the end of its path
}

var (
	_ blob.Signer  = (*Server)(nil)
	_ http.Handler = (*Server)(nil)
)

// New returns a server, or an error for options that are missing or wrong.
func New(opts Options) (*Server, error) {
	base, err := parseBase(opts.BaseURL)

	switch {
	case err != nil:
		return nil, err
	case opts.Store == nil:
		return nil, errors.New("signedurl: Options.Store is nil")
	case len(opts.Secret) < MinSecret:
		return nil, fmt.Errorf("signedurl: the secret has %d bytes, want %d or more", len(opts.Secret), MinSecret)
	case opts.MaxUploadBytes < 0:
		return nil, fmt.Errorf("signedurl: MaxUploadBytes is %d, want 0 or more", opts.MaxUploadBytes)
	case opts.IdleTimeout < 0:
		return nil, fmt.Errorf("signedurl: IdleTimeout is %v, want 0 or more", opts.IdleTimeout)
	}

	opts.Secret = slices.Clone(opts.Secret)

	if opts.MaxUploadBytes == 0 {
		opts.MaxUploadBytes = DefaultMaxUploadBytes
	}

	if opts.IdleTimeout == 0 {
		opts.IdleTimeout = DefaultIdleTimeout
	}

	if opts.Now == nil {
		opts.Now = time.Now
	}

	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}

	return &Server{opts: opts, base: base}, nil
}

// parseBase checks Options.BaseURL.
func parseBase(raw string) (*url.URL, error) {
	base, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("signedurl: BaseURL: %w", err)
	}

	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("signedurl: BaseURL %q is no absolute http or https URL", raw)
	}

	if base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, fmt.Errorf("signedurl: BaseURL %q has more than host and path", base.Redacted())
	}

	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: strings.TrimRight(base.Path, "/")}, nil
}

// SignPut implements blob.Signer. The time is rounded up to a full second; ttl
// must be positive. The request needs no headers.
func (s *Server) SignPut(ctx context.Context, key string, ttl time.Duration) (blob.SignedPut, error) {
	signed, err := s.sign(ctx, Grant{Method: http.MethodPut, Key: key}, ttl)

	return blob.SignedPut{URL: signed}, err
}

// SignGet implements blob.Signer. In filename, what is unfit for the name of a
// file, such as slashes and control characters, is replaced by '_'; without one,
// a browser is told the last element of key. The time is rounded up to a full
// second; ttl must be positive.
func (s *Server) SignGet(ctx context.Context, key, filename string, ttl time.Duration) (string, error) {
	return s.sign(ctx, Grant{Method: http.MethodGet, Key: key, Filename: disposition.Clean(filename)}, ttl)
}

// sign returns the URL of g, which lasts for ttl.
func (s *Server) sign(ctx context.Context, g Grant, ttl time.Duration) (string, error) {
	if err := context.Cause(ctx); err != nil {
		return "", fmt.Errorf("signedurl: %w", err)
	}

	if err := blob.CheckKey(g.Key); err != nil {
		return "", err
	}

	if ttl <= 0 {
		return "", fmt.Errorf("signedurl: ttl is %v, want more than 0", ttl)
	}

	g.Expires = s.opts.Now().Add(ttl).Add(time.Second - 1).Truncate(time.Second)

	query := url.Values{
		"expires":   {strconv.FormatInt(g.Expires.Unix(), 10)},
		"signature": {s.signature(g)},
	}
	if g.Filename != "" {
		query.Set("filename", g.Filename)
	}

	signed := *s.base
	signed.Path += "/" + g.Key
	signed.RawQuery = query.Encode()

	return signed.String(), nil
}

// signature returns the signature of g. No part but the last can hold the
// newline that ends it, so two grants never make the same text.
func (s *Server) signature(g Grant) string {
	mac := hmac.New(sha256.New, s.opts.Secret)
	fmt.Fprintf(mac, "%s\n%s\n%s\n%d\n%s", version, g.Method, g.Key, g.Expires.Unix(), g.Filename)

	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
