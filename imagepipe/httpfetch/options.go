package httpfetch

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

// The defaults of Options.
const (
	DefaultHeaderTimeout = 10 * time.Second
	DefaultTimeout       = 30 * time.Second
	DefaultMaxBytes      = 10 << 20
	DefaultMaxRedirects  = 3
	DefaultAttempts      = 3
	DefaultConcurrency   = 64
	DefaultPerHost       = 16
	DefaultMemoryBudget  = 64 << 20
	DefaultFailureLimit  = 10
	DefaultRestPeriod    = time.Minute
	DefaultUserAgent     = "Mozilla/5.0 (compatible; bulkimport)"
)

// Resolver looks names up: it has LookupNetIP, as *net.Resolver does.
type Resolver = netguard.Resolver

// Options are the optional parts of New. A zero value stands for the default; a negative
// one is an error unless said otherwise.
type Options struct {
	// HeaderTimeout bounds the time from the start of a request, connecting included, to
	// the end of the answer's header. Default DefaultHeaderTimeout.
	HeaderTimeout time.Duration
	// Timeout bounds an attempt: all redirects and the body. Default DefaultTimeout.
	Timeout time.Duration
	// MaxBytes bounds a picture. Default DefaultMaxBytes.
	MaxBytes int64
	// MaxRedirects is how many redirects of an attempt are followed; a negative number
	// stands for none. Default DefaultMaxRedirects.
	MaxRedirects int
	// Attempts is how often a download is tried. Default DefaultAttempts.
	Attempts int
	// Concurrency bounds how many downloads run at a time. Default DefaultConcurrency.
	Concurrency int
	// PerHost bounds how many of them are from one host and port. Default DefaultPerHost.
	PerHost int
	// MemoryBudget bounds the bytes of all downloads that are not released, but for one
	// that may overdraw it by up to MaxBytes. Default DefaultMemoryBudget.
	MemoryBudget int64
	// FailureLimit is after how many attempts in a row that got no whole answer a host is
	// left alone, if they took ten seconds or more: a short pause of a server makes many
	// failures at a time. Default DefaultFailureLimit.
	FailureLimit int
	// RestPeriod is how long that is for. Default DefaultRestPeriod.
	RestPeriod time.Duration
	// UserAgent is what requests say they come from. Default DefaultUserAgent.
	UserAgent string

	// AllowHosts are hosts that may have any address, public or not, each "host:port",
	// as ParseAllowHosts returns them. An exception is for URLs with just this host and
	// port. Default none.
	AllowHosts []string
	// AllowPorts are permitted on every public host besides 80 and 443. Default none.
	AllowPorts []uint16
	// RootCAs are the authorities whose certificates are trusted. Default those of the
	// system.
	RootCAs *x509.CertPool
	// Resolver looks names up. Default net.DefaultResolver.
	Resolver Resolver
	// Dial connects to an address, an IP with a port, that has been checked. Default a
	// net.Dialer, which checks once more.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// ParseAllowHosts reads Options.AllowHosts as a setting has them (IMAGE_ALLOW_HOSTS):
// entries "host:port" separated by commas. host is a name, an IPv4 address, or an IPv6
// address in brackets. An empty list has no entries.
func ParseAllowHosts(list string) ([]string, error) {
	hosts, err := netguard.ParseAllowList(list)
	if err != nil {
		return nil, fmt.Errorf("httpfetch: %w", err)
	}

	return hosts, nil
}

// withDefaults returns a copy with defaults in place of zeros.
func (o *Options) withDefaults() (Options, error) {
	var full Options
	if o != nil {
		full = *o
	}

	err := firstError(
		setDefault("HeaderTimeout", &full.HeaderTimeout, DefaultHeaderTimeout),
		setDefault("Timeout", &full.Timeout, DefaultTimeout),
		setDefault("MaxBytes", &full.MaxBytes, DefaultMaxBytes),
		setDefault("Attempts", &full.Attempts, DefaultAttempts),
		setDefault("Concurrency", &full.Concurrency, DefaultConcurrency),
		setDefault("PerHost", &full.PerHost, DefaultPerHost),
		setDefault("MemoryBudget", &full.MemoryBudget, DefaultMemoryBudget),
		setDefault("FailureLimit", &full.FailureLimit, DefaultFailureLimit),
		setDefault("RestPeriod", &full.RestPeriod, DefaultRestPeriod),
	)

	if full.MaxRedirects == 0 {
		full.MaxRedirects = DefaultMaxRedirects
	}

	if full.UserAgent == "" {
		full.UserAgent = DefaultUserAgent
	}

	return full, err
}

func setDefault[T ~int | ~int64](name string, value *T, byDefault T) error {
	if *value < 0 {
		return fmt.Errorf("httpfetch: %s is %v, want 0 or more", name, *value)
	}

	if *value == 0 {
		*value = byDefault
	}

	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}

	return nil
}
