package main

import (
	"net/http"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain checks that servers which have stopped leave nothing running.
func TestMain(m *testing.M) {
	code := m.Run()

	http.DefaultClient.CloseIdleConnections()

	if code == 0 {
		if err := goleak.Find(); err != nil {
			os.Stderr.WriteString("goroutines left over: " + err.Error() + "\n")

			code = 1
		}
	}

	os.Exit(code)
}
