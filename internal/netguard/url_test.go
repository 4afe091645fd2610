package netguard_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

func TestCheckURLRefuses(t *testing.T) {
	t.Parallel()

	g := newGuard(t, nil)

	const (
		scheme     = "must begin with http:// or https://"
		notPublic  = "not on the public internet"
		numberForm = "number in an unusual form"
		userInfo   = "user name or password"
		malformed  = "malformed"
		percent    = "percent sign"
	)

	for _, tc := range []struct{ url, reason string }{
		{"", "empty"},
		{"picture.jpg", scheme},
		{"example.com/a.jpg", scheme},
		{"//example.com/a.jpg", scheme},
		{"/a.jpg", scheme},
		{"ftp://example.com/a.jpg", scheme},
		{"file:///etc/passwd", scheme},
		{"file://localhost/etc/passwd", scheme},
		{"gopher://example.com/_x", scheme},
		{"dict://example.com:11211/", scheme},
		{"ws://example.com/", scheme},
		{"data:image/png;base64,AAAA", scheme},
		{"javascript:alert(1)", scheme},
		{"httpx://example.com/", scheme},
		{"http:example.com", "no host"},
		{"http:/example.com", "no host"},
		{"http:///a.jpg", "no host"},
		{"http://:80/", "no host"},
		{"http://./", "no host"},

		{"http://user@example.com/", userInfo},
		{"http://user:password@example.com/", userInfo},
		{"http://@example.com/", userInfo},
		{"http://example.com:80@127.0.0.1/", userInfo},
		{"http://example.com%2f@127.0.0.1/", percent},

		{"http://example.com:22/", "port 22"},
		{"http://example.com:8080/", "port 8080"},
		{"http://example.com:0/", "from 1 to 65535"},
		{"http://example.com:65536/", "from 1 to 65535"},
		{"http://example.com:18446744073709551696/", "from 1 to 65535"},
		{"http://example.com:-80/", malformed},
		{"http://example.com:0x50/", malformed},
		{"http://example.com:８０/", malformed},
		{"http://93.184.216.34:6379/", "port 6379"},

		{"http://127.0.0.1/", notPublic},
		{"http://127.0.0.1./", notPublic},
		{"http://127.0.0.1:80/", notPublic},
		{"http://10.1.2.3/", notPublic},
		{"http://169.254.169.254/latest/meta-data/", notPublic},
		{"http://0.0.0.0/", notPublic},
		{"http://255.255.255.255/", notPublic},
		{"http://2130706433/", numberForm},
		{"http://2130706433./", numberForm},
		{"http://017700000001/", numberForm},
		{"http://0x7f000001/", numberForm},
		{"http://0X7F000001/", numberForm},
		{"http://0x/", numberForm},
		{"http://0177.0.0.1/", numberForm},
		{"http://0x7f.1/", numberForm},
		{"http://0x7f.0x0.0x0.0x1/", numberForm},
		{"http://127.1/", numberForm},
		{"http://127.0.1/", numberForm},
		{"http://127.0.0.01/", numberForm},
		{"http://127.0.0.0x1/", numberForm},
		{"http://1.2.3.4.5/", numberForm},
		{"http://999.1.1.1/", numberForm},
		{"http://093.184.216.34/", numberForm},
		{"http://a.1/", numberForm},
		{"http://0/", numberForm},
		{"http://１２７.0.0.1/", numberForm},
		{"http://127。0。0。1/", numberForm},
		{"http://①②⑦.⓪.⓪.①/", numberForm},
		{"http://９３.184.216.34/", numberForm},
		{"http://%31%32%37.0.0.1/", percent},
		{"http://%EF%BC%91.0.0.1/", percent},
		{"http://127.0.0.1%00.example.com/", percent},
		{"http://ex%61mple.com/", percent},

		{"http://[::1]/", notPublic},
		{"http://[::]/", notPublic},
		{"http://[0:0:0:0:0:0:0:1]/", notPublic},
		{"http://[::ffff:127.0.0.1]/", notPublic},
		{"http://[::ffff:7f00:1]/", notPublic},
		{"http://[::ffff:93.184.216.34]/", notPublic},
		{"http://[::127.0.0.1]/", notPublic},
		{"http://[64:ff9b::127.0.0.1]/", notPublic},
		{"http://[64:ff9b:1::a00:1]/", notPublic},
		{"http://[2002:7f00:1::]/", notPublic},
		{"http://[fe80::1]/", notPublic},
		{"http://[fd00:ec2::254]/", notPublic},
		{"http://[fe80::1%25eth0]/", percent},
		{"http://[2606:4700::1%25eth0]/", percent},
		{"http://[127.0.0.1]/", malformed},
		{"http://[example.com]/", malformed},
		{"http://[::1/", malformed},
		{"http://::1/", malformed},
		{"http://[::1]x/", malformed},

		{"http://localhost/", notPublic},
		{"http://localhost./", notPublic},
		{"http://LOCALHOST/", notPublic},
		{"http://ｌｏｃａｌｈｏｓｔ/", notPublic},
		{"http://a.localhost/", notPublic},
		{"http://intranet/", notPublic},
		{"http://example..com/", malformed},
		{"http://example.com../", malformed},
		{"http://.example.com/", malformed},
		{"http://exa!mple.com/", malformed},
		{"http://exa*mple.com/", malformed},
		{"http://example.com,example.org/", malformed},
		{"http://example.com\u202e.org/", malformed},
		{"http://" + strings.Repeat("a", 64) + ".com/", malformed},
		{"http://" + strings.Repeat("a.", 127) + "com/", malformed},
		{"http://" + strings.Repeat("ü", 2000) + ".com/", malformed},

		{"http://example.com\\@127.0.0.1/", "backslash"},
		{"http:\\\\example.com/", "backslash"},
		{"http://example.com/a b.jpg", "%20"},
		{" http://example.com/", "space"},
		{"http://example.com/\n", "space or line break"},
		{"http://example.com/\r\nHost: x", "space or line break"},
		{"http://example.com/\u00a0", "space"},
		{"http://example.com/\x00", "control character"},
		{"http://example.com/\x7f", "control character"},
		{"http://example.com/\u0085", "line break"},
		{"http://example.com/\u009b", "control character"},
		{"http://example.com/\xff", "UTF-8"},
		{"http://example.com/%zz", malformed},
		{"http://example.com/" + strings.Repeat("a", netguard.MaxURLLength), "longer than 8192 bytes"},
	} {
		u, err := g.CheckURL(tc.url)
		require.Nil(t, u, tc.url)
		require.Error(t, err, tc.url)
		requireRefused(t, err, tc.reason)

		if strings.Contains(tc.url, "://") {
			require.NotContains(t, err.Error(), tc.url)
		}
	}
}

