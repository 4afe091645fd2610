package api

import (
	"net/http"
	"strings"
)

// router answers in JSON where http.ServeMux, which knows no way to be told, would
// answer in plain text or HTML: to paths and methods that do not exist, and to paths
// that it would redirect to others.
type router struct {
	// words has the addresses without an id. They come first: what is the name of an
	// endpoint is the id of no job.
	words *http.ServeMux
	// ids has the addresses with ids, save for what is below Base/batches/: a batch and
	// the status of a job have patterns of which neither is more specific.
	ids, batches *http.ServeMux
	api          *api
}

// route is a handler of the API, as opposed to those that a mux makes up.
type route struct{ http.Handler }

func (rt *router) word(method, path string, h http.Handler) { handle(rt.words, method, path, h) }

func (rt *router) id(method, path string, h http.Handler) { handle(rt.ids, method, path, h) }

func (rt *router) batch(method, path string, h http.Handler) { handle(rt.batches, method, path, h) }

// handle registers a handler for a method, or for all where that is empty.
func handle(mux *http.ServeMux, method, path string, h http.Handler) {
	mux.Handle(strings.TrimLeft(method+" "+path, " "), route{h})
}

// isForeignWord reports whether a path below Base ends with the name of an endpoint that
// is elsewhere, or that this server may not have. That is the id of no job either.
func isForeignWord(path string) bool {
	switch path {
	case Base + "/analytics", Base + "/bulk-import", Base + "/validate":
		return true
	}

	return false
}

// muxes returns those that may know a path, the first that does decides.
func (rt *router) muxes(path string) []*http.ServeMux {
	switch {
	case strings.HasPrefix(path, Base+"/batches/"):
		return []*http.ServeMux{rt.batches}
	case isForeignWord(path):
		return []*http.ServeMux{rt.words}
	}

	return []*http.ServeMux{rt.words, rt.ids}
}

// ServeHTTP implements http.Handler.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	incoming := r
	r = intoArea(r)

	// The mux notes its choice in the request that it gets; whoever measures has the one
	// that came in.
	defer func() { incoming.Pattern = areaOf(r).pattern(r.Pattern) }()

	for _, mux := range rt.muxes(r.URL.Path) {
		handler, _ := mux.Handler(r)
		if _, known := handler.(route); known {
			mux.ServeHTTP(w, r)

			return
		}

		// What the mux would have said.
		said := &verdict{header: http.Header{}}
		handler.ServeHTTP(said, r)

		if said.status == http.StatusMethodNotAllowed {
			rt.api.notAllowed(w, r, said.header.Get("Allow"))

			return
		}
	}

	rt.api.answerProblem(w, r, &problem{
		status: http.StatusNotFound, code: "not_found",
		message: "There is nothing at this address; the imports are below " + areaOf(r).base + ".",
	})
}

// only lets requests of one method through to the handler.
func (a *api) only(method string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			a.notAllowed(w, r, method)

			return
		}

		next.ServeHTTP(w, r)
	})
}

// notAllowed answers to a method that a path does not have, or that asks for those that
// it has.
func (a *api) notAllowed(w http.ResponseWriter, r *http.Request, allow string) {
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", allow+", "+http.MethodOptions)
		w.WriteHeader(http.StatusNoContent)

		return
	}

	w.Header().Set("Allow", allow)
	a.answerProblem(w, r, &problem{
		status: http.StatusMethodNotAllowed, code: "method_not_allowed",
		message: "This address does not take " + r.Method + "; it takes " + allow + ".",
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
