package processortest

import (
	"context"
	"slices"
	"testing"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

func suite() suitecheck.Suite[Harness] { return suitecheck.Suite[Harness]{Cases: cases()} }

// TestSuiteCatchesDefects runs the suite over processors that break one promise each, and
// wants the cases that are about the promise to fail. It is not parallel, since some of
// the cases measure memory.
func TestSuiteCatchesDefects(t *testing.T) {
	skipUnderRace(t)

	var planted []suitecheck.Defect[Harness]

	for _, d := range defects() {
		for _, c := range cases() {
			if suitecheck.Matches(d.caughtBy, c.Name) {
				planted = append(planted, suitecheck.Defect[Harness]{
					Name: d.name + "/" + c.Name, Harness: d.harness(), FoundBy: c.Name,
				})
			}
		}
	}

	suite().Finds(t, planted)
	suite().Covers(t, planted)
}

// TestSuiteAcceptsWholeProcessor shows that the failures above come from the defects.
func TestSuiteAcceptsWholeProcessor(t *testing.T) {
	skipUnderRace(t)
	suite().Accepts(t, defect{}.harness())
}

func skipUnderRace(t *testing.T) {
	t.Helper()

	if underRace {
		t.Skip("takes minutes under the race detector; run without -race. Every processor meets the detector in its own test of the suite")
	}
}

// defect is a way to break the contract. What it leaves nil is done right.
type defect struct {
	name     string
	caughtBy []string

	// limits changes what the processor is asked for.
	limits func(*Limits)
	// before changes the upload.
	before func(data []byte) []byte
	// after changes the result.
	after func(data []byte, picture *imagepipe.Picture, err error) (*imagepipe.Picture, error)
	// process does it all.
	process func(p imagepipe.Processor, ctx context.Context, data []byte) (*imagepipe.Picture, error)
}

func (d defect) harness() Harness {
	return Harness{New: func(_ testing.TB, l Limits) imagepipe.Processor {
		if d.limits != nil {
			d.limits(&l)
		}

		return defective{
			Processor: goprocessor.New(&goprocessor.Options{MaxPixels: l.MaxPixels, Workers: l.Workers}),
			defect:    d,
		}
	}}
}

// defective is a processor with a defect.
type defective struct {
	imagepipe.Processor

	defect defect
}

func (d defective) Process(ctx context.Context, data []byte) (*imagepipe.Picture, error) {
	if d.defect.process != nil {
		return d.defect.process(d.Processor, ctx, data)
	}

	read := data
	if d.defect.before != nil {
		read = d.defect.before(slices.Clone(data))
	}

	picture, err := d.Processor.Process(ctx, read)
	if d.defect.after != nil {
		return d.defect.after(data, picture, err)
	}

	return picture, err
}
