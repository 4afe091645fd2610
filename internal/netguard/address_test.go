package netguard_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

// TestSpecialAddresses tries the first and last address of each range, and some that
// matter within.
func TestSpecialAddresses(t *testing.T) {
	t.Parallel()

	g := newGuard(t, nil)

	for name, addrs := range map[string][]string{
		// IPv4
		"this network, RFC 791":             {"0.0.0.0", "0.0.0.1", "0.255.255.255"},
		"private, RFC 1918":                 {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"},
		"shared by carriers, RFC 6598":      {"100.64.0.0", "100.100.100.200", "100.127.255.255"},
		"loopback, RFC 1122":                {"127.0.0.0", "127.0.0.1", "127.255.255.255"},
		"link-local, RFC 3927":              {"169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255"},
		"protocol assignments, RFC 6890":    {"192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.192", "192.0.0.255"},
		"documentation, RFC 5737":           {"192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255"},
		"AS112, RFC 7535 and RFC 7534":      {"192.31.196.0", "192.31.196.255", "192.175.48.0", "192.175.48.255"},
		"AMT, RFC 7450":                     {"192.52.193.0", "192.52.193.255"},
		"6to4 relays, RFC 7526":             {"192.88.99.0", "192.88.99.1", "192.88.99.255"},
		"benchmarking, RFC 2544":            {"198.18.0.0", "198.19.255.255"},
		"multicast, RFC 1112":               {"224.0.0.0", "224.0.0.251", "239.255.255.255"},
		"reserved, RFC 1112":                {"240.0.0.0", "255.255.255.254"},
		"limited broadcast, RFC 919":        {"255.255.255.255"},
		"metadata of Azure, unregistered":   {"168.63.129.16"},
		"IPv4 mapped, RFC 4291":             {"::ffff:0.0.0.0", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:93.184.216.34"},
		"IPv4 compatible, RFC 4291":         {"::7f00:1", "::a00:1", "::5db8:d822"},
		"IPv4 translated, RFC 2765":         {"::ffff:0:7f00:1", "::ffff:0:5db8:d822"},
		"NAT64, RFC 6052":                   {"64:ff9b::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::ffff:ffff"},
		"NAT64 for local use, RFC 8215":     {"64:ff9b:1::", "64:ff9b:1::a00:1", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"},
		"unspecified, RFC 4291":             {"::"},
		"loopback of IPv6, RFC 4291":        {"::1"},
		"discard, RFC 6666":                 {"100::", "100::ffff:ffff:ffff:ffff"},
		"dummy prefix, RFC 9780":            {"100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"},
		"Teredo, RFC 4380":                  {"2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"},
		"port control anycast, RFC 7723":    {"2001:1::1", "2001:1::2"},
		"benchmarking of IPv6, RFC 5180":    {"2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"},
		"ORCHID, RFC 4843":                  {"2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"},
		"ORCHIDv2, RFC 7343":                {"2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"},
		"drone identifiers, RFC 9374":       {"2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff"},
		"protocol assignments, RFC 2928":    {"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"documentation, RFC 3849":           {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
		"documentation, RFC 9637":           {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"6to4, RFC 3056":                    {"2002::", "2002:7f00:1::", "2002:a00:1::1", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"AS112 of IPv6, RFC 7534":           {"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"},
		"segment routing, RFC 9602":         {"5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"unique local, RFC 4193":            {"fc00::", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"link-local of IPv6, RFC 4291":      {"fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"site-local, RFC 3879":              {"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"multicast of IPv6, RFC 4291":       {"ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		"not assigned, outside of 2000::/3": {"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "8000::", "e000::"},
		"public with a zone":                {"2606:4700::1%eth0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, addr := range addrs {
				requireRefused(t, g.CheckAddr(netip.MustParseAddr(addr)), "not on the public internet")
			}
		})
	}

	requireRefused(t, g.CheckAddr(netip.Addr{}), "not on the public internet")
}

// TestPublicAddresses has the neighbours of the ranges above.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()

	g := newGuard(t, nil)

	for _, addr := range []string{
		"1.0.0.0", "1.1.1.1", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0",
		"126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0",
		"172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255",
		"192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
		"2000::1", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1", "2a00:1450::1",
		"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::",
	} {
		require.NoError(t, g.CheckAddr(netip.MustParseAddr(addr)), addr)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()

	for name, opts := range map[string]*netguard.Options{
		"negative DialTimeout": {DialTimeout: -1},
		"port 0":               {AllowPorts: []uint16{8080, 0}},
		"malformed exception":  {AllowHosts: []string{"files.intranet"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := netguard.New(opts)
			require.Error(t, err)
		})
	}
}
