package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
	"github.com/vyapaarai/bulkimport/examples/internal/auth"
)

// TestTheLogHasNoSecretsAndNoCells runs imports that go well, badly, and not at all, with the
// log at its most talkative, and looks in it for what must not be there.
func TestTheLogHasNoSecretsAndNoCells(t *testing.T) {
	t.Parallel()

	const (
		cell    = "zanzibarcell"
		signing = "zanzibarsigning"
		hook    = "zanzibarhook"
	)

	images := shop(t)
	receiver := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(receiver.Close)

	s := start(t, setting{
		args: []string{"-data", t.TempDir(), "-log-level", "debug", "-log-format", "json", "-metrics-addr", "127.0.0.1:0"},
		env: map[string]string{
			envImageHosts: strings.TrimPrefix(images.URL, "http://"),
			envSecret:     jwtSecret,
			envWebhook:    receiver.URL + "/" + hook + "?key=" + hook, envWebhookSecret: webhookSecret,
			envWebhookHosts: strings.TrimPrefix(receiver.URL, "http://"),
		},
	})

	token, err := auth.Mint([]byte(jwtSecret), auth.User{ID: "asha", Email: "asha.zanzibar@example.in", Role: auth.RoleAdmin}, time.Now(), time.Hour)
	require.NoError(t, err)

	asha := s.as(token)
	secrets := []string{cell, signing, hook, "zanzibar@", "the first row must name", "both mean", token, jwtSecret, webhookSecret}

	// Every kind of row: good ones, duplicates, errors, images that are there, are not, are
	// refused, and whose address is signed.
	file := strings.NewReplacer("SHOP", images.URL, "CELL", cell, "SIGNING", signing).Replace(
		`name,category,brand,barcode,description,CELL,image_url_1,image_url_2
CELL salt,CELL,CELL,8904043901015,CELL,CELL,SHOP/1.jpg?signature=SIGNING,SHOP/gone.jpg?signature=SIGNING
CELL salt,CELL,CELL,,,,SHOP/1.jpg?signature=SIGNING,http://10.0.0.7/SIGNING.jpg
,CELL,CELL,CELL,CELL,CELL,http://user:SIGNING@example.org/,
CELL ghee,CELL,CELL,12345678901234567890,CELL,,ftp://SIGNING,
"CELL "quoted" wrongly,CELL,CELL,,,,,
`)
	status := asha.imported(t, strings.NewReader(file), `{"notification_email":"told.zanzibar@example.in"}`)
	asha.await(t, status["job_id"].(string), told)
	require.NotZero(t, counts(t, status)[0])
	require.NotZero(t, counts(t, status)[2])

	// Signed addresses, used rightly and wrongly.
	created := asha.create(t)
	upload := created["upload_url"].(string)
	reports := []string{status["error_report_url"].(string), status["results_url"].(string)}

	for _, address := range append([]string{upload}, reports...) {
		u, err := url.Parse(address)
		require.NoError(t, err)

		signature := u.Query().Get("signature")
		require.NotEmpty(t, signature, address)

		secrets = append(secrets, signature)
		_, _ = client{}.send(t, http.MethodGet, address, nil)
		_, _ = client{}.send(t, http.MethodGet, address+"x", nil)
		_, _ = client{}.send(t, http.MethodPut, strings.Replace(address, signature, signing, 1), strings.NewReader(cell))
	}

	// Tokens that prove nothing, and requests that are wrong.
	for _, wrong := range []string{signing, token[:len(token)-4] + "AAAA", "a." + signing + ".c"} {
		s.as(wrong).call(t, http.StatusUnauthorized, http.MethodGet, api.Base, "")
	}

	asha.call(t, http.StatusBadRequest, http.MethodPost, api.Base+"/process", `{"job_id":"`+cell+`",`)
	asha.call(t, http.StatusBadRequest, http.MethodGet, api.Base+"?cursor="+signing, "")

	// A file that is none.
	broken := asha.upload(t, strings.NewReader("\x00\x01"+cell+"\x00"))
	asha.call(t, http.StatusUnprocessableEntity, http.MethodPost, api.Base+"/process", `{"job_id":"`+broken+`"}`)
	asha.call(t, http.StatusOK, http.MethodDelete, api.Base+"/"+created["job_id"].(string), "")
	asha.await(t, broken, told)

	// Files whose first row holds data, or the same column twice, or damage, in every way in which
	// a file is looked at: the sentence for the user quotes that row.
	for _, bad := range []struct{ file, code string }{
		{cell + ",9876543210," + cell + "@example.in\n" + cell + ",9876543211,\n", "column_missing"},
		{"name,category,Bar Code,EAN\n" + cell + ",b,1,2\n", "column_duplicate"},
		{"\"" + cell + ",category\n" + cell + ",b\n", "header_malformed"},
	} {
		refused := asha.upload(t, strings.NewReader(bad.file))
		body := `{"job_id":"` + refused + `"}`

		answer := asha.call(t, http.StatusUnprocessableEntity, http.MethodPost, api.Base+"/validate", body)
		require.Equal(t, bad.code, answer["code"])
		asha.call(t, http.StatusUnprocessableEntity, http.MethodPost, api.Base+"/process", body)
		asha.await(t, refused, told)
		asha.call(t, http.StatusConflict, http.MethodPost, api.Base+"/"+refused+"/retry", "")

		batched := asha.upload(t, strings.NewReader(bad.file))
		asha.call(t, http.StatusAccepted, http.MethodPost, api.Base+"/batches", `{"job_ids":["`+batched+`"]}`)
		asha.await(t, batched, told)
	}

	damaged := asha.imported(t, strings.NewReader("name,category\n\""+cell+",b\n"+cell+",b,,"+cell+"\n"), "{}")
	require.Equal(t, 2.0, damaged["progress"].(map[string]any)["errors"], "%v", damaged)

	// The same of products in a request.
	asha.call(t, http.StatusBadRequest, http.MethodPost, api.LegacyPath, `{"products":[{"`+cell+`":"`+cell+`"}]}`)
	asha.call(t, http.StatusBadRequest, http.MethodPost, api.LegacyPath, `{"products":[{"`+cell+`":{}}]}`)

	require.Equal(t, exitOK, s.stop())

	log := s.log.String()
	for _, secret := range secrets {
		require.NotContains(t, strings.ToLower(log), strings.ToLower(secret))
	}

	requireLines(t, log, status["job_id"].(string))
}

// requireLines requires that each line of a log is one JSON object, and that there are lines
// of a job under its id.
func requireLines(t *testing.T, log, jobID string) {
	t.Helper()

	about := map[string]int{}

	for line := range strings.Lines(log) {
		o := parseObject(t, line)
		require.NotEmpty(t, o["msg"], line)
		require.NotEmpty(t, o["level"], line)
		require.NotEmpty(t, o["time"], line)

		if id, ok := o["job_id"].(string); ok {
			about[id]++
		} else if o["msg"] != "request" {
			require.NotContains(t, line, jobID, "a line about a job has its id in job_id")
		}
	}

	require.GreaterOrEqual(t, about[jobID], 4, "taken, ended, told of by the log and the webhook")

	var last map[string]any
	require.NoError(t, json.Unmarshal([]byte(log[strings.LastIndex(strings.TrimSpace(log), "\n")+1:]), &last))
	require.Equal(t, "stopped", last["msg"])
}