func TestCheckURLCanonical(t *testing.T) {
	t.Parallel()

	g := newGuard(t, &netguard.Options{AllowPorts: []uint16{8443}})

	for _, tc := range []struct{ url, want string }{
		{"http://example.com", "http://example.com"},
		{"HTTPS://EXAMPLE.com/A.JPG", "https://example.com/A.JPG"},
		{"http://example.com./a", "http://example.com/a"},
		{"http://example.com:80/a", "http://example.com/a"},
		{"http://example.com:0080/a", "http://example.com/a"},
		{"http://example.com:/a", "http://example.com/a"},
		{"https://example.com:443/a", "https://example.com/a"},
		{"https://example.com:80/a", "https://example.com:80/a"},
		{"http://example.com:443/a", "http://example.com:443/a"},
		{"https://example.com:8443/a", "https://example.com:8443/a"},
		{"https://example.com/a#top", "https://example.com/a"},
		{"https://example.com#@127.0.0.1/", "https://example.com"},
		{"https://example.com?@127.0.0.1/", "https://example.com?@127.0.0.1/"},
		{"https://example.com/@127.0.0.1", "https://example.com/@127.0.0.1"},
		{"https://my_shop.example.com/a", "https://my_shop.example.com/a"},
		{"https://bücher.example/a", "https://xn--bcher-kva.example/a"},
		{"https://दुकान.भारत/a", "https://xn--11b7ah1gn.xn--h2brj9c/a"},
		{"https://ＥＸＡＭＰＬＥ.com/a", "https://example.com/a"},
		{"https://example.com/ü/%20/a%2Fb?q=ü&r=%20", "https://example.com/%C3%BC/%20/a%2Fb?q=%C3%BC&r=%20"},
		{`https://example.com/"<^|>%2F?"<^|>%2F`, "https://example.com/%22%3C%5E%7C%3E%2F?%22%3C^|%3E%2F"},
		{"https://example.com/a?", "https://example.com/a?"},
		{"http://93.184.216.34/", "http://93.184.216.34/"},
		{"http://93.184.216.34./", "http://93.184.216.34/"},
		{"http://[2606:4700:0:0::1]/", "http://[2606:4700::1]/"},
		{"http://[2606:4700::1]:8443/", "http://[2606:4700::1]:8443/"},
		{"http://1.example.com/", "http://1.example.com/"},
		{"http://a.0xyz/", "http://a.0xyz/"},
	} {
		u, err := g.CheckURL(tc.url)
		require.NoError(t, err, tc.url)
		require.Equal(t, tc.want, u.String())
		require.Nil(t, u.User)
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()

	g := newGuard(t, nil)

	base, err := g.CheckURL("https://example.com/folder/a.jpg?q=1")
	require.NoError(t, err)

	for _, tc := range []struct{ location, want string }{
		{"b.jpg", "https://example.com/folder/b.jpg"},
		{"../b.jpg", "https://example.com/b.jpg"},
		{"/b.jpg?r=2#x", "https://example.com/b.jpg?r=2"},
		{"/a//b%20c", "https://example.com/a//b%20c"},
		{"?r=2", "https://example.com/folder/a.jpg?r=2"},
		{"//cdn.example.com/b.jpg", "https://cdn.example.com/b.jpg"},
		{"http://cdn.example.com./b c.jpg?d e", "http://cdn.example.com/b%20c.jpg?d%20e"},
		{"https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"},
		{`/\127.0.0.1/`, "https://example.com/%5C127.0.0.1/"},
		{"/a?\\\xff", "https://example.com/a?%5C%FF"},
	} {
		u, err := g.Redirect(base, tc.location)
		require.NoError(t, err, tc.location)
		require.Equal(t, tc.want, u.String())
	}

	for _, tc := range []struct{ location, reason string }{
		{"http://127.0.0.1/", "public"},
		{"//127.0.0.1/", "public"},
		{"//[::1]/", "public"},
		{"http://0x7f.1/", "number"},
		{"//%31.0.0.1/", "malformed"},
		{"//%EF%BC%91.0.0.1/", "percent"},
		{"//[fe80::1%25eth0]/", "percent"},
		{"https://user@example.com/", "user name"},
		{"//user@example.com/", "user name"},
		{"https://example.com:22/", "port 22"},
		{"file:///etc/passwd", "http://"},
		{"data:image/png;base64,AAAA", "http://"},
		{"javascript:alert(1)", "http://"},
		{"/a\r\nb", "malformed"},
		{`\\127.0.0.1/`, ""},
		{"http://example.com\\@127.0.0.1/", "malformed"},
		{"/" + strings.Repeat("a", netguard.MaxURLLength), "longer"},
	} {
		u, err := g.Redirect(base, tc.location)
		if tc.reason == "" { // a path of the same host
			require.NoError(t, err)
			require.Equal(t, "example.com", u.Host)

			continue
		}

		require.Error(t, err, tc.location)
		requireRefused(t, err, tc.reason)
	}
}
