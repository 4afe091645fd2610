package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"golang.org/x/net/http/httpguts"
)

// errEvent reports an event that is no HTTP request.
var errEvent = errors.New("gateway: event is no request")

// defaultStage is the stage whose name is not part of the path.
const defaultStage = "$default"

// requestOf returns the request that an event tells of.
func requestOf(ctx context.Context, event *events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	description := &event.RequestContext.HTTP

	if !httpguts.ValidHeaderFieldName(description.Method) { // both are tokens
		return nil, fmt.Errorf("%w: method %q", errEvent, description.Method)
	}

	target, err := targetOf(event)
	if err != nil {
		return nil, err
	}

	body := []byte(event.Body)

	if event.IsBase64Encoded {
		if body, err = base64.StdEncoding.DecodeString(event.Body); err != nil {
			return nil, fmt.Errorf("%w: body: %w", errEvent, err)
		}
	}

	r := (&http.Request{
		Method: description.Method, URL: target, RequestURI: target.RequestURI(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: headerOf(event),
		Body:   http.NoBody, ContentLength: int64(len(body)),
		RemoteAddr: remoteAddr(description.SourceIP),
	}).WithContext(ctx)

	if len(body) > 0 {
		r.Body = &readCloser{Reader: bytes.NewReader(body)}
	}

	// As net/http has it: the host is no header.
	r.Host = r.Header.Get("Host")
	if r.Host == "" {
		r.Host = event.RequestContext.DomainName
	}

	r.Header.Del("Host")

	return r, nil
}

// readCloser is a body in memory.
type readCloser struct{ *bytes.Reader }

// Close implements io.Closer.
func (readCloser) Close() error { return nil }

// targetOf returns the path and query of an event.
func targetOf(event *events.APIGatewayV2HTTPRequest) (*url.URL, error) {
	raw := event.RawPath

	if stage := event.RequestContext.Stage; stage != "" && stage != defaultStage {
		if rest, found := strings.CutPrefix(raw, "/"+stage); found && (rest == "" || rest[0] == '/') {
			raw = rest
		}
	}

	if raw == "" {
		raw = "/"
	}

	if raw[0] != '/' && raw != "*" {
		return nil, fmt.Errorf("%w: path %q", errEvent, raw)
	}

	target := &url.URL{Path: raw, RawQuery: event.RawQueryString}

	// API Gateway does not say whether it has decoded the path. One that cannot be decoded
	// was; of one that can be, the way it was written is kept too, which matters for "%2F".
	if path, err := url.PathUnescape(raw); err == nil {
		target.Path, target.RawPath = path, raw
	}

	if strings.ContainsFunc(target.RawQuery, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return nil, fmt.Errorf("%w: query has spaces or control characters", errEvent)
	}

	return target, nil
}

// headerOf returns the header of an event. Names come in lower case, and the values of a
// name that is repeated are joined by commas, save for cookies, which stand apart.
func headerOf(event *events.APIGatewayV2HTTPRequest) http.Header {
	header := make(http.Header, len(event.Headers)+1)

	for name, value := range event.Headers {
		// What net/http would not let through, handlers need not be ready for.
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			continue
		}

		// Two spellings of a name are one header.
		header.Add(textproto.CanonicalMIMEHeaderKey(name), value)
	}

	if cookies := strings.Join(event.Cookies, "; "); cookies != "" && httpguts.ValidHeaderFieldValue(cookies) {
		header.Set("Cookie", cookies)
	}

	return header
}

// remoteAddr returns the address of the caller in the form of net/http, which has a port.
func remoteAddr(ip string) string {
	if net.ParseIP(ip) == nil {
		return ""
	}

	return net.JoinHostPort(ip, "0")
}
