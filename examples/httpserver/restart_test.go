package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/api"
)

func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()

	args := []string{"-data", t.TempDir()}
	s := start(t, setting{args: args})
	before := s.imported(t, strings.NewReader(shopCSV), `{}`)
	id := before["job_id"].(string)
	report := s.report(t, id, "errors")
	pending := s.upload(t, strings.NewReader(shopCSV))
	require.Equal(t, exitOK, s.stop())

	again := start(t, setting{args: args})
	require.NotContains(t, again.greeting, "Unfinished")

	// A token outlives the server; so does the URL of a report.
	after := again.as(s.token).status(t, id)
	for _, field := range []string{"error_report_url", "results_url"} {
		delete(before, field)
		delete(after, field)
	}

	require.Equal(t, before, after)
	require.Equal(t, report, again.report(t, id, "errors"))

	// All products are there already; the file uploaded before can be imported.
	again.process(t, pending, `{}`)
	require.Equal(t, [3]int64{0, 4, 2}, counts(t, again.await(t, pending, ended)))
}

func TestRestartGoesOn(t *testing.T) {
	t.Parallel()

	args := []string{"-data", t.TempDir()}
	s := start(t, setting{args: args})
	id := s.upload(t, bigFile())
	s.process(t, id, `{}`)
	s.await(t, id, begun)
	require.Equal(t, exitOK, s.stop())

	again := start(t, setting{args: args})
	require.Contains(t, again.greeting, "Unfinished imports that go on now: 1", "the file is too small for this test")

	status := again.await(t, id, ended)
	require.Equal(t, "completed", status["status"])
	require.Equal(t, [3]int64{bigRows, 0, 0}, counts(t, status))
	require.Len(t, again.report(t, id, "results"), bigRows+1)
}

func TestOneServerForAFolder(t *testing.T) {
	t.Parallel()

	data := t.TempDir()
	s := start(t, setting{args: []string{"-data", data}})

	code, stdout, stderr := execute(t, setting{args: []string{"-addr", "127.0.0.1:0", "-data", data}})
	require.Equal(t, exitFailed, code)
	require.Empty(t, stdout)
	require.Equal(t, "httpserver: another process uses the data folder "+data+
		"; stop that one, or choose another folder by -data\n", stderr)

	s.call(t, http.StatusOK, http.MethodGet, "/readyz", "")
}

func TestStartsThatFail(t *testing.T) {
	t.Parallel()

	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)

	t.Cleanup(func() { require.NoError(t, taken.Close()) })

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))

	open := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(open, jwtSecretFile), nil, 0o644))

	tests := []struct {
		name string
		args []string
		env  map[string]string
		code int
		says string
	}{
		{"port taken", []string{"-addr", taken.Addr().String(), "-backend", "memory"}, nil, exitFailed, "choose another address by -addr"},
		{"data folder is a file", []string{"-data", file}, nil, exitFailed, "cannot make the data folder"},
		{"secret is not secret", []string{"-addr", "127.0.0.1:0", "-data", open}, nil, exitFailed, "others can read"},
		{"keys of a stranger", []string{"-backend", "memory"}, map[string]string{envKeySet: "http://id.example.in"}, exitFailed, "must begin with https://"},
		{"both kinds of keys", nil, map[string]string{envKeySet: "https://id.example.in", envSecret: jwtSecret}, exitUsage, "both set"},
		{"short secret", nil, map[string]string{envSecret: "hunter2"}, exitUsage, "JWT_SECRET has 7 bytes and needs 32"},
		{"webhook without a secret", nil, map[string]string{envWebhook: "https://example.in/hook"}, exitUsage, "WEBHOOK_SECRET has 0 bytes"},
		{"secret without a webhook", nil, map[string]string{envWebhookSecret: webhookSecret}, exitUsage, "without WEBHOOK_URL"},
		{"webhook inside", nil, map[string]string{envWebhook: "https://10.0.0.7/hook", envWebhookSecret: webhookSecret}, exitUsage, "WEBHOOK_URL"},
		{"webhook hosts", nil, map[string]string{envWebhookHosts: "hooks"}, exitUsage, "WEBHOOK_ALLOW_HOSTS"},
		{"address", []string{"-addr", "8080"}, nil, exitUsage, "-addr"},
		{"backend", []string{"-backend", "postgres"}, nil, exitUsage, "embedded, memory or aws"},
		{"no data folder", []string{"-data", ""}, nil, exitUsage, "-data"},
		{"no upload", []string{"-max-upload", "0"}, nil, exitUsage, "-max-upload"},
		{"no workers", []string{"-workers", "0"}, nil, exitUsage, "-workers"},
		{"public path", []string{"-public-url", "https://example.in/import"}, nil, exitUsage, "-public-url"},
		{"public nonsense", []string{"-public-url", "example.in"}, nil, exitUsage, "-public-url"},
		{"log format", []string{"-log-format", "xml"}, nil, exitUsage, "-log-format"},
		{"issuer of nobody", []string{"-jwt-issuer", "a"}, nil, exitUsage, "JWT_JWKS_URL"},
		{"argument", []string{"serve"}, nil, exitUsage, `no argument "serve"`},
		{"unknown flag", []string{"-port", "80"}, nil, exitUsage, "-port"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			code, stdout, stderr := execute(t, setting{args: tt.args, env: tt.env})
			require.Equal(t, tt.code, code, stderr)
			require.Empty(t, stdout)
			require.Contains(t, stderr, tt.says)
			require.NotContains(t, stderr, "hunter2")
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()

	for _, args := range [][]string{{"-h"}, {"token", "-h"}} {
		code, stdout, stderr := execute(t, setting{args: args})
		require.Equal(t, exitOK, code)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "-data DIR")
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()

	for _, public := range []string{"https://import.example.in", "https://import.example.in/"} {
		s := start(t, setting{args: []string{"-backend", "memory", "-public-url", public}})
		require.Contains(t, s.greeting, "The URLs it signs begin with https://import.example.in\n")
		require.Contains(t, s.greeting, "'https://import.example.in"+api.Base+"/process'")

		address := s.create(t)["upload_url"].(string)
		require.True(t, strings.HasPrefix(address, "https://import.example.in/files/admin-imports/"), address)

		// The proxy passes it on.
		put(t, http.StatusOK, strings.Replace(address, "https://import.example.in", s.url, 1), shopCSV)
	}
}

func TestOpenToOthers(t *testing.T) {
	t.Parallel()

	s := start(t, setting{args: []string{"-backend", "memory", "-addr", ":0", "-log-format", "json"}})
	require.Contains(t, s.greeting, "http://localhost:")
	require.Contains(t, s.greeting, "-public-url")
	s.call(t, http.StatusOK, http.MethodGet, "/readyz", "")

	require.Equal(t, exitOK, s.stop())
	require.Contains(t, s.log.String(), "does not encrypt")

	for line := range strings.Lines(s.log.String()) {
		require.NotEmpty(t, parseObject(t, line)["time"])
	}
}
