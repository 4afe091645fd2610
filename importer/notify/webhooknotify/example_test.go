package webhooknotify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

// A receiver verifies the request, drops what it has seen, and answers at once.
func ExampleVerifier_VerifyRequest() {
	shared := []byte("an example of 32 bytes or more, from a safe place")

	verifier, err := webhooknotify.NewVerifier(shared, nil)
	if err != nil {
		panic(err)
	}

	seen := map[string]bool{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, err := verifier.VerifyRequest(r)
		if err != nil {
			http.Error(w, "no event of ours", http.StatusForbidden)

			return
		}

		if !seen[event.ID] {
			seen[event.ID] = true

			fmt.Println(event.JobID, event.Status)
		}

		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()

	notifier, err := webhooknotify.New(receiver.URL, shared, &webhooknotify.Options{
		AllowHosts: []string{strings.TrimPrefix(receiver.URL, "http://")}, // it is not public
	})
	if err != nil {
		panic(err)
	}

	event := notify.Event{ID: "a-ended", JobID: "a", Status: "completed"}
	fmt.Println(notifier.Notify(context.Background(), event), notifier.Notify(context.Background(), event))

	// Output:
	// a completed
	// <nil> <nil>
}
