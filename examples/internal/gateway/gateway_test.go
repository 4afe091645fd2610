package gateway_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/gateway"
)

// event returns what API Gateway makes of a request. edit may be nil.
func event(method, path string, edit func(*events.APIGatewayV2HTTPRequest)) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: path, Headers: map[string]string{"host": "api.example.in"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			Stage: "$default", DomainName: "abc.execute-api.ap-south-1.amazonaws.com",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, Path: path, SourceIP: "203.0.113.9"},
		},
	}
	e.RawPath, e.RawQueryString, _ = strings.Cut(path, "?")

	if edit != nil {
		edit(&e)
	}

	return e
}

// seen is what a handler sees of a request.
type seen struct {
	Method, Host, Path, EscapedPath, Query, RequestURI, Remote, Body string
	Length                                                           int64
	Header                                                           http.Header
}

// echo answers with what it sees.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)

		return
	}

	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(seen{
		r.Method, r.Host, r.URL.Path, r.URL.EscapedPath(), r.URL.RawQuery, r.RequestURI, r.RemoteAddr, string(body), r.ContentLength, r.Header,
	})
}

func handle(t *testing.T, h http.HandlerFunc, e events.APIGatewayV2HTTPRequest, opts *gateway.Options) events.APIGatewayV2HTTPResponse {
	t.Helper()

	response, err := gateway.New(h, opts).Handle(t.Context(), e)
	require.NoError(t, err)

	return response
}

func TestRequests(t *testing.T) {
	t.Parallel()

	see := func(t *testing.T, e events.APIGatewayV2HTTPRequest) seen {
		t.Helper()

		response := handle(t, echo, e, nil)
		require.Equal(t, http.StatusOK, response.StatusCode, response.Body)

		var s seen

		require.NoError(t, json.Unmarshal([]byte(response.Body), &s))

		return s
	}

	for name, c := range map[string]struct {
		event events.APIGatewayV2HTTPRequest
		want  func(*testing.T, seen)
	}{
		"the plain one": {event("GET", "/a/b?x=1&y=%20z", nil), func(t *testing.T, s seen) {
			require.Equal(t, seen{
				Method: "GET", Host: "api.example.in", Path: "/a/b", EscapedPath: "/a/b", Query: "x=1&y=%20z",
				RequestURI: "/a/b?x=1&y=%20z", Remote: "203.0.113.9:0", Header: http.Header{},
			}, s)
		}},
		"an escaped slash stays one": {event("GET", "/jobs/a%2Fb/status", nil), func(t *testing.T, s seen) {
			require.Equal(t, "/jobs/a/b/status", s.Path)
			require.Equal(t, "/jobs/a%2Fb/status", s.EscapedPath)
		}},
		"a path that was decoded": {event("GET", "/100% of आटा", nil), func(t *testing.T, s seen) {
			require.Equal(t, "/100% of आटा", s.Path)
			require.Equal(t, "/100%25%20of%20%E0%A4%86%E0%A4%9F%E0%A4%BE", s.EscapedPath)
		}},
		"no path": {event("GET", "", nil), func(t *testing.T, s seen) { require.Equal(t, "/", s.Path) }},
		"a stage is no part of the path": {
			event("GET", "/test/a", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.Stage = "test" }),
			func(t *testing.T, s seen) { require.Equal(t, "/a", s.Path) },
		},
		"what only begins like a stage is": {
			event("GET", "/testing/a", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.Stage = "test" }),
			func(t *testing.T, s seen) { require.Equal(t, "/testing/a", s.Path) },
		},
		"a body of text": {event("POST", "/", func(e *events.APIGatewayV2HTTPRequest) { e.Body = `{"a":"é"}` }), func(t *testing.T, s seen) {
			require.Equal(t, `{"a":"é"}`, s.Body)
			require.EqualValues(t, 10, s.Length)
		}},
		"a body in base64": {event("POST", "/", func(e *events.APIGatewayV2HTTPRequest) {
			e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte("a\x00b")), true
		}), func(t *testing.T, s seen) { require.Equal(t, "a\x00b", s.Body) }},
		"headers and cookies": {event("GET", "/", func(e *events.APIGatewayV2HTTPRequest) {
			e.Headers = map[string]string{"authorization": "Bearer x", "x-forwarded-for": "1.2.3.4,5.6.7.8", "host": "h"}
			e.Cookies = []string{"a=1", "b=2"}
		}), func(t *testing.T, s seen) {
			require.Equal(t, "h", s.Host)
			require.Equal(t, http.Header{
				"Authorization": {"Bearer x"}, "X-Forwarded-For": {"1.2.3.4,5.6.7.8"}, "Cookie": {"a=1; b=2"},
			}, s.Header)
		}},
		"headers that are none": {event("GET", "/", func(e *events.APIGatewayV2HTTPRequest) {
			e.Headers = map[string]string{"a b": "1", "": "2", "x-good": "3", "x-bad": "4\r\nx: y"}
		}), func(t *testing.T, s seen) { require.Equal(t, http.Header{"X-Good": {"3"}}, s.Header) }},
		"no host": {event("GET", "/", func(e *events.APIGatewayV2HTTPRequest) { e.Headers = nil }), func(t *testing.T, s seen) {
			require.Equal(t, "abc.execute-api.ap-south-1.amazonaws.com", s.Host)
		}},
		"an address of IPv6": {
			event("GET", "/", func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.SourceIP = "2001:db8::1" }),
			func(t *testing.T, s seen) { require.Equal(t, "[2001:db8::1]:0", s.Remote) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			c.want(t, see(t, c.event))
		})
	}
}

