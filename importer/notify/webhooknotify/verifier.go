package webhooknotify

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/importer/notify"
)

var (
	// ErrSignature reports a request that was not signed with a known secret, or altered.
	ErrSignature = errors.New("webhooknotify: wrong signature")
	// ErrTimestamp reports a request that was signed too long ago, or in the future: it
	// may be a repetition.
	ErrTimestamp = errors.New("webhooknotify: the timestamp is too far from now")
	// ErrEvent reports a request that was signed rightly and holds no event.
	ErrEvent = errors.New("webhooknotify: no event")
)

const (
	// DefaultTolerance is VerifierOptions.Tolerance by default.
	DefaultTolerance = 5 * time.Minute
	// MaxBody is the longest body that is read, in bytes. Events have some hundred.
	MaxBody = 64 << 10
)

// VerifierOptions are the optional parts of NewVerifier.
type VerifierOptions struct {
	// Tolerance is how far a timestamp may be from now, before or after. Default
	// DefaultTolerance; a negative one is an error.
	Tolerance time.Duration
	// OldSecrets are accepted besides the secret, while senders change to that.
	OldSecrets [][]byte
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// Verifier is for those who receive events: it tells whether a request comes from who has
// the secret, is as it was sent, and new. It is safe for concurrent use.
//
// It does not remember: within the tolerance a request can be repeated, so drop events
// whose ID was seen.
type Verifier struct {
	// match is a function, so that printing a Verifier prints no secret.
	match     func(timestamp string, body []byte, codes [][]byte) bool
	tolerance time.Duration
	now       func() time.Time
}

// NewVerifier returns a verifier for a secret of MinSecret bytes or more. opts may be nil.
func NewVerifier(secret []byte, opts *VerifierOptions) (*Verifier, error) {
	if opts == nil {
		opts = &VerifierOptions{}
	}

	var secrets [][]byte

	for _, s := range append([][]byte{secret}, opts.OldSecrets...) {
		if len(s) < MinSecret {
			return nil, errShortSecret(len(s))
		}

		secrets = append(secrets, append([]byte(nil), s...))
	}

	v := &Verifier{match: matcher(secrets), tolerance: opts.Tolerance, now: opts.Now}

	switch {
	case v.tolerance < 0:
		return nil, fmt.Errorf("webhooknotify: Tolerance is %v, want 0 or more", v.tolerance)
	case v.tolerance == 0:
		v.tolerance = DefaultTolerance
	}

	if v.now == nil {
		v.now = time.Now
	}

	return v, nil
}

func errShortSecret(length int) error {
	return fmt.Errorf("webhooknotify: the secret has %d bytes and needs %d or more", length, MinSecret)
}

// matcher returns the comparison of codes with those of the secrets, all of them, so that
// the time tells nothing of which one was right, or how nearly.
func matcher(secrets [][]byte) func(string, []byte, [][]byte) bool {
	return func(timestamp string, body []byte, codes [][]byte) bool {
		matched := false

		for _, secret := range secrets {
			want := sign(secret, timestamp, body)

			for _, code := range codes {
				if hmac.Equal(want, code) {
					matched = true
				}
			}
		}

		return matched
	}
}

// Verify returns the event of a request with this header and body. The error wraps
// ErrSignature, ErrTimestamp or ErrEvent. The body must be the bytes as they came.
func (v *Verifier) Verify(header http.Header, body []byte) (notify.Event, error) {
	timestamp, ok := single(header, TimestampHeader)
	if !ok {
		return notify.Event{}, fmt.Errorf("%w: one %s is needed", ErrSignature, TimestampHeader)
	}

	at, ok := parseTimestamp(timestamp)
	if !ok {
		return notify.Event{}, fmt.Errorf("%w: the %s is malformed", ErrSignature, TimestampHeader)
	}

	signature, ok := single(header, SignatureHeader)
	if !ok {
		return notify.Event{}, fmt.Errorf("%w: one %s is needed", ErrSignature, SignatureHeader)
	}

	if len(body) > MaxBody || !v.match(timestamp, body, parseSignatures(signature)) {
		return notify.Event{}, ErrSignature
	}

	// Only now: what is not signed deserves no answer about its time.
	if age := v.now().Sub(at); age > v.tolerance || age < -v.tolerance {
		return notify.Event{}, ErrTimestamp
	}

	return eventIn(header, body)
}

// VerifyRequest is Verify for a request whose body was not read yet. It reads at most
// MaxBody bytes of it, and leaves time limits to the server.
func (v *Verifier) VerifyRequest(r *http.Request) (notify.Event, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return notify.Event{}, fmt.Errorf("webhooknotify: read body: %w", err)
	}

	return v.Verify(r.Header, body)
}

// eventIn returns the event in a body that was signed rightly.
func eventIn(header http.Header, body []byte) (notify.Event, error) {
	var e notify.Event
	if err := json.Unmarshal(body, &e); err != nil {
		return notify.Event{}, fmt.Errorf("%w: %w", ErrEvent, err)
	}

	// The header is not signed, the body is.
	if id, ok := single(header, EventIDHeader); e.ID == "" || !ok || id != e.ID {
		return notify.Event{}, fmt.Errorf("%w: the body has another id than %s", ErrEvent, EventIDHeader)
	}

	return e, nil
}

// single returns the value of a header that has just one: of two, another reader might
// take the other.
func single(header http.Header, name string) (string, bool) {
	values := header.Values(name)
	if len(values) != 1 {
		return "", false
	}

	return values[0], true
}
