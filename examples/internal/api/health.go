package api

import (
	"context"
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/httpmw"
)

// Check is something that has to answer for the server to be ready.
type Check struct {
	// Name says what it is, such as "job store". It is told to anybody.
	Name string
	// Probe returns an error where it does not answer.
	Probe func(context.Context) error
}

// probeTimeout bounds all the checks of one request.
const probeTimeout = 5 * time.Second

type health struct {
	Success bool   `json:"success"`
	Status  string `json:"status"`
}

// healthz says that the process is alive.
func (a *api) healthz(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, http.StatusOK, health{true, "alive"})
}

// readyz says whether the server can do its work.
func (a *api) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
	defer cancel()

	for _, check := range a.ready {
		if err := check.Probe(ctx); err != nil {
			a.log.WarnContext(ctx, "not ready", "request_id", httpmw.RequestID(ctx), "check", check.Name, "error", err)
			a.answerProblem(w, r, &problem{
				status: http.StatusServiceUnavailable, code: "not_ready", message: "The " + check.Name + " does not answer.",
			})

			return
		}
	}

	a.answer(w, r, http.StatusOK, health{true, "ready"})
}
