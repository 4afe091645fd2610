// Package web serves the page of the import server: the files that Vite builds of
// src, which are part of the program, so that a server needs nothing beside it.
//
// The page is static. It asks the API of the same origin, with the token that its
// user gives it.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed dist
var built embed.FS

// ErrOrigin reports an upload origin that is not one.
var ErrOrigin = errors.New("web: not an origin")

// Options are what the page has to know of its surroundings.
type Options struct {
	// UploadOrigins are the origins besides that of the page which files are uploaded
	// to, such as "https://bucket.s3.ap-south-1.amazonaws.com". Default: none.
	UploadOrigins []string
}

// file is a file of the page, ready to be sent.
type file struct {
	content, gzipped  []byte
	etag, etagGzipped string
	mediaType         string
	cacheControl      string
	policy            string
}

// Handler serves the page at "/" and its files below "/assets/". It is safe for
// concurrent use.
type Handler struct {
	files map[string]*file
}

// New returns a handler of the page. The error wraps ErrOrigin where an upload
// origin is not a scheme and a host.
func New(o Options) (*Handler, error) {
	policy, err := policyOf(o.UploadOrigins)
	if err != nil {
		return nil, err
	}

	h := &Handler{files: map[string]*file{}}

	err = fs.WalkDir(built, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}

		content, err := built.ReadFile(name)
		if err != nil {
			return err
		}

		address := strings.TrimPrefix(name, "dist")
		f := &file{content: content, mediaType: mediaTypeOf(name), policy: policy}

		// The name of an asset has a hash of its content, so it never changes; the
		// page that names them is asked for each time.
		f.cacheControl = "public, max-age=31536000, immutable"
		if address == "/index.html" {
			address, f.cacheControl = "/", "no-cache"
		}

		if f.gzipped, err = compress(content); err != nil {
			return err
		}

		f.etag, f.etagGzipped = etagOf(content, ""), etagOf(content, "-gzip")
		h.files[address] = f

		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}

	return h, nil
}

// Or returns a handler that serves the page, and leaves every other address to next.
func (h *Handler) Or(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := h.files[r.URL.Path]
		if f == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)

			return
		}

		f.ServeHTTP(w, r)
	})
}

// ServeHTTP implements http.Handler.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.mediaType)
	header.Set("Cache-Control", f.cacheControl)
	header.Set("Content-Security-Policy", f.policy)
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	header.Set("Vary", "Accept-Encoding")

	content, etag := f.content, f.etag

	// A part of a file is a part of it as it is.
	if r.Header.Get("Range") == "" && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		content, etag = f.gzipped, f.etagGzipped
		header.Set("Content-Encoding", "gzip")
		// ServeContent leaves it out of what is encoded.
		header.Set("Content-Length", strconv.Itoa(len(content)))
	}

	header.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// mediaTypeOf returns the type of a file of the page. Package mime would ask the
// machine, and some say text/plain of scripts, which browsers then do not run.
func mediaTypeOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}

	return "application/octet-stream"
}

// policyOf returns the Content-Security-Policy: scripts, styles and answers of this
// origin alone, and uploads also to those of the options.
func policyOf(uploadOrigins []string) (string, error) {
	connect := "'self'"

	for _, origin := range uploadOrigins {
		u, err := url.Parse(origin)
		if err != nil || !isOrigin(u, origin) {
			return "", fmt.Errorf("%w: %q", ErrOrigin, origin)
		}

		connect += " " + origin
	}

	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src " + connect +
		"; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", nil
}

// isOrigin reports whether a URL is a scheme and a host, with no character that means
// something in a policy.
func isOrigin(u *url.URL, text string) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && text == u.Scheme+"://"+u.Host &&
		!strings.ContainsAny(text, " \t\r\n;,'\"*")
}

// acceptsGzip reports whether a client takes gzip, by its Accept-Encoding (RFC 9110,
// section 12.5.3). A wildcard is not enough: those who send one alone are no browsers.
func acceptsGzip(accepted string) bool {
	for coding := range strings.SplitSeq(accepted, ",") {
		name, parameters, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}

		weight, given := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q=")
		if !given {
			return true
		}

		q, err := strconv.ParseFloat(weight, 64)

		return err == nil && q > 0
	}

	return false
}

func compress(content []byte) ([]byte, error) {
	var compressed bytes.Buffer

	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}

	if _, err := w.Write(content); err != nil {
		return nil, err
	}

	if err := w.Close(); err != nil {
		return nil, err
	}

	return compressed.Bytes(), nil
}

func etagOf(content []byte, suffix string) string {
	sum := sha256.Sum256(content)

	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + suffix + `"`
}
