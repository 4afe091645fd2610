// Package httpmw is what the server does around every request, whatever it asks
// for: request ids, the access log, protection against panics, and headers.
package httpmw
