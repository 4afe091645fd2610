package api

import (
	"net/http"
	"strings"
)

// router answers in JSON where http.ServeMux, which knows no way to be told, would
// answer in plain text: to paths and methods that do not exist.
type router struct {
	mux *http.ServeMux
	// batches has what is below Base/batches/.
	batches *http.ServeMux
	api     *api
}

// ServeHTTP implements http.Handler.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	incoming := r
	r = intoArea(r)

	// The mux notes its choice in the request that it gets; whoever measures has the one
	// that came in.
	defer func() { incoming.Pattern = areaOf(r).pattern(r.Pattern) }()

	mux := rt.mux
	if strings.HasPrefix(r.URL.Path, Base+"/batches/") {
		mux = rt.batches
	}

	handler, pattern := mux.Handler(r)
	if pattern != "" {
		mux.ServeHTTP(w, r)

		return
	}

	// What the mux would have said.
	said := &verdict{header: http.Header{}}
	handler.ServeHTTP(said, r)

	if said.status != http.StatusMethodNotAllowed {
		rt.api.answerProblem(w, r, &problem{
			status: http.StatusNotFound, code: "not_found",
			message: "There is nothing at this address; the imports are below " + areaOf(r).base + ".",
		})

		return
	}

	allow := said.header.Get("Allow")

	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", allow+", "+http.MethodOptions)
		w.WriteHeader(http.StatusNoContent)

		return
	}

	rt.api.only(allow).ServeHTTP(w, r)
}

// only answers to a method that a path does not have.
func (a *api) only(allow string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		a.answerProblem(w, r, &problem{
			status: http.StatusMethodNotAllowed, code: "method_not_allowed",
			message: "This address does not take " + r.Method + "; it takes " + allow + ".",
		})
	})
}

// verdict takes the status and header of an answer and drops its body.
type verdict struct {
	header http.Header
	status int
}

func (v *verdict) Header() http.Header         { return v.header }
func (v *verdict) WriteHeader(status int)      { v.status = status }
func (v *verdict) Write(p []byte) (int, error) { return len(p), nil }
