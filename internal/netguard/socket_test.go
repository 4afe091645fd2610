package netguard

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSocketIsChecked leaves out the check of addresses, as a mistake would: the socket's
// own must hold. From outside nothing comes so far.
func TestSocketIsChecked(t *testing.T) {
	t.Parallel()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)

	defer func() { require.NoError(t, listener.Close()) }()

	g, err := New(nil)
	require.NoError(t, err)

	to := netip.MustParseAddrPort(listener.Addr().String())

	_, err = g.connectAny(t.Context(), []netip.Addr{to.Addr()}, to.Port(), false)
	require.ErrorIs(t, err, ErrRefused)

	conn, err := g.connectAny(t.Context(), []netip.Addr{to.Addr()}, to.Port(), true)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}
