package goprocessor_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(stormChild) != "" {
		os.Exit(storm())
	}

	goleak.VerifyTestMain(m)
}
