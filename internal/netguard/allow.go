package netguard

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// hostPort is a host in its canonical spelling, without brackets, and a port.
type hostPort struct {
	host string
	port uint16
}

// String returns host:port, with brackets around an IPv6 address.
func (h hostPort) String() string {
	return net.JoinHostPort(h.host, strconv.Itoa(int(h.port)))
}

// allowList is the set of exceptions.
type allowList map[hostPort]bool

func newAllowList(entries []string) (allowList, error) {
	list := make(allowList, len(entries))

	for _, entry := range entries {
		target, err := parseEntry(entry)
		if err != nil {
			return nil, err
		}

		list[target] = true
	}

	return list, nil
}

// ParseAllowList reads a list of exceptions as a setting has it: entries "host:port",
// separated by commas, spaces around them ignored. host is a name, an IPv4 address, or an
// IPv6 address in brackets. An empty list has no entries. The entries come back in their
// canonical spelling, in the order of the list.
func ParseAllowList(list string) ([]string, error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}

	var entries []string

	for entry := range strings.SplitSeq(list, ",") {
		target, err := parseEntry(strings.TrimSpace(entry))
		if err != nil {
			return nil, err
		}

		entries = append(entries, target.String())
	}

	return entries, nil
}

// parseEntry reads "host:port".
func parseEntry(entry string) (hostPort, error) {
	malformed := func(problem string) (hostPort, error) {
		return hostPort{}, fmt.Errorf("netguard: allowed host %q: %s", entry, problem)
	}

	switch {
	case entry == "":
		return malformed("it is empty; write host:port, with commas only between entries")
	case strings.Contains(entry, "://"):
		return malformed("write host:port, without the scheme")
	case strings.ContainsAny(entry, "/?#@\\"):
		return malformed("write host:port alone, without a path or user")
	case strings.Contains(entry, "*"):
		return malformed("there are no wildcards; write each host")
	}

	host, portText, err := net.SplitHostPort(entry)
	if err != nil {
		return malformed("write host:port, with an IPv6 address in brackets")
	}

	port, ok := parsePort(portText)
	if !ok {
		return malformed("the port must be a number from 1 to 65535")
	}

	host, err = canonicalHost(host, strings.HasPrefix(entry, "["))
	if err != nil {
		return malformed(reasonOf(err))
	}

	if addr, err := netip.ParseAddr(host); err == nil && addr.Is4In6() {
		return malformed("write the IPv4 address itself")
	}

	return hostPort{host, port}, nil
}

// parsePort reads a port number of digits alone.
func parsePort(s string) (port uint16, ok bool) {
	n, err := strconv.ParseUint(s, 10, 16)

	return uint16(n), err == nil && n > 0
}
