package netguard_test

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

// FuzzCheckURL holds what passes against what must never pass.
func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{
		"http://example.com/a.jpg", "https://bücher.example:443/ü?q=ü#x", "http://93.184.216.34/", "http://[2606:4700::1]:80/",
		"http://127.1/", "http://0x7f.1/", "http://１２７.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://user@localhost./",
		"http://files.intranet:8080/a", "//a%25@b:80", "http://a\\b", "javascript:alert(1)", "http://example.com/%2F/..//?",
	} {
		f.Add(seed)
	}

	g := newGuard(f, &netguard.Options{AllowHosts: []string{"files.intranet:8080"}})

	base, err := g.CheckURL("https://example.com/folder/a?q=1")
	require.NoError(f, err)

	f.Fuzz(func(t *testing.T, raw string) {
		if u, err := g.CheckURL(raw); err != nil {
			requireCleanReason(t, err)
		} else {
			requireSafe(t, g, u)
		}

		if u, err := g.Redirect(base, raw); err != nil {
			requireCleanReason(t, err)
		} else {
			requireSafe(t, g, u)
		}
	})
}

func requireCleanReason(t *testing.T, err error) {
	t.Helper()

	refused, ok := errors.AsType[*netguard.RefusedError](err)
	require.True(t, ok)
	require.NotEmpty(t, refused.Reason)
	require.False(t, slices.ContainsFunc([]rune(refused.Reason), func(r rune) bool { return r > unicode.MaxASCII || r < ' ' }))
}

func requireSafe(t *testing.T, g *netguard.Guard, u *url.URL) {
	t.Helper()

	require.Contains(t, []string{"http", "https"}, u.Scheme)
	require.Nil(t, u.User)
	require.Empty(t, u.Fragment)
	require.Regexp(t, `^([a-z0-9_.-]+|\[[0-9a-f:]+\])(:[0-9]+)?$`, u.Host)
	require.NotRegexp(t, `[^\x21-\x7e]|\\`, u.RequestURI())

	if u.Host != "files.intranet:8080" {
		require.Contains(t, []string{"", "80", "443"}, u.Port())
		require.NotEqual(t, "localhost", u.Hostname())
	}

	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		require.NoError(t, g.CheckAddr(addr))
	}

	// The canonical spelling is one that stays, unless escaping made it too long.
	if len(u.String()) > netguard.MaxURLLength {
		return
	}

	again, err := g.CheckURL(u.String())
	require.NoError(t, err, u.String())
	require.Equal(t, u.String(), again.String())
}

// FuzzParseAllowList checks that what comes out is understood, and permits just itself.
func FuzzParseAllowList(f *testing.F) {
	for _, seed := range []string{
		"", "localhost:9000", "a:80, b:443", "[fd00::5]:80", "10.0.0.5:80", "127.1:80", "*:80", "bücher.example:80", "a:80,",
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, list string) {
		entries, err := netguard.ParseAllowList(list)
		if err != nil {
			require.Empty(t, entries)
			return
		}

		g := newGuard(t, &netguard.Options{AllowHosts: entries})

		for _, entry := range entries {
			again, err := netguard.ParseAllowList(entry)
			require.NoError(t, err)
			require.Equal(t, []string{entry}, again)

			_, err = g.CheckURL("http://" + entry + "/")
			require.NoError(t, err)
		}
	})
}
