package netguard_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

func TestDialChecksWhatNamesResolveTo(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name  string
		addrs []string
		want  dialed // empty: refused
	}{
		{"public", []string{public}, dialed{public + ":80"}},
		{"public in both families", []string{"2606:4700::1", public}, dialed{"[2606:4700::1]:80", public + ":80"}},
		{"public but mapped by the resolver", []string{"::ffff:" + public}, dialed{public + ":80"}},
		{"loopback", []string{"127.0.0.1"}, nil},
		{"private", []string{"10.0.0.5"}, nil},
		{"metadata", []string{"169.254.169.254"}, nil},
		{"mapped", []string{"::ffff:127.0.0.1"}, nil},
		{"translated", []string{"64:ff9b::7f00:1"}, nil},
		{"unspecified", []string{"0.0.0.0", "::"}, nil},
		{"with a zone", []string{"fe80::1%eth0", "2606:4700::1%eth0"}, nil},
		{"some of each", []string{"127.0.0.1", public, "fd00::1"}, dialed{public + ":80"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			var connected dialed

			g := newGuard(t, &netguard.Options{Resolver: names{"shop.example": {tc.addrs}}, Dial: connected.dial})

			_, err := g.DialContext(t.Context(), "tcp", "shop.example:80")
			require.Equal(t, tc.want, connected)

			if tc.want != nil {
				require.ErrorIs(t, err, errConnected)
				return
			}

			requireRefused(t, err, "not on the public internet")

			for _, addr := range tc.addrs {
				require.NotContains(t, err.Error(), addr)
			}
		})
	}
}

// TestDialRebinding gives a name that is public whenever it is checked apart from the
// connection.
func TestDialRebinding(t *testing.T) {
	t.Parallel()

	var connected dialed

	resolver := names{"shop.example": {{public}, {"127.0.0.1"}, {public}}}
	g := newGuard(t, &netguard.Options{Resolver: resolver, Dial: connected.dial})

	_, err := g.DialContext(t.Context(), "tcp", "shop.example:80")
	require.ErrorIs(t, err, errConnected)
	require.Equal(t, dialed{public + ":80"}, connected, "what was checked is what is connected to")

	_, err = g.DialContext(t.Context(), "tcp", "shop.example:80")
	require.ErrorIs(t, err, netguard.ErrRefused)
	require.Len(t, connected, 1)
}

func TestDialRefuses(t *testing.T) {
	t.Parallel()

	var connected dialed

	g := newGuard(t, &netguard.Options{Resolver: names{"shop.example": {{public}}}, Dial: connected.dial})

	for address, reason := range map[string]string{
		"shop.example:22":      "port 22",
		"shop.example:0":       "from 1 to 65535",
		public + ":8080":       "port 8080",
		"127.0.0.1:80":         "public internet",
		"[::1]:80":             "public internet",
		"[::ffff:1.1.1.1]:80":  "public internet",
		"2130706433:80":        "unusual form",
		"[2606:4700::1%lo]:80": "zone",
	} {
		_, err := g.DialContext(t.Context(), "tcp", address)
		requireRefused(t, err, reason)
	}

	for _, network := range []string{"udp", "unix", "tcp4"} {
		_, err := g.DialContext(t.Context(), network, "shop.example:80")
		require.ErrorContains(t, err, network)
	}

	_, err := g.DialContext(t.Context(), "tcp", "shop.example")
	require.ErrorContains(t, err, "missing port")
	require.Empty(t, connected)
}

func TestDialUnknownName(t *testing.T) {
	t.Parallel()

	g := newGuard(t, &netguard.Options{Resolver: names{"empty.example": {{}}}})

	_, err := g.DialContext(t.Context(), "tcp", "nowhere.example:80")
	dns, ok := errors.AsType[*net.DNSError](err)
	require.True(t, ok)
	require.True(t, dns.IsNotFound)

	_, err = g.DialContext(t.Context(), "tcp", "empty.example:80")
	require.ErrorContains(t, err, "no address")
}

// TestDialTriesInTurn has a name whose first address does not answer.
func TestDialTriesInTurn(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()

		g := newGuard(t, &netguard.Options{
			Resolver: names{"shop.example": {{"93.184.216.1", "93.184.216.2"}}},
			Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
				if address == "93.184.216.2:80" {
					return client, nil
				}

				<-ctx.Done()

				return nil, ctx.Err()
			},
		})

		start := time.Now()
		conn, err := g.DialContext(t.Context(), "tcp", "shop.example:80")
		require.NoError(t, err)
		require.Same(t, client, conn)
		require.Equal(t, netguard.DefaultDialTimeout/2, time.Since(start))
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	})
}

// TestDialIsBounded has a name with hundreds of addresses, none of which answers.
func TestDialIsBounded(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var (
			addrs []string
			tries int
		)

		for i := range 200 {
			addrs = append(addrs, fmt.Sprintf("93.184.216.%d", i+1))
		}

		resolver := names{"shop.example": {addrs}}
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			tries++
			<-ctx.Done()

			return nil, ctx.Err()
		}

		start := time.Now()
		_, err := newGuard(t, &netguard.Options{Resolver: resolver, Dial: dial, DialTimeout: 3 * time.Second}).
			DialContext(t.Context(), "tcp", "shop.example:80")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 3*time.Second, time.Since(start))
		require.Equal(t, 2, tries)

		var connected dialed

		_, err = newGuard(t, &netguard.Options{Resolver: resolver, Dial: connected.dial}).
			DialContext(t.Context(), "tcp", "shop.example:80")
		require.ErrorIs(t, err, errConnected)
		require.Len(t, connected, 8)
	})
}

// slowNames never answers.
type slowNames struct{}

func (slowNames) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()

	return nil, ctx.Err()
}

func TestDialSlowLookup(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := newGuard(t, &netguard.Options{Resolver: slowNames{}}).
			DialContext(t.Context(), "tcp", "shop.example:80")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, netguard.DefaultDialTimeout, time.Since(start))
	})
}

// TestDialRealSockets connects to this machine, with and without the exception.
func TestDialRealSockets(t *testing.T) {
	t.Parallel()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)

	defer func() { require.NoError(t, listener.Close()) }()

	address := listener.Addr().String()
	port := netip.MustParseAddrPort(address).Port()

	conn, err := newGuard(t, &netguard.Options{AllowHosts: []string{address}}).DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	require.NoError(t, conn.Close())

	_, err = newGuard(t, &netguard.Options{AllowPorts: []uint16{port}}).DialContext(t.Context(), "tcp", address)
	require.ErrorIs(t, err, netguard.ErrRefused)
}
