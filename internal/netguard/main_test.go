package netguard_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/vyapaarai/bulkimport/internal/netguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// public is an address that may be contacted.
const public = "93.184.216.34"

// errConnected is the error of every dial in tests that only ask where one goes.
var errConnected = errors.New("would be connected")

// names resolves names from a table, each time to the next of its answers, and the last
// one from then on.
type names map[string][][]string

func (n names) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	if network != "ip" {
		return nil, errors.New("network is " + network)
	}

	answers, known := n[host]
	if !known {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}

	if len(answers) > 1 {
		n[host] = answers[1:]
	}

	var addrs []netip.Addr
	for _, addr := range answers[0] {
		addrs = append(addrs, netip.MustParseAddr(addr))
	}

	return addrs, nil
}

// dialed records what is connected to. Each connection fails.
type dialed []string

func (d *dialed) dial(_ context.Context, network, address string) (net.Conn, error) {
	*d = append(*d, address)

	return nil, errConnected
}

func newGuard(t testing.TB, opts *netguard.Options) *netguard.Guard {
	t.Helper()

	g, err := netguard.New(opts)
	require.NoError(t, err)

	return g
}

// requireRefused checks that err is a refusal whose reason is one clean phrase.
func requireRefused(t *testing.T, err error, reason string) {
	t.Helper()

	require.ErrorIs(t, err, netguard.ErrRefused)

	refused, ok := errors.AsType[*netguard.RefusedError](err)
	require.True(t, ok)
	require.Contains(t, refused.Reason, reason)
}
