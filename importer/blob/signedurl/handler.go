package signedurl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/disposition"
)

// ServeHTTP serves signed URLs; mount it below the path of Options.BaseURL, which
// it expects to see whole.
//
// PUT stores the body and answers 200 with the ETag and
//
//	{"success":true,"size_bytes":25}
//
// GET and HEAD serve the file as a download. There are no ranges. Anything else is
// answered with the fitting status and
//
//	{"success":false,"error":"sentence","code":"snake_case"}
//
// where code is one of invalid_signature, url_expired (403), method_not_allowed
// (405), not_found (404), upload_too_large (413), incomplete_upload,
// partial_upload, invalid_key (400), upload_timeout (408), internal_error (500),
// unavailable (503), or what Options.BeforePut says.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "private, no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	// The address in the browser is a credential.
	header.Set("Referrer-Policy", "no-referrer")

	d := deadlines{http.NewResponseController(w), s.opts.IdleTimeout}
	if err := d.begin(r); err != nil {
		s.fail(w, r, "", err)
		return
	}

	grant, err := s.Verify(r.Method, r.URL)
	if err != nil {
		s.fail(w, r, "", err)
		return
	}

	switch r.Method {
	case http.MethodPut:
		s.put(w, r, grant, d)
	case http.MethodHead:
		s.head(w, r, grant)
	default:
		s.get(w, r, grant, d)
	}
}

// put stores the body of r.
func (s *Server) put(w http.ResponseWriter, r *http.Request, grant Grant, d deadlines) {
	info, err := s.store(r, grant.Key, d)

	// However long the upload took, the answer has its time.
	if err := d.write(); err != nil {
		s.fail(w, r, grant.Key, err)
		return
	}

	if err != nil {
		s.fail(w, r, grant.Key, err)
		return
	}

	w.Header().Set("ETag", strconv.Quote(info.ETag))
	s.answer(w, r, http.StatusOK, struct {
		Success bool  `json:"success"`
		Size    int64 `json:"size_bytes"`
	}{true, info.Size})
}

// store puts the body of r under key.
func (s *Server) store(r *http.Request, key string, d deadlines) (blob.Info, error) {
	// RFC 9110 section 14.5 has a server that does not know ranges in a PUT refuse
	// them: a part would become the file.
	if r.Header.Get("Content-Range") != "" {
		return blob.Info{}, errPartial
	}

	if r.ContentLength > s.opts.MaxUploadBytes {
		return blob.Info{}, fmt.Errorf("%w: %d bytes declared, %d allowed", blob.ErrTooLarge, r.ContentLength, s.opts.MaxUploadBytes)
	}

	if err := s.beforePut(r.Context(), key); err != nil {
		return blob.Info{}, err
	}

	return s.opts.Store.Put(r.Context(), key, newUpload(r, d), &blob.PutOptions{
		ContentType:   contentType(key),
		MaxBytes:      s.opts.MaxUploadBytes,
		BeforeReplace: func(ctx context.Context) error { return s.beforePut(ctx, key) },
	})
}

// beforePut asks the service.
func (s *Server) beforePut(ctx context.Context, key string) error {
	if s.opts.BeforePut == nil {
		return nil
	}

	return s.opts.BeforePut(ctx, key)
}

// head describes the file.
func (s *Server) head(w http.ResponseWriter, r *http.Request, grant Grant) {
	info, err := s.opts.Store.Stat(r.Context(), grant.Key)
	if err != nil {
		s.fail(w, r, grant.Key, err)
		return
	}

	describe(w.Header(), grant, info)
}

// get serves the file.
func (s *Server) get(w http.ResponseWriter, r *http.Request, grant Grant, d deadlines) {
	content, info, err := s.opts.Store.Open(r.Context(), grant.Key, nil)
	if err != nil {
		s.fail(w, r, grant.Key, err)
		return
	}

	describe(w.Header(), grant, info)

	err = download(w, content, info.Size, d)
	if err = errors.Join(err, content.Close()); err != nil {
		// The header is sent. What is missing shows in its Content-Length, and
		// mostly it is the client who has gone.
		s.opts.Logger.WarnContext(r.Context(), "download ended early", "key", grant.Key, "error", err)
	}
}

// describe sets the header of a download. Whatever the file holds, a browser
// saves it and does not show it.
func describe(header http.Header, grant Grant, info blob.Info) {
	header.Set("Content-Type", contentType(info.Key))
	header.Set("Content-Length", strconv.FormatInt(info.Size, 10))
	header.Set("Content-Disposition", disposition.Attachment(cmp.Or(grant.Filename, path.Base(info.Key))))
	header.Set("ETag", strconv.Quote(info.ETag))
	header.Set("Last-Modified", info.ModTime.UTC().Format(http.TimeFormat))
	header.Set("Accept-Ranges", "none")
}

// contentType returns the media type of what is stored under key. The list is
// short and fixed, unlike that of package mime, which depends on the machine.
func contentType(key string) string {
	switch strings.ToLower(path.Ext(key)) {
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".json":
		return "application/json"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	default:
		return "application/octet-stream"
	}
}
