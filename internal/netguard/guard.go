package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
)

// DefaultDialTimeout is Options.DialTimeout by default.
const DefaultDialTimeout = 10 * time.Second

// Resolver looks names up. *net.Resolver is one.
type Resolver interface {
	// LookupNetIP returns the addresses of host. network is "ip". A name that does not
	// exist is a *net.DNSError with IsNotFound.
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DialFunc connects to an address, an IP with a port, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Options are the optional parts of New.
type Options struct {
	// AllowHosts are exceptions, each "host:port"; see [ParseAllowList] for the form.
	// Default none.
	AllowHosts []string
	// AllowPorts are permitted on every public host besides 80 and 443. Default none.
	AllowPorts []uint16
	// Resolver looks names up. Default net.DefaultResolver.
	Resolver Resolver
	// DialTimeout bounds the lookup of a name and the connecting together. Default
	// DefaultDialTimeout; a negative one is an error.
	DialTimeout time.Duration
	// Dial makes the connections to addresses that have been checked. One of your own
	// goes without the last check, that of the socket. Default a net.Dialer with it.
	Dial DialFunc
}

// Guard decides what may be contacted. It is safe for concurrent use.
type Guard struct {
	allowed     allowList
	ports       map[uint16]bool
	special     *ssrf.Guardian
	resolver    Resolver
	dialTimeout time.Duration
	dial        DialFunc // nil for a net.Dialer
}

// New returns a guard. opts may be nil. It fails when an option is out of its range or an
// exception malformed.
func New(opts *Options) (*Guard, error) {
	if opts == nil {
		opts = &Options{}
	}

	allowed, err := newAllowList(opts.AllowHosts)
	if err != nil {
		return nil, err
	}

	if opts.DialTimeout < 0 {
		return nil, fmt.Errorf("netguard: DialTimeout is %v, want 0 or more", opts.DialTimeout)
	}

	g := &Guard{
		allowed:     allowed,
		ports:       map[uint16]bool{80: true, 443: true},
		special:     newGuardian(),
		resolver:    net.DefaultResolver,
		dialTimeout: DefaultDialTimeout,
		dial:        opts.Dial,
	}

	for _, port := range opts.AllowPorts {
		if port == 0 {
			return nil, errors.New("netguard: AllowPorts has port 0, want 1 to 65535")
		}

		g.ports[port] = true
	}

	if opts.Resolver != nil {
		g.resolver = opts.Resolver
	}

	if opts.DialTimeout > 0 {
		g.dialTimeout = opts.DialTimeout
	}

	return g, nil
}

// checkPort refuses ports that neither everybody may use nor this host as an exception.
func (g *Guard) checkPort(target hostPort) error {
	if g.ports[target.port] || g.allowed[target] {
		return nil
	}

	return refuse(fmt.Sprintf("port %d is not allowed; use 80 or 443", target.port))
}
