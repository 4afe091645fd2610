// Package netguard lets a server make requests to addresses that strangers chose,
// without lending them its place in the network. Image addresses of a catalogue are
// such, and so are the addresses of webhooks.
//
// A [Guard] stands at three points, none of which is enough alone:
//
//   - [Guard.CheckURL] refuses what is wrong by its looks: other schemes, credentials,
//     ports, and addresses that are spelled so that two parsers read two hosts. It
//     returns the URL in one canonical spelling, and the caller goes on with that.
//   - [Guard.DialContext] resolves the name once, checks what came of it, and connects
//     to just these addresses. A name that resolves elsewhere a moment later (DNS
//     rebinding) gains nothing, because nobody asks again.
//   - The socket itself is checked once more as it is connected, so that a mistake in
//     the step before does not become a connection.
//
// Redirects are new requests: each goes through [Guard.Redirect].
//
// # What is refused
//
// An address must be public: every block of IANA's special-purpose registries is
// refused (https://www.iana.org/assignments/iana-ipv4-special-registry and
// -ipv6-special-registry; RFC 6890), everything in IPv6 outside of 2000::/3, the ranges
// that carry an IPv4 address within (mapped, compatible, NAT64, 6to4, Teredo), and the
// metadata services of clouds, also those on addresses that look public. The registries
// come from code.dny.dev/ssrf, which is generated from them; the tests prove each range.
//
// A name is refused when none of its addresses is public. Where only some are not, those
// are left out and the others used: what is connected to has been checked in any case,
// and names with a stray private address exist (DNS64, filtering resolvers).
//
// # Exceptions
//
// [Options.AllowHosts] names hosts, each with a port, that may have any address. An
// exception belongs to the host and port of a URL, as spelled there, and not to what they
// resolve to: "files.intranet:8080" permits neither the address behind it nor another
// name of it, nor another port.
//
// # Connections that are kept
//
// A kept connection is used again without a check, which is right only for the same host
// and port. net/http keeps connections by scheme, host and port, and does not share an
// HTTP/2 connection between hosts with a common certificate, as browsers do. The transport
// made here speaks HTTP/1.1 alone, so that this stays so; besides, HTTP/2 buffers up to
// megabytes a stream beyond what the reader asked for.
package netguard
