package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
)

// image serves an image of a product to anybody. The store has nothing but images, so a
// key that is none of an image is simply not there.
func (a *api) image(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("product_id") + "/" + r.PathValue("name")

	info, err := a.statImage(r.Context(), key)
	if err != nil {
		a.answerError(w, r, err)

		return
	}

	if done, err := a.redirectImage(w, r, info); err != nil {
		a.answerError(w, r, err)

		return
	} else if done {
		return
	}

	control := http.NewResponseController(w)

	// As for reports: the client may take its time, as long as it goes on.
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		a.answerError(w, r, err)

		return
	}

	content := &imageContent{ctx: r.Context(), store: a.images, info: info}
	defer content.close()

	// Before the header says that all is well.
	if err := content.prepare(); err != nil {
		a.answerError(w, r, err)

		return
	}

	h := w.Header()
	h.Set("Content-Type", imagestore.ContentType)
	h.Set("Cache-Control", imagestore.CacheControl)
	h.Set("ETag", strconv.Quote(info.ETag))

	http.ServeContent(&pacedResponse{w, control}, r, "", info.ModTime, content)
}

// statImage returns what is stored under the key of an image.
func (a *api) statImage(ctx context.Context, key string) (blob.Info, error) {
	if a.images == nil || !strings.HasSuffix(key, ".jpg") {
		return blob.Info{}, errNoImage
	}

	info, err := a.images.Stat(ctx, key)
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrInvalidKey) {
		return blob.Info{}, errNoImage
	}

	return info, err
}

var errNoImage = &problem{status: http.StatusNotFound, code: "image_not_found", message: "There is no such image."}

// imageContent makes a stored image seekable, as http.ServeContent wants it for ranges.
// The image is opened when it is read first, and again after a seek.
type imageContent struct {
	ctx   context.Context //nolint:containedctx // that of the request which it serves
	store blob.Store
	info  blob.Info

	offset int64
	open   io.ReadCloser
}

// Seek implements io.Seeker.
func (c *imageContent) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.offset
	case io.SeekEnd:
		offset += c.info.Size
	}

	if offset < 0 {
		return 0, blob.ErrRange
	}

	if offset != c.offset {
		c.close()
		c.offset = offset
	}

	return offset, nil
}

// prepare opens the content where it is to be read next.
func (c *imageContent) prepare() error {
	if c.open != nil {
		return nil
	}

	// The same content as in the header, or none.
	open, _, err := c.store.Open(c.ctx, c.info.Key, &blob.OpenOptions{Offset: c.offset, IfMatch: c.info.ETag})
	if err != nil {
		return err
	}

	c.open = open

	return nil
}

// Read implements io.Reader.
func (c *imageContent) Read(p []byte) (int, error) {
	if err := c.prepare(); err != nil {
		return 0, err
	}

	n, err := c.open.Read(p)
	c.offset += int64(n)

	return n, err
}

// close closes what is open. It was only read, so nothing is lost by a failing Close.
func (c *imageContent) close() {
	if c.open != nil {
		_ = c.open.Close()
		c.open = nil
	}
}

// pacedResponse gives every write a deadline of its own.
type pacedResponse struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *pacedResponse) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(stepTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}

	return p.ResponseWriter.Write(b)
}
