package webhooknotify

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

const (
	// MinSecret is the shortest secret, in bytes: as long as what HMAC-SHA256 makes of it.
	MinSecret = 32
	// DefaultTimeout is Options.Timeout by default.
	DefaultTimeout = 10 * time.Second
	// DefaultUserAgent is Options.UserAgent by default.
	DefaultUserAgent = "bulkimport-webhook/1"
)

// Resolver looks names up: it has LookupNetIP, as *net.Resolver does.
type Resolver = netguard.Resolver

// Options are the optional parts of New.
type Options struct {
	// AllowHosts are hosts that may have any address, public or not, and be spoken to by
	// plain http, each "host:port", as ParseAllowHosts returns them. Default none.
	AllowHosts []string
	// AllowPorts are permitted on every public host besides 443. Default none.
	AllowPorts []uint16
	// Timeout bounds a try, from the lookup of the name to the end of the answer. Default
	// DefaultTimeout; a negative one is an error.
	Timeout time.Duration
	// UserAgent is what requests say they come from. Default DefaultUserAgent.
	UserAgent string
	// RootCAs are the authorities whose certificates are trusted. Default those of the
	// system.
	RootCAs *x509.CertPool
	// Resolver looks names up. Default net.DefaultResolver.
	Resolver Resolver
	// Dial connects to an address, an IP with a port, that has been checked. Default a
	// net.Dialer, which checks once more.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// ParseAllowHosts reads Options.AllowHosts as a setting has them (WEBHOOK_ALLOW_HOSTS):
// entries "host:port" separated by commas. host is a name, an IPv4 address, or an IPv6
// address in brackets. An empty list has no entries.
func ParseAllowHosts(list string) ([]string, error) {
	hosts, err := netguard.ParseAllowList(list)
	if err != nil {
		return nil, fmt.Errorf("webhooknotify: %w", err)
	}

	return hosts, nil
}

// withDefaults returns a copy with defaults in place of zeros. o may be nil.
func (o *Options) withDefaults() (Options, error) {
	var full Options
	if o != nil {
		full = *o
	}

	if full.Timeout < 0 {
		return Options{}, fmt.Errorf("webhooknotify: Timeout is %v, want 0 or more", full.Timeout)
	}

	if full.Timeout == 0 {
		full.Timeout = DefaultTimeout
	}

	if full.UserAgent == "" {
		full.UserAgent = DefaultUserAgent
	}

	if full.Now == nil {
		full.Now = time.Now
	}

	return full, nil
}
