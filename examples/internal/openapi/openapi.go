// Package openapi has the description of the API, in OpenAPI 3.1, and serves it: as
// it is, and as a page for people.
//
// The description is written by hand, in openapi.yaml. Package contract, which the
// tests of the API send their requests through, holds the server to it.
package openapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// The paths under which the description is served.
const (
	SpecPath = "/openapi.yaml"
	PagePath = "/docs"
)

//go:embed openapi.yaml
var spec []byte

// Spec returns the description in YAML. It belongs to the caller.
func Spec() []byte { return append([]byte(nil), spec...) }

// Handler serves the description at SpecPath and PagePath, to anybody.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+SpecPath, document{contentType: "application/yaml", content: func() ([]byte, error) { return spec, nil }})
	mux.Handle("GET "+PagePath, document{
		contentType: "text/html; charset=utf-8", content: sync.OnceValues(func() ([]byte, error) { return render(spec) }),
		// The page brings its style along, and nothing else.
		policy: "default-src 'none'; style-src '" + digestOf(style) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	})

	return mux
}

// digestOf returns the source expression by which a Content-Security-Policy names an
// inline text (CSP Level 3, section 2.3.1).
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))

	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// document is a text that changes with the program only.
type document struct {
	contentType string
	content     func() ([]byte, error)
	policy      string
}

// ServeHTTP implements http.Handler.
func (d document) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, err := d.content()
	if err != nil {
		// The text is part of the program, and a test renders it.
		http.Error(w, `{"success":false,"error":"The description cannot be shown.","code":"internal_error"}`, http.StatusInternalServerError)

		return
	}

	sum := sha256.Sum256(content)
	h := w.Header()
	h.Set("Content-Type", d.contentType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:12])))

	if d.policy != "" {
		h.Set("Content-Security-Policy", d.policy)
	}

	// No time of change: the ETag says it all.
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
