package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

const (
	// maxTries bounds how many addresses of a name are tried. A name can have hundreds.
	maxTries = 8
	// minTryTime is what each try gets as long as there is so much time left.
	minTryTime = 2 * time.Second
)

// DialContext connects to host:port, as http.Transport asks for it. It looks the name up
// once and tries the addresses that pass the check, one after the other, each with its
// share of the time that is left.
//
// It fails with a [*RefusedError] when the port is not allowed or no address is public.
// Other errors are those of the lookup (*net.DNSError) or of the last try.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, fmt.Errorf("netguard: network %q, want tcp", network)
	}

	target, err := parseTarget(address)
	if err != nil {
		return nil, err
	}

	// The exception is that of the host and port as the URL has them: it is decided here,
	// where both are known, and holds for this one connection.
	exempt := g.allowed[target]

	if err := g.checkPort(target); err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, g.dialTimeout)
	defer cancel()

	addrs, err := g.lookup(ctx, target.host)
	if err != nil {
		return nil, err
	}

	if !exempt {
		if addrs, err = g.public(addrs); err != nil {
			return nil, err
		}
	}

	return g.connectAny(ctx, addrs, target.port, exempt)
}

// parseTarget reads what http.Transport makes of a canonical URL.
func parseTarget(address string) (hostPort, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return hostPort{}, fmt.Errorf("netguard: %w", err)
	}

	port, ok := parsePort(portText)
	if !ok {
		return hostPort{}, refuse("the port must be a number from 1 to 65535")
	}

	host, err = canonicalHost(host, strings.Contains(host, ":"))

	return hostPort{host, port}, err
}

// lookup returns the addresses of a host, which may be one itself.
func (g *Guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}

	addrs, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("netguard: %w", err)
	}

	// Resolvers spell IPv4 addresses as mapped ones at times; net.Resolver does.
	unmapped := make([]netip.Addr, len(addrs))
	for i, addr := range addrs {
		unmapped[i] = addr.Unmap()
	}

	return unmapped, nil
}

// public returns those of addrs that are.
func (g *Guard) public(addrs []netip.Addr) ([]netip.Addr, error) {
	var (
		public  []netip.Addr
		refused error
	)

	for _, addr := range addrs {
		if err := g.CheckAddr(addr); err != nil {
			refused = err
		} else {
			public = append(public, addr)
		}
	}

	if len(public) == 0 {
		return nil, refused
	}

	return public, nil
}

// connectAny tries one address after the other.
func (g *Guard) connectAny(ctx context.Context, addrs []netip.Addr, port uint16, exempt bool) (net.Conn, error) {
	addrs = addrs[:min(len(addrs), maxTries)]
	err := errors.New("netguard: the name has no address")

	for i, addr := range addrs {
		var conn net.Conn

		conn, err = g.connectWithin(ctx, netip.AddrPortFrom(addr, port), len(addrs)-i, exempt)
		if err == nil || ctx.Err() != nil {
			return conn, err
		}
	}

	return nil, err
}

// connectWithin tries an address for its share of the time that is left for so many.
func (g *Guard) connectWithin(ctx context.Context, to netip.AddrPort, tries int, exempt bool) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && tries > 1 {
		share := max(time.Until(deadline)/time.Duration(tries), minTryTime)

		var cancel context.CancelFunc

		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}

	if g.dial != nil {
		return g.dial(ctx, "tcp", to.String())
	}

	dialer := &net.Dialer{}
	if !exempt {
		dialer.ControlContext = g.checkSocket
	}

	return dialer.DialContext(ctx, "tcp", to.String())
}

// checkSocket is called for each socket before it is connected.
func (g *Guard) checkSocket(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("netguard: network %q, want tcp4 or tcp6", network)
	}

	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("netguard: %w", err)
	}

	return g.CheckAddr(to.Addr())
}
