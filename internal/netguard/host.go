package netguard

import (
	"errors"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The bounds of names, RFC 1035, section 2.3.4; a name is 255 bytes on the wire, which
// is 253 characters.
const (
	maxNameLength  = 253
	maxLabelLength = 63
)

const (
	reasonNumberForm = "the host is a number in an unusual form; write an IPv4 address as four decimal numbers"
	reasonHostName   = "the host name is malformed"
	reasonLiteral    = "the IP address is malformed"
)

// canonicalHost returns the one spelling of a host in which it is compared and contacted:
// an IP address as netip prints it, or a name in lower case, in ASCII (RFC 5891) and
// without a final dot. bracketed says that the host was in brackets, as IPv6 must be.
//
// It fails with a [*RefusedError] on anything that another parser could take for
// something else.
func canonicalHost(host string, bracketed bool) (string, error) {
	if bracketed {
		return canonicalIPv6(host)
	}

	// The conversion takes quadratic time, and no letter shrinks to less than a quarter.
	if len(host) > 4*maxNameLength {
		return "", refuse(reasonHostName)
	}

	inASCII, err := toASCII(host)
	if err != nil {
		return "", err
	}

	name := strings.ToLower(strings.TrimSuffix(inASCII, "."))
	if name == "" {
		return "", refuse("there is no host in it")
	}

	if endsInNumber(name) {
		return canonicalIPv4(name, inASCII == host)
	}

	return name, checkName(name)
}

func canonicalIPv6(host string) (string, error) {
	addr, err := netip.ParseAddr(host)
	if err != nil || !addr.Is6() {
		return "", refuse(reasonLiteral)
	}

	// A zone names an interface of the machine that connects (RFC 4007).
	if addr.Zone() != "" {
		return "", refuse("the IP address has a zone; leave it out")
	}

	return addr.String(), nil
}

// canonicalIPv4 takes only the four decimal numbers without leading zeros that everybody
// reads alike. The C library, and what is built on it, also reads "127.1", "0x7f.1",
// "0177.0.0.1" and "2130706433".
func canonicalIPv4(name string, plain bool) (string, error) {
	addr, err := netip.ParseAddr(name)
	if err != nil || !addr.Is4() || !plain {
		return "", refuse(reasonNumberForm)
	}

	return addr.String(), nil
}

// toASCII turns the letters of other scripts into their "xn--" form. This is also what
// turns full-width and circled digits into plain ones, and other full stops into dots, so
// it comes before all other checks.
func toASCII(host string) (string, error) {
	for i := range len(host) {
		if host[i] >= utf8.RuneSelf {
			name, err := idna.Lookup.ToASCII(host)
			if err != nil {
				return "", refuse(reasonHostName)
			}

			return name, nil
		}
	}

	return host, nil // idna would refuse underscores, which some hosts have
}

// endsInNumber reports that URL parsers take the host for an IPv4 address, or could: its
// last label is a decimal, octal or hexadecimal number. No top-level domain is one.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, found := strings.CutPrefix(last, "0x"); found {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}

	return last != "" && strings.Trim(last, "0123456789") == ""
}

// checkName checks a name in lower case and ASCII.
func checkName(name string) error {
	if len(name) > maxNameLength {
		return refuse(reasonHostName)
	}

	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > maxLabelLength {
			return refuse(reasonHostName)
		}

		for _, c := range []byte(label) {
			if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
				return refuse(reasonHostName)
			}
		}
	}

	return nil
}

// reasonOf returns the reason of a refusal.
func reasonOf(err error) string {
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return refused.Reason
	}

	return err.Error()
}
