package signedurl_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/importer/blob/memblob"
	"github.com/vyapaarai/bulkimport/importer/blob/signedurl"
)

// A server on a free port, whose files are in memory.
func Example() {
	mux := http.NewServeMux()
	listening := httptest.NewServer(mux)
	defer listening.Close()

	secret := make([]byte, signedurl.MinSecret)
	rand.Read(secret)

	files, err := signedurl.New(signedurl.Options{
		Store:   memblob.New(nil),
		Secret:  secret,
		BaseURL: listening.URL + "/files",
	})
	if err != nil {
		log.Fatal(err)
	}

	mux.Handle("/files/", files)

	ctx := context.Background()

	upload, err := files.SignPut(ctx, "jobs/1/input.csv", 10*time.Minute)
	if err != nil {
		log.Fatal(err)
	}

	request, err := http.NewRequestWithContext(ctx, http.MethodPut, upload.URL, strings.NewReader("name,category\nMaggi,Food\n"))
	if err != nil {
		log.Fatal(err)
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()

	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(response.StatusCode, string(answer))

	// Output:
	// 200 {"success":true,"size_bytes":25}
}

// A service that takes no upload once the import has begun.
func ExampleRefusal() {
	errBegun := errors.New("job is queued")

	files, err := signedurl.New(signedurl.Options{
		Store:   memblob.New(nil),
		Secret:  []byte("an example, not a secret: use crypto/rand"),
		BaseURL: "https://import.example.org/files",
		BeforePut: func(context.Context, string) error {
			return &signedurl.Refusal{
				Status:  http.StatusConflict,
				Code:    "upload_closed",
				Message: "The import of this file has begun.",
				Err:     errBegun,
			}
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	upload, err := files.SignPut(context.Background(), "jobs/1/input.csv", 10*time.Minute)
	if err != nil {
		log.Fatal(err)
	}

	answer := httptest.NewRecorder()
	files.ServeHTTP(answer, httptest.NewRequest(http.MethodPut, upload.URL, strings.NewReader("name\n")))
	fmt.Print(answer.Code, " ", answer.Body)

	// Output:
	// 409 {"success":false,"error":"The import of this file has begun.","code":"upload_closed"}
}