func TestEventsThatAreNoRequest(t *testing.T) {
	t.Parallel()

	for name, edit := range map[string]func(*events.APIGatewayV2HTTPRequest){
		"no method":               func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = "" },
		"a method with a space":   func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = "GET /x" },
		"a path without its root": func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "a" },
		"a query with a space":    func(e *events.APIGatewayV2HTTPRequest) { e.RawQueryString = "a b" },
		"a body that is no base64": func(e *events.APIGatewayV2HTTPRequest) {
			e.Body, e.IsBase64Encoded = "*", true
		},
		"nothing at all": func(e *events.APIGatewayV2HTTPRequest) { *e = events.APIGatewayV2HTTPRequest{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			called := false
			response := handle(t, func(http.ResponseWriter, *http.Request) { called = true }, event("GET", "/", edit), nil)

			require.False(t, called)
			require.Equal(t, http.StatusBadRequest, response.StatusCode)
			require.Contains(t, response.Body, `"request_invalid"`)
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		handler http.HandlerFunc
		method  string
		want    events.APIGatewayV2HTTPResponse
	}{
		"nothing is 200": {
			handler: func(http.ResponseWriter, *http.Request) {},
			want:    events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{}},
		},
		"JSON is text": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusAccepted)
				_, _ = io.WriteString(w, `{"a":"&"}`)
			},
			want: events.APIGatewayV2HTTPResponse{StatusCode: 202, Headers: map[string]string{"Content-Type": "application/json"}, Body: `{"a":"&"}`},
		},
		"a picture is base64": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/jpeg")
				_, _ = w.Write([]byte{0xff, 0xd8})
			},
			want: events.APIGatewayV2HTTPResponse{
				StatusCode: 200, Headers: map[string]string{"Content-Type": "image/jpeg"}, Body: "/9g=", IsBase64Encoded: true,
			},
		},
		"text in another encoding is base64": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/csv; charset=windows-1252")
				_, _ = w.Write([]byte("caf\xe9"))
			},
			want: events.APIGatewayV2HTTPResponse{
				StatusCode: 200, Headers: map[string]string{"Content-Type": "text/csv; charset=windows-1252"}, Body: "Y2Fm6Q==", IsBase64Encoded: true,
			},
		},
		"a type is guessed": {
			handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
			want: events.APIGatewayV2HTTPResponse{
				StatusCode: 200, Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, Body: "hello",
			},
		},
		"repeated headers are joined, cookies are not": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Add("Vary", "Origin")
				w.Header().Add("Vary", "Accept")
				w.Header().Add("Set-Cookie", "a=1")
				w.Header().Add("Set-Cookie", "b=2, c")
				w.WriteHeader(http.StatusNoContent)
			},
			want: events.APIGatewayV2HTTPResponse{
				StatusCode: 204, Headers: map[string]string{"Vary": "Origin, Accept"}, Cookies: []string{"a=1", "b=2, c"},
			},
		},
		"headers end with the status": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				w.Header().Set("X-A", "before")
				w.WriteHeader(http.StatusTeapot)
				w.Header().Set("X-A", "after")
				w.WriteHeader(http.StatusOK)
			},
			want: events.APIGatewayV2HTTPResponse{StatusCode: 418, Headers: map[string]string{"X-A": "before"}},
		},
		"a line break ends no header": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-A", "a\r\nSet-Cookie: b=1")
				w.Header()["X B"] = []string{"no name"}
			},
			want: events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"X-A": "a  Set-Cookie: b=1"}},
		},
		"HEAD has the length and no body": {
			method: http.MethodHead,
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/csv")
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, "dropped")
			},
			want: events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"Content-Type": "text/csv", "Content-Length": "1000"}},
		},
		"a redirect": {
			handler: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://bucket.example/key?X-Amz-Signature=1&b=2", http.StatusTemporaryRedirect)
			},
			method: http.MethodPost,
			want: events.APIGatewayV2HTTPResponse{
				StatusCode: 307, Headers: map[string]string{"Location": "https://bucket.example/key?X-Amz-Signature=1&b=2"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			method := c.method
			if method == "" {
				method = http.MethodGet
			}

			require.Equal(t, c.want, handle(t, c.handler, event(method, "/", nil), nil))
		})
	}
}

