package sqsqueue

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

const (
	// MaxBodyBytes is the longest body that Decode looks at. What Encode makes is
	// shorter.
	MaxBodyBytes = 16 << 10
	// MaxJobIDBytes is the longest job id of a message, as of a job store.
	MaxJobIDBytes = 1024
)

// ErrMalformed reports a body that is no message of this package, or a message that
// has no body.
var ErrMalformed = errors.New("sqsqueue: malformed message")

// body is what goes through the queue. Other members of the object are for later
// versions, and skipped.
type body struct {
	JobID string `json:"job_id"`
	// NotBefore is when the message may be delivered, where that is later than SQS
	// can delay it.
	NotBefore time.Time `json:"not_before,omitzero"`
}

// Encode returns the body of a message that is to be delivered at notBefore, of which
// the zero time says that it may be at once. The body is ASCII: SQS refuses some
// characters that a job id may hold. An id that is empty, too long or not UTF-8
// gives ErrMalformed.
func Encode(m queue.Message, notBefore time.Time) (string, error) {
	b := body{JobID: m.JobID}
	if !notBefore.IsZero() {
		b.NotBefore = notBefore.UTC()
	}

	if err := b.check(); err != nil {
		return "", err
	}

	data, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrMalformed, err)
	}

	return toASCII(string(data)), nil
}

// Decode reads the body of a message: what it says, and the time before which it is
// not to be acted upon (the zero time for most). Any other body gives ErrMalformed; the
// error does not repeat what the body holds.
func Decode(text string) (m queue.Message, notBefore time.Time, err error) {
	if len(text) > MaxBodyBytes {
		return queue.Message{}, time.Time{}, fmt.Errorf("%w: %d bytes, the most are %d", ErrMalformed, len(text), MaxBodyBytes)
	}

	var b body
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return queue.Message{}, time.Time{}, fmt.Errorf("%w: it is not a JSON object with a job_id", ErrMalformed)
	}

	if err := b.check(); err != nil {
		return queue.Message{}, time.Time{}, err
	}

	return queue.Message{JobID: b.JobID}, b.NotBefore, nil
}

// check returns ErrMalformed unless the id is one that a job can have.
func (b body) check() error {
	switch {
	case b.JobID == "":
		return fmt.Errorf("%w: it has no job_id", ErrMalformed)
	case len(b.JobID) > MaxJobIDBytes:
		return fmt.Errorf("%w: its job_id has %d bytes, the most are %d", ErrMalformed, len(b.JobID), MaxJobIDBytes)
	case !utf8.ValidString(b.JobID):
		return fmt.Errorf("%w: its job_id is not UTF-8", ErrMalformed)
	}

	return nil
}

// toASCII escapes, in JSON, the characters beyond ASCII. They can only be in strings.
func toASCII(text string) string {
	var b []byte

	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && r != 0x7f:
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}

	return string(b)
}
