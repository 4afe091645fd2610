package netguard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

func TestParseAllowList(t *testing.T) {
	t.Parallel()

	for _, empty := range []string{"", "  "} {
		entries, err := netguard.ParseAllowList(empty)
		require.NoError(t, err)
		require.Empty(t, entries)
	}

	entries, err := netguard.ParseAllowList(
		"localhost:9000, Files.Intranet.:8080 ,10.0.0.5:80,[fd00:0::0005]:443,bücher.example:80")
	require.NoError(t, err)
	require.Equal(t, []string{
		"localhost:9000", "files.intranet:8080", "10.0.0.5:80", "[fd00::5]:443", "xn--bcher-kva.example:80",
	}, entries)
}

func TestParseAllowListErrors(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct{ list, problem string }{
		{"localhost", "write host:port"},
		{"localhost:", "from 1 to 65535"},
		{"localhost:0", "from 1 to 65535"},
		{"localhost:65536", "from 1 to 65535"},
		{"localhost:http", "from 1 to 65535"},
		{"localhost:+80", "from 1 to 65535"},
		{":80", "no host"},
		{"a:80,", "it is empty"},
		{"a:80,,b:80", "it is empty"},
		{"http://localhost:80", "without the scheme"},
		{"localhost:80/a", "without a path"},
		{"user@localhost:80", "without a path or user"},
		{"*.intranet:80", "no wildcards"},
		{"*:80", "no wildcards"},
		{"a b:80", "malformed"},
		{"a;b:80", "malformed"},
		{"::1:80", "brackets"},
		{"fd00::5", "brackets"},
		{"[::1]", "brackets"},
		{"[fe80::1%eth0]:80", "zone"},
		{"[127.0.0.1]:80", "malformed"},
		{"[::ffff:127.0.0.1]:80", "IPv4 address itself"},
		{"127.1:80", "unusual form"},
		{"0x7f000001:80", "unusual form"},
		{"10.0.0.0/8:80", "without a path"},
	} {
		_, err := netguard.ParseAllowList(tc.list)
		require.ErrorContains(t, err, tc.problem, tc.list)
	}
}

// TestExceptionsAreExact tries what is near to an exception.
func TestExceptionsAreExact(t *testing.T) {
	t.Parallel()

	var connected dialed

	g := newGuard(t, &netguard.Options{
		AllowHosts: []string{"files.intranet:8080", "localhost:80", "10.0.0.5:9000", "[fd00::5]:9000", "single:8080"},
		Dial:       connected.dial,
		Resolver: names{
			"files.intranet": {{"10.0.0.5"}}, "localhost": {{"127.0.0.1", "::1"}}, "single": {{"10.0.0.9"}},
			// Other names of the same addresses.
			"other.example": {{"10.0.0.5"}}, "mapped.example": {{"::ffff:10.0.0.5"}}, "six.example": {{"fd00::5"}},
		},
	})

	for _, tc := range []struct{ url, address string }{
		{"http://files.intranet:8080/a", "files.intranet:8080"},
		{"https://FILES.intranet.:8080/a", "files.intranet:8080"},
		{"http://localhost/a", "localhost:80"},
		{"http://10.0.0.5:9000/a", "10.0.0.5:9000"},
		{"http://[fd00:0::5]:9000/a", "[fd00::5]:9000"},
		{"http://single:8080/a", "single:8080"},
	} {
		_, err := g.CheckURL(tc.url)
		require.NoError(t, err, tc.url)

		_, err = g.DialContext(t.Context(), "tcp", tc.address)
		require.ErrorIs(t, err, errConnected, tc.url)
	}

	require.Equal(t, dialed{
		"10.0.0.5:8080", "10.0.0.5:8080", "127.0.0.1:80", "[::1]:80", "10.0.0.5:9000", "[fd00::5]:9000", "10.0.0.9:8080",
	}, connected)

	connected = nil

	for _, url := range []string{
		"http://files.intranet:8081/a", "http://a.files.intranet:8080/a", "http://10.0.0.5:8080/a", "http://10.0.0.5/a",
		"http://localhost:443/a", "http://127.0.0.1/a", "http://[::1]/a", "http://[::ffff:10.0.0.5]:9000/a",
		"http://[fd00::5]/a", "http://single/a", "http://167772165:9000/a", "http://user@files.intranet:8080/a",
		"ftp://files.intranet:8080/a",
	} {
		_, err := g.CheckURL(url)
		require.ErrorIs(t, err, netguard.ErrRefused, url)
	}

	for _, address := range []string{
		"files.intranet:80", "files.intranet:8081", "other.example:80", "other.example:8080", "other.example:9000",
		"mapped.example:80", "six.example:443", "10.0.0.5:80", "10.0.0.5:8080", "localhost:443", "127.0.0.1:80",
		"[fd00::5]:80", "[::ffff:10.0.0.5]:9000",
	} {
		_, err := g.DialContext(t.Context(), "tcp", address)
		require.ErrorIs(t, err, netguard.ErrRefused, address)
	}

	require.Empty(t, connected)
}