func TestAnswersThatAreTooLarge(t *testing.T) {
	t.Parallel()

	write := func(text string, times int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/csv")

			for range times {
				if _, err := io.WriteString(w, text); err != nil {
					return
				}
			}
		}
	}

	opts := &gateway.Options{MaxAnswer: 6000}

	require.Equal(t, http.StatusOK, handle(t, write("0123456789", 500), event("GET", "/", nil), opts).StatusCode)
	require.Equal(t, http.StatusInternalServerError, handle(t, write("0123456789", 601), event("GET", "/", nil), opts).StatusCode)
	require.Equal(t, http.StatusInternalServerError, handle(t, write("\x01\x02\x03\x04\x05\x06\x07\x08", 300), event("GET", "/", nil), opts).StatusCode,
		"2,400 bytes that become 14,400 in JSON")
	require.Equal(t, http.StatusOK, handle(t, write("0123456789", 601), event("HEAD", "/", nil), opts).StatusCode)

	// What Lambda is sent never exceeds its limit.
	response := handle(t, write(strings.Repeat("0123456789", 1000), 600), event("GET", "/", nil), nil)
	encoded, err := json.Marshal(response)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Less(t, len(encoded), 6<<20)
}

func TestPanics(t *testing.T) {
	t.Parallel()

	response := handle(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half of")
		panic(http.ErrAbortHandler)
	}, event("GET", "/", nil), nil)

	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.NotContains(t, response.Body, "half")

	require.Panics(t, func() {
		_, _ = gateway.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("bug") }), nil).
			Handle(context.Background(), event("GET", "/", nil))
	}, "another panic is the program's, and not hidden")
}

// Handlers set deadlines while they send; here that must be no error.
func TestDeadlinesAreTaken(t *testing.T) {
	t.Parallel()

	handle(t, func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)

		require.NoError(t, control.SetReadDeadline(time.Time{}))
		require.NoError(t, control.SetWriteDeadline(time.Time{}))
		require.NoError(t, control.Flush())
	}, event("GET", "/", nil), nil)
}

