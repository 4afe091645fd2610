package httpfetch_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
)

func Example() {
	// A server of the intranet, which only the exception makes reachable.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "a picture")
	}))
	defer server.Close()

	fetcher, err := httpfetch.New(&httpfetch.Options{
		AllowHosts: []string{strings.TrimPrefix(server.URL, "http://")},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer fetcher.CloseIdleConnections()

	download, err := fetcher.Fetch(context.Background(), server.URL+"/maggi.jpg")
	if err != nil {
		log.Fatal(err)
	}
	defer download.Release()

	fmt.Println(len(download.Data), "bytes")

	_, err = fetcher.Fetch(context.Background(), "http://169.254.169.254/latest/meta-data/")
	if refused, ok := errors.AsType[*imagepipe.Error](err); ok {
		fmt.Println(refused.Reason)
	}

	// Output:
	// 9 bytes
	// the host is not on the public internet
}

func ExampleParseAllowHosts() {
	hosts, err := httpfetch.ParseAllowHosts("files.intranet:8080, [fd00::5]:80")
	fmt.Println(hosts, err)

	_, err = httpfetch.ParseAllowHosts("files.intranet")
	fmt.Println(err)

	// Output:
	// [files.intranet:8080 [fd00::5]:80] <nil>
	// httpfetch: netguard: allowed host "files.intranet": write host:port, with an IPv6 address in brackets
}
