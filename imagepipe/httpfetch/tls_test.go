package httpfetch_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

// newCertificate returns a certificate for host that signs itself.
func newCertificate(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)

	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}

	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)

	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)

	pool := x509.NewCertPool()
	pool.AddCert(parsed)

	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLS(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		certificate, pool := newCertificate(t, "shop.example")
		modern := &tls.Config{Certificates: []tls.Certificate{certificate}}
		old := &tls.Config{Certificates: modern.Certificates, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}

		addr := in.address("shop.example")
		in.serve(addr+":443", func(w http.ResponseWriter, r *http.Request) { text(r.Proto)(w, r) }, modern)
		in.serve(addr+":80", redirect("https://shop.example/"), nil)
		in.serve(addr+":8443", text("picture"), old)
		in.serve(addr+":8080", text("picture"), nil)
		in.name("other.example", addr)
		in.serve(in.address("down.example")+":80", text("picture"), nil)

		f := in.fetcher(httpfetch.Options{RootCAs: pool, AllowPorts: []uint16{8443, 8080}})
		requireFetch(t, f, "https://shop.example/", "HTTP/1.1") // the server would rather speak HTTP/2
		requireFetch(t, f, "http://shop.example/", "HTTP/1.1")

		const notValid = "certificate of the server is not valid"

		requireFails(t, f, "https://other.example/", imagepipe.ErrUnreachable, notValid)
		requireFails(t, f, "https://shop.example:8443/", imagepipe.ErrUnreachable, "no secure connection")
		requireFails(t, f, "https://shop.example:8080/", imagepipe.ErrUnreachable, "no secure connection")

		strict := in.fetcher(httpfetch.Options{})
		dials := len(in.dials())
		requireFails(t, strict, "https://shop.example/", imagepipe.ErrUnreachable, notValid)
		require.Len(t, in.dials(), dials+1, "it would not be valid the next time")
	})
}

// TestRedirectToHTTP leads from https to http, which is allowed: pictures are no secret.
func TestRedirectToHTTP(t *testing.T) {
	inBubble(t, func(t *testing.T, in *internet) {
		certificate, pool := newCertificate(t, "shop.example")
		addr := in.address("shop.example")
		in.serve(addr+":443", redirect("http://shop.example/"), &tls.Config{Certificates: []tls.Certificate{certificate}})
		in.serve(addr+":80", text("picture"), nil)

		requireFetch(t, in.fetcher(httpfetch.Options{RootCAs: pool}), "https://shop.example/", "picture")
	})
}