// A handler sees the same request, and its client the same answer, as with a server.
func TestLikeAServer(t *testing.T) {
	t.Parallel()

	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Many", strings.Join(r.URL.Query()["q"], "|"))
		echo(w, r)
	})

	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	for _, c := range []struct{ method, target, body string }{
		{"GET", "/", ""},
		{"GET", "/a/b/../c?q=1&q=2&q=%26", ""},
		{"GET", "/a%2Fb%20c/%E0%A4%86?q=+x", ""},
		{"POST", "/process", `{"job_id":"x"}`},
		{"DELETE", "/x;y=1,2/@:$&'()*+", ""},
	} {
		t.Run(fmt.Sprintf("%s %s", c.method, c.target), func(t *testing.T) {
			t.Parallel()

			request, err := http.NewRequestWithContext(t.Context(), c.method, server.URL, strings.NewReader(c.body))
			require.NoError(t, err)

			request.URL.Opaque = strings.TrimPrefix(server.URL, "http:") + c.target // sent as it is
			request.Header.Set("Authorization", "Bearer t")

			served, err := http.DefaultClient.Do(request)
			require.NoError(t, err)

			defer func() { _ = served.Body.Close() }()

			body, err := io.ReadAll(served.Body)
			require.NoError(t, err)

			response := handle(t, handler, event(c.method, c.target, func(e *events.APIGatewayV2HTTPRequest) {
				e.Headers = map[string]string{"host": request.URL.Host, "authorization": "Bearer t"}
				e.Body = c.body
			}), nil)

			var fromServer, fromGateway seen

			require.NoError(t, json.Unmarshal(body, &fromServer))
			require.NoError(t, json.Unmarshal([]byte(response.Body), &fromGateway))

			// What only a connection has, and what this client adds.
			fromServer.Remote, fromGateway.Remote = "", ""
			fromServer.RequestURI = strings.TrimPrefix(fromServer.RequestURI, server.URL)
			maps.DeleteFunc(fromServer.Header, func(name string, _ []string) bool { return name != "Authorization" })

			require.Equal(t, fromServer, fromGateway)
			require.Equal(t, served.StatusCode, response.StatusCode)
			require.Equal(t, served.Header.Get("X-Many"), strings.TrimSpace(response.Headers["X-Many"]), "clients trim")
		})
	}
}

func FuzzHandle(f *testing.F) {
	plain, err := json.Marshal(event("GET", "/a%2Fb?x=1", nil))
	require.NoError(f, err)

	f.Add(plain, "application/json", []byte("{}"))
	f.Add([]byte(`{"rawPath":"//evil.example/%","requestContext":{"http":{"method":"GET"}},"headers":{"Host":"a","hOST":"b"}}`), "text/csv", []byte("\xff"))
	f.Add([]byte(`{"body":"aGk=","isBase64Encoded":true,"cookies":["a\n","b"],"requestContext":{"stage":"x","http":{"method":"POST"}}}`), "", []byte{})

	f.Fuzz(func(t *testing.T, data []byte, contentType string, body []byte) {
		var e events.APIGatewayV2HTTPRequest
		if json.Unmarshal(data, &e) != nil {
			return
		}

		handler := gateway.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// What net/http guarantees its handlers.
			require.NotEmpty(t, r.Method)
			require.NotNil(t, r.Body)
			require.True(t, r.URL.Path == "*" || strings.HasPrefix(r.URL.Path, "/"), r.URL.Path)
			require.Empty(t, r.URL.Host)

			_, err := url.ParseRequestURI(r.RequestURI)
			require.NoError(t, err, r.RequestURI)

			for name, values := range r.Header {
				require.Equal(t, http.CanonicalHeaderKey(name), name)

				for _, value := range values {
					require.NotContains(t, value, "\n")
				}
			}

			http.NewServeMux().ServeHTTP(httptest.NewRecorder(), r)

			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(body)
		}), nil)

		response, err := handler.Handle(t.Context(), e)
		require.NoError(t, err)

		if response.StatusCode != http.StatusOK || e.RequestContext.HTTP.Method == http.MethodHead {
			return
		}

		// The answer arrives as it was, whatever it is.
		encoded, err := json.Marshal(response)
		require.NoError(t, err)

		var sent events.APIGatewayV2HTTPResponse

		require.NoError(t, json.Unmarshal(encoded, &sent))

		got := []byte(sent.Body)
		if sent.IsBase64Encoded {
			got, err = base64.StdEncoding.DecodeString(sent.Body)
			require.NoError(t, err)
		}

		require.Equal(t, string(body), string(got))
		require.NotContains(t, sent.Headers["Content-Type"], "\n")
	})
}
