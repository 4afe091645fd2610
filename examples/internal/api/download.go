package api

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/internal/disposition"
)

// template serves the CSV template.
func (a *api) template(w http.ResponseWriter, r *http.Request, _ importer.Caller) error {
	in := areaOf(r)
	content := in.template()
	attach(w, in.templateName, int64(len(content)))

	if _, err := w.Write(content); err != nil {
		a.log.DebugContext(r.Context(), "template not sent", "request_id", httpmw.RequestID(r.Context()), "error", err)
	}

	return nil
}

// report returns the handler that serves a report of a job.
func (a *api) report(report importer.Report) userHandler {
	return func(w http.ResponseWriter, r *http.Request, c importer.Caller) error {
		job, err := a.service.Status(r.Context(), c, r.PathValue("job_id"))
		if err != nil {
			return err
		}

		if done, err := a.redirectReport(w, r, job, report); done || err != nil {
			return err
		}

		content, info, err := a.service.OpenReport(r.Context(), c, job.ID, report)
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }() // read only: nothing is lost by a failing Close

		attach(w, report.Filename(&job), info.Size)

		if r.Method == http.MethodHead {
			return nil // net/http would have all of it read for nothing
		}

		if err := send(w, content); err != nil {
			// Mostly the client has gone. Where not, the Content-Length shows it that a
			// part is missing.
			a.log.InfoContext(r.Context(), "report not sent whole", "request_id", httpmw.RequestID(r.Context()),
				"job_id", job.ID, "error", err)
		}

		return nil
	}
}

// attach sets the header of a CSV to be saved under a clean name.
func attach(w http.ResponseWriter, filename string, size int64) {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", disposition.Attachment(filename))
}

// send copies content to the client. However large that is, a client that goes on
// taking it is not cut off, as it would be by the time-outs of the server.
func send(w http.ResponseWriter, content io.Reader) error {
	control := http.NewResponseController(w)

	// net/http goes on reading to notice that the client leaves, and would take the
	// end of the read time-out for that.
	if err := control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}

	_, err := io.Copy(&pacedWriter{w, control}, content)

	return err
}

// stepTimeout is how long a client may take for each step of a download, of the
// 32 KiB that io.Copy copies at a time.
const stepTimeout = time.Minute

// pacedWriter gives every write a deadline of its own.
type pacedWriter struct {
	io.Writer
	control *http.ResponseController
}

func (p *pacedWriter) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(stepTimeout)); err != nil {
		return 0, err
	}

	return p.Writer.Write(b)
}
