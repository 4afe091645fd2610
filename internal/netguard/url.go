package netguard

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxURLLength bounds a URL, in bytes. Signed addresses have some 2,000.
const MaxURLLength = 8192

const (
	reasonTooLong   = "the address is longer than 8192 bytes"
	reasonPercent   = "the host has a percent sign in it; write it plainly"
	reasonMalformed = "the address is malformed"
)

// CheckURL reads a URL and refuses, with a [*RefusedError], what must not or cannot be
// contacted, as far as that shows without looking its host up. What it returns has no user,
// no fragment, the host in its canonical spelling and no port where that is the scheme's
// own; contact only that, never raw.
func (g *Guard) CheckURL(raw string) (*url.URL, error) {
	if err := checkText(raw); err != nil {
		return nil, err
	}

	u, err := url.Parse(raw)
	if err != nil {
		return nil, refuse(reasonUnparsable(raw))
	}

	// A percent sign in the authority hides characters or begins a zone.
	if strings.Contains(authority(raw), "%") {
		return nil, refuse(reasonPercent)
	}

	return g.canonical(u)
}

// Redirect checks where an answer from base, a URL that CheckURL or Redirect returned,
// leads by its Location header. It is CheckURL for an address that may be relative, and
// whose path and query may be carelessly escaped, as they often are: that is repaired.
func (g *Guard) Redirect(base *url.URL, location string) (*url.URL, error) {
	ref, err := url.Parse(location)
	if err != nil {
		return nil, refuse(reasonMalformed)
	}

	if len(location) > MaxURLLength {
		return nil, refuse(reasonTooLong)
	}

	if ref.Host != "" && strings.Contains(authority(location), "%") {
		return nil, refuse(reasonPercent)
	}

	return g.canonical(base.ResolveReference(ref))
}

// checkText refuses characters that URL parsers drop, move or read differently, before
// any of them sees the text.
func checkText(raw string) error {
	switch {
	case raw == "":
		return refuse("the address is empty")
	case len(raw) > MaxURLLength:
		return refuse(reasonTooLong)
	case !utf8.ValidString(raw):
		return refuse("the address has bytes in it that are not UTF-8")
	}

	for _, r := range raw {
		switch {
		case unicode.IsSpace(r):
			return refuse("the address has a space or line break in it; write spaces as %20")
		case unicode.IsControl(r):
			return refuse("the address has a control character in it")
		case r == '\\':
			return refuse(`the address has a backslash in it; write "/"`)
		}
	}

	return nil
}

// authority returns what is between the scheme and the path: user, host and port.
func authority(raw string) string {
	_, rest, found := strings.Cut(raw, "//")
	if !found {
		return ""
	}

	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}

	return rest
}

// reasonUnparsable says more than "malformed" where that is easy. The parser's own error
// has the address in it.
func reasonUnparsable(raw string) string {
	if strings.Contains(authority(raw), "%") {
		return reasonPercent
	}

	return reasonMalformed
}

// canonical checks the parts of a URL and returns it in its canonical spelling.
func (g *Guard) canonical(u *url.URL) (*url.URL, error) {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, refuse("the address must begin with http:// or https://")
	case u.User != nil:
		return nil, refuse("the address has a user name or password in it; remove it")
	case u.Host == "":
		return nil, refuse("there is no host in it")
	}

	target, err := targetOf(u)
	if err != nil {
		return nil, err
	}

	if err := g.checkTarget(target); err != nil {
		return nil, err
	}

	return &url.URL{
		Scheme: u.Scheme, Host: hostField(u.Scheme, target),
		Path: u.Path, RawPath: escape(u.RawPath, unsafeInPath),
		ForceQuery: u.ForceQuery, RawQuery: escape(u.RawQuery, unsafeInQuery),
	}, nil
}

// targetOf returns the host and port of a URL.
func targetOf(u *url.URL) (hostPort, error) {
	host, err := canonicalHost(u.Hostname(), strings.HasPrefix(u.Host, "["))
	if err != nil {
		return hostPort{}, err
	}

	port, ok := parsePort(u.Port())

	switch {
	case u.Port() == "":
		port = defaultPort(u.Scheme)
	case !ok:
		return hostPort{}, refuse("the port must be a number from 1 to 65535")
	}

	return hostPort{host, port}, nil
}

// checkTarget refuses a host and port that are not public by what they are, unless they
// are an exception.
func (g *Guard) checkTarget(target hostPort) error {
	if g.allowed[target] {
		return nil
	}

	if addr, err := netip.ParseAddr(target.host); err == nil {
		if err := g.CheckAddr(addr); err != nil {
			return err
		}

		return g.checkPort(target)
	}

	// A name without a dot, which no public host has, would be completed by the search
	// domains of this machine; localhost is loopback by RFC 6761, section 6.3, whoever
	// is asked.
	if !strings.Contains(target.host, ".") || strings.HasSuffix(target.host, ".localhost") {
		return refuse(reasonNotPublic)
	}

	return g.checkPort(target)
}

func defaultPort(scheme string) uint16 {
	if scheme == "https" {
		return 443
	}

	return 80
}

// hostField returns what url.URL has in Host.
func hostField(scheme string, target hostPort) string {
	if target.port != defaultPort(scheme) {
		return target.String()
	}

	if strings.Contains(target.host, ":") {
		return "[" + target.host + "]"
	}

	return target.host
}

// Printable characters that are to be escaped although parsers let them through.
const (
	unsafeInPath  = "\"<>\\^`{|}"
	unsafeInQuery = "\"<>\\"
)

// escape escapes what may not stand in a request line, and leaves escapes as they are.
// net/url takes queries as they come; a path that is escaped in part it escapes anew as a
// whole, which would turn "%2F" into a slash.
func escape(s, unsafe string) string {
	var b strings.Builder

	for _, c := range []byte(s) {
		if c > ' ' && c < 0x7f && strings.IndexByte(unsafe, c) < 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}

	return b.String()
}
