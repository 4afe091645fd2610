package sqsqueue_test

import (
	"flag"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain has the cases of the conformance suite run all at the same time, where
// nobody said otherwise: they wait for the server and compute nothing, and with one
// case for each processor they would take ten minutes instead of one.
func TestMain(m *testing.M) {
	flag.Parse()

	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })

	if !said {
		if err := flag.Set("test.parallel", "40"); err != nil {
			os.Exit(2)
		}
	}

	goleak.VerifyTestMain(m)
}
