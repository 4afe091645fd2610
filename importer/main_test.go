package importer_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the process that the kill test kills, and the one whose memory a
// benchmark measures.
func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		os.Exit(runChild(folder))
	}

	if folder := os.Getenv(quietChildFolder); folder != "" {
		os.Exit(runQuietChild(folder))
	}

	// Pebble's own goroutines end a moment after the database is closed.
	goleak.VerifyTestMain(m)
}
