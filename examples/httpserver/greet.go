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

	switch conf.backend {
	case backendMemory:
		text.WriteString("Everything is kept in memory and gone at the end\n")
	case backendAWS:
		fmt.Fprintf(&text, "Everything is kept on AWS, jobs in table %s\n", conf.aws.JobsTable)
	default:
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
		writeFirstSteps(&text, srv.publicURL, token)
	} else {
		fmt.Fprintf(&text, "The page is at %s/\n", srv.publicURL)
	}

	if _, err := fmt.Fprintln(p.stdout, text.String()); err != nil {
		return fmt.Errorf("cannot write to the standard output: %w", err)
	}

	if !isLoopback(srv.listener) {
		srv.log.Warn("other machines can reach this server, and it does not encrypt; put a proxy that does TLS before it")
	}

	return nil
}

// writeFirstSteps writes a link to open, which signs in, and commands to copy, from a
// file to its status. The token is in the fragment of the link, which browsers send
// to nobody.
func writeFirstSteps(text *strings.Builder, server, token string) {
	base := server + api.Base

	fmt.Fprintf(text, `
No %s or %s is set, so here is a link that signs in (role super_admin, good for %.0f hours):

  %s/#token=%s

The same from the command line:

  export TOKEN=%s
  curl -H "Authorization: Bearer $TOKEN" '%s/upload-url?filename=products.csv'
  curl -T products.csv '<the upload_url of the answer>'
  curl -H "Authorization: Bearer $TOKEN" -d '{"job_id":"<its job_id>"}' '%s/process'
  curl -H "Authorization: Bearer $TOKEN" '%s/<its job_id>/status'
`, envSecret, envKeySet, operatorTTL.Hours(), server, token, token, base, base, base)
}
