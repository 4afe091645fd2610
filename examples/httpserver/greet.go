package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

// greet tells the operator where the server is and how to begin.
func (p program) greet(conf config, srv *server, token string, unfinished int) error {
	var text strings.Builder

	fmt.Fprintf(&text, "bulkimport listens on %s\n", srv.address)

	switch {
	case srv.publicURL != srv.address:
		fmt.Fprintf(&text, "The URLs it signs begin with %s\n", srv.publicURL)
	case !isLoopback(srv.listener):
		text.WriteString("The URLs it signs begin with that; say by -public-url what other machines call it\n")
	}

	if conf.backend == backendMemory {
		text.WriteString("Everything is kept in memory and gone at the end\n")
	} else {
		folder, err := filepath.Abs(conf.data)
		if err != nil {
			return fmt.Errorf("cannot tell where the data folder is: %w", err)
		}

		fmt.Fprintf(&text, "Everything is kept in %s\n", folder)
	}

	if srv.metrics != nil {
		fmt.Fprintf(&text, "Metrics are at %s\n", srv.metrics.address())
	}

	if unfinished > 0 {
		fmt.Fprintf(&text, "Unfinished imports that go on now: %d\n", unfinished)
	}

	if token != "" {
		writeFirstSteps(&text, srv.publicURL+api.Base, token)
	}

	if _, err := fmt.Fprintln(p.stdout, text.String()); err != nil {
		return fmt.Errorf("cannot write to the standard output: %w", err)
	}

	if !isLoopback(srv.listener) {
		srv.log.Warn("other machines can reach this server, and it does not encrypt; put a proxy that does TLS before it")
	}

	return nil
}

// writeFirstSteps writes commands to copy, from a file to its status.
func writeFirstSteps(text *strings.Builder, base, token string) {
	fmt.Fprintf(text, `
No %s or %s is set, so here is a token (role super_admin, good for %.0f hours):

  export TOKEN=%s

A first import:

  curl -H "Authorization: Bearer $TOKEN" '%s/upload-url?filename=products.csv'
  curl -T products.csv '<the upload_url of the answer>'
  curl -H "Authorization: Bearer $TOKEN" -d '{"job_id":"<its job_id>"}' '%s/process'
  curl -H "Authorization: Bearer $TOKEN" '%s/<its job_id>/status'
`, envSecret, envKeySet, operatorTTL.Hours(), token, base, base, base)
}
