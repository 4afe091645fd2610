package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Redirects say which files this process does not send itself, because it must not send
// as much, or because others do it better. A HEAD is answered here all the same: a signed
// URL is good for one method.
type Redirects struct {
	// Reports: a GET of a report is redirected to its signed URL. The service needs a
	// signer.
	Reports bool
	// Image, where not nil, returns the URL that a GET of an image is redirected to, and
	// for how long that may be kept, less than the URL is good for.
	Image func(ctx context.Context, key string) (url string, keep time.Duration, err error)
}

// redirectReport answers with a redirect to a report. done says that it did; where
// there is no report, or the service cannot sign, it did not.
func (a *api) redirectReport(w http.ResponseWriter, r *http.Request, job jobstore.Job, report importer.Report) (done bool, err error) {
	if !a.others.Reports || r.Method != http.MethodGet {
		return false, nil
	}

	url, err := a.service.ReportURL(r.Context(), job, report)
	if err != nil || url == "" {
		return false, err
	}

	// The URL is a credential that will have expired.
	w.Header().Set("Cache-Control", "no-store")
	a.redirect(w, url)

	return true, nil
}

// redirectImage answers with a redirect to an image that is there. done says that it did.
func (a *api) redirectImage(w http.ResponseWriter, r *http.Request, info blob.Info) (done bool, err error) {
	if a.others.Image == nil || r.Method != http.MethodGet {
		return false, nil
	}

	url, keep, err := a.others.Image(r.Context(), info.Key)
	if err != nil {
		return false, fmt.Errorf("api: find image: %w", err)
	}

	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", max(0, int64(keep.Seconds()))))
	a.redirect(w, url)

	return true, nil
}

// redirect answers with a redirect. It has no body, as http.Redirect makes one, since the
// URL may be long and is a credential.
func (a *api) redirect(w http.ResponseWriter, url string) {
	w.Header().Set("Location", url)
	w.WriteHeader(http.StatusTemporaryRedirect)
}
