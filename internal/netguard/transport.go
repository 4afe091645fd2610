package netguard

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

const (
	// maxHeaderBytes bounds the header of an answer.
	maxHeaderBytes = 64 << 10
	// idleTimeout is how long a connection is kept that nobody uses.
	idleTimeout = 30 * time.Second
	// maxIdle bounds how many are kept in all.
	maxIdle = 100
)

// TransportOptions are the optional parts of Transport.
type TransportOptions struct {
	// RootCAs are the authorities whose certificates are trusted. Default those of the
	// system.
	RootCAs *x509.CertPool
	// IdlePerHost is how many connections to one host are kept for use again. Default
	// that of net/http, 2.
	IdlePerHost int
}

// Transport returns a transport all of whose connections go through the guard. opts may
// be nil. It uses no proxy, as one would connect in the guard's place, speaks HTTP/1.1
// over TLS 1.2 or later, and inflates nothing. It follows no redirects, keeps no cookies
// and sets no time limit but those of connecting; that is for its user. Give it only URLs
// that the guard has checked.
func (g *Guard) Transport(opts *TransportOptions) *http.Transport {
	if opts == nil {
		opts = &TransportOptions{}
	}

	var protocols http.Protocols

	protocols.SetHTTP1(true)

	return &http.Transport{
		Proxy:                  nil,
		DialContext:            g.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: opts.RootCAs},
		TLSHandshakeTimeout:    g.dialTimeout,
		Protocols:              &protocols,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    opts.IdlePerHost,
		IdleConnTimeout:        idleTimeout,
	}
}
