package gateway

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"golang.org/x/net/http/httpguts"
)

// errTooLarge reports an answer that Lambda does not take.
var errTooLarge = errors.New("gateway: answer is too large")

// answer is an http.ResponseWriter in memory. The deadlines that handlers set through
// http.ResponseController are taken and mean nothing: no client is waited for.
type answer struct {
	header http.Header
	// sent is the header as it was when the status was written.
	sent   http.Header
	status int // 0 until it is written
	body   []byte
	max    int
	// tooLarge: a write was refused.
	tooLarge bool
}

func newAnswer(maxBytes int) *answer { return &answer{header: http.Header{}, max: maxBytes} }

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter. Informational answers have no way through
// API Gateway, and are dropped.
func (a *answer) WriteHeader(status int) {
	// net/http panics for these, too: they are mistakes in the program.
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("gateway: invalid status %d", status))
	}

	if a.status != 0 || status < http.StatusOK && status != http.StatusSwitchingProtocols {
		return
	}

	a.status = status
	a.sent = a.header.Clone()
}

// Write implements http.ResponseWriter. It fails once the answer is larger than can be
// sent.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)

	if !bodyAllowed(a.status) {
		return 0, http.ErrBodyNotAllowed
	}

	if len(a.body)+len(p) > a.max {
		a.tooLarge = true

		return 0, errTooLarge
	}

	a.body = append(a.body, p...)

	return len(p), nil
}

// Flush implements http.Flusher; everything goes out at the end.
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }

// SetReadDeadline is for http.ResponseController.
func (a *answer) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is for http.ResponseController.
func (a *answer) SetWriteDeadline(time.Time) error { return nil }

func bodyAllowed(status int) bool {
	return status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified
}

// response returns the answer as API Gateway wants it. The error wraps errTooLarge.
func (a *answer) response(method string) (events.APIGatewayV2HTTPResponse, error) {
	a.WriteHeader(http.StatusOK)

	if method == http.MethodHead {
		a.body = nil
	} else if a.tooLarge {
		return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("%w: more than %d bytes", errTooLarge, a.max)
	}

	if len(a.body) > 0 && a.sent.Get("Content-Type") == "" && a.sent.Get("Content-Encoding") == "" {
		a.sent.Set("Content-Type", http.DetectContentType(a.body))
	}

	response := events.APIGatewayV2HTTPResponse{StatusCode: a.status, Headers: map[string]string{}, Cookies: a.sent["Set-Cookie"]}

	for name, values := range a.sent {
		if name = http.CanonicalHeaderKey(name); a.passes(name, method) {
			response.Headers[name] = headerValue(values)
		}
	}

	if isText(a.sent, a.body) {
		response.Body = string(a.body)
	} else {
		response.Body, response.IsBase64Encoded = base64.StdEncoding.EncodeToString(a.body), true
	}

	// Escapes make a text larger, sixfold at worst.
	if len(response.Body) <= a.max/6 {
		return response, nil
	}

	encoded, err := json.Marshal(response)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("gateway: encode answer: %w", err)
	}

	if len(encoded) > a.max {
		return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("%w: %d bytes, of %d at most", errTooLarge, len(encoded), a.max)
	}

	return response, nil
}

// passes reports whether a header goes out. Those of the connection are API Gateway's
// business, and so is the length of a body that is there; only where there is none, after
// a HEAD, the handler knows better.
func (a *answer) passes(name, method string) bool {
	switch name {
	case "Set-Cookie", "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Trailer":
		return false
	case "Content-Length":
		length, err := strconv.ParseInt(a.sent.Get(name), 10, 64)

		return err == nil && (method == http.MethodHead || int64(len(a.body)) == length)
	}

	return httpguts.ValidHeaderFieldName(name)
}

// headerValue joins the values of a header. Line breaks, which would end the header, become
// spaces, as with net/http.
func headerValue(values []string) string {
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(strings.Join(values, ", "))
}

// isText reports whether a body can go out as text. What the header calls text is looked
// at too: a file in another encoding than UTF-8 would be damaged.
func isText(header http.Header, body []byte) bool {
	if header.Get("Content-Encoding") != "" {
		return false
	}

	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil && len(body) > 0 {
		return false
	}

	switch {
	case strings.HasPrefix(mediaType, "text/"), strings.HasSuffix(mediaType, "/json"), strings.HasSuffix(mediaType, "+json"),
		strings.HasSuffix(mediaType, "/javascript"), strings.HasSuffix(mediaType, "/yaml"), strings.HasSuffix(mediaType, "+xml"), len(body) == 0:
		return utf8.Valid(body)
	}

	return false
}
