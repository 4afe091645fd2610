// Package processortest is the conformance suite of imagepipe.Processor.
//
// An implementation proves itself in one test:
//
//	func TestConformance(t *testing.T) {
//		processortest.Run(t, processortest.Harness{
//			New: func(_ testing.TB, l processortest.Limits) imagepipe.Processor {
//				return goprocessor.New(&goprocessor.Options{MaxPixels: l.MaxPixels, Workers: l.Workers})
//			},
//		})
//	}
//
// The files that the suite feeds it are drawn, encoded and damaged here, but for a few of
// formats that the standard library cannot write: see testdata/README.md.
//
// The suite itself is tested with processors that break the contract, one promise each:
// see its own tests.
package processortest

import (
	"slices"
	"testing"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/internal/conformance"
)

// Limits are what a case wants of the processor that it tests.
type Limits struct {
	// MaxPixels bounds the pixels of a picture. 0 asks for the default of the
	// implementation, which has to be 40 million.
	MaxPixels int64
	// Workers is how many pictures are processed at a time, the others waiting. 0 asks
	// for the default.
	Workers int
}

// Harness makes the processors that the suite tests.
type Harness struct {
	// New returns a processor and has t clean it up. It is called once or more in every
	// case, and most cases run in parallel.
	New func(t testing.TB, l Limits) imagepipe.Processor
}

// Run tests the processors of h, each case in a subtest. The test that calls it must not
// be parallel: some cases measure the memory of the process.
func Run(t *testing.T, h Harness) {
	t.Helper()

	conformance.Run(t, h, cases())
}

// testCase is one promise of the contract.
type testCase = conformance.Case[Harness]

// cases lists the suite by topic.
func cases() []testCase {
	return slices.Concat(
		jpegCases(), pngCases(), gifCases(), webpCases(), sniffCases(),
		sizeCases(), orientationCases(), metadataCases(), originalCases(), profileCases(),
		sharpnessCases(), hashCases(), uniformCases(), refusalCases(), damageCases(), limitCases(),
		bombCases(), waitCases(), sharingCases(),
	)
}
