package netguard

import (
	"net/netip"

	"code.dny.dev/ssrf"
)

// reasonNotPublic is the same for every range, and for names as for addresses, so that
// nobody can map the network by trying.
const reasonNotPublic = "the host is not on the public internet"

// newGuardian returns the judge of addresses. Ports are judged elsewhere, with the host.
func newGuardian() *ssrf.Guardian {
	return ssrf.New(
		ssrf.WithAnyPort(),
		ssrf.WithDeniedV4Prefixes(
			// Azure's WireServer: credentials and configuration of the machine, on an
			// address that is in no registry.
			// https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
			netip.MustParsePrefix("168.63.129.16/32"),
		),
	)
}

// CheckAddr refuses an address that is not public, with a [*RefusedError]. It knows
// nothing of exceptions. An IPv4 address that is spelled as an IPv6 one, mapped or
// translated, is refused whatever it is; unmap those of a resolver first.
func (g *Guard) CheckAddr(addr netip.Addr) error {
	// Guardian takes an address that is none for an IPv4 one. With a zone it means an
	// interface of this machine.
	if !addr.IsValid() || addr.Zone() != "" {
		return refuse(reasonNotPublic)
	}

	if g.special.SafeAddr(addr) != nil {
		return refuse(reasonNotPublic) // its error has the address and range in it
	}

	return nil
}
