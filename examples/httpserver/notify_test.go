package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

const webhookSecret = "a-webhook-secret-of-32-bytes-or-more"

// told says that what there is to be told of a job was, or was given up.
func told(status object) bool {
	return status["notification"].(object)["state"] != "pending" && ended(status)
}

func TestTheEndOfAnImportIsPosted(t *testing.T) {
	t.Parallel()

	verifier, err := webhooknotify.NewVerifier([]byte(webhookSecret), nil)
	require.NoError(t, err)

	events := make(chan notify.Event, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, err := verifier.VerifyRequest(r)
		if err != nil || r.URL.Path != "/hook" {
			http.Error(w, "who are you?", http.StatusForbidden)

			return
		}

		events <- event
	}))
	t.Cleanup(receiver.Close)

	s := start(t, setting{args: []string{"-backend", "memory"}, env: map[string]string{
		envWebhook: receiver.URL + "/hook", envWebhookSecret: webhookSecret,
		envWebhookHosts: strings.TrimPrefix(receiver.URL, "http://"),
	}})

	id := s.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)
	status := s.await(t, id, told)

	require.Equal(t, "sent", status["notification"].(object)["state"])
	attempts := status["notification"].(object)["attempts"].([]any)
	require.Len(t, attempts, 2)
	require.Equal(t, "log", attempts[0].(object)["channel"])
	require.Equal(t, "webhook", attempts[1].(object)["channel"])
	require.Nil(t, attempts[1].(object)["error"])

	event := <-events
	require.Equal(t, id, event.JobID)
	require.Equal(t, "completed_with_errors", event.Status)
	require.EqualValues(t, 2, event.Successful)
	require.False(t, event.StartedAt.IsZero())

	require.Equal(t, exitOK, s.stop())
	require.Empty(t, events, "once")
	require.NotContains(t, s.log.String(), webhookSecret)
	require.NotContains(t, s.log.String(), "/hook")
}

func TestAWebhookThatRejectsIsShown(t *testing.T) {
	t.Parallel()

	receiver := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(receiver.Close)

	s := start(t, setting{args: []string{"-backend", "memory"}, env: map[string]string{
		envWebhook: receiver.URL + "/hook", envWebhookSecret: webhookSecret,
		envWebhookHosts: strings.TrimPrefix(receiver.URL, "http://"),
	}})

	id := s.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)
	status := s.await(t, id, told)

	require.Equal(t, "completed_with_errors", status["status"], "the import itself is fine")
	require.Equal(t, "failed", status["notification"].(object)["state"])
	require.Equal(t, "the receiver answered with status 404", status["notification"].(object)["attempts"].([]any)[1].(object)["error"])
}
