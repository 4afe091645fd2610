package processortest

import (
	"context"
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/internal/suitecheck"
)

// TestSuiteCatchesDefects runs the suite over processors that break one promise each, and
// wants the cases that are about the promise to fail. It is not parallel, since some of
// the cases measure memory.
func TestSuiteCatchesDefects(t *testing.T) {
	if underRace {
		t.Skip("takes minutes under the race detector; run without -race. Every processor meets the detector in its own test of the suite")
	}

	covered := make(map[string]bool)

	for _, d := range defects() {
		for _, c := range cases() {
			if !slices.ContainsFunc(d.caughtBy, func(pattern string) bool { return matches(pattern, c.name) }) {
				continue
			}

			covered[c.name] = true

			t.Run(d.name+"/"+c.name, func(t *testing.T) {
				if !c.alone {
					t.Parallel()
				}

				require.True(t, suitecheck.Watch(t, func(tb testing.TB) { c.run(tb, d.harness()) }).Failed())
			})
		}
	}

	for _, c := range cases() {
		require.True(t, covered[c.name], "no defect shows that the case %q can fail", c.name)
	}
}

// TestCasesHaveNames wants each case to have one of its own.
func TestCasesHaveNames(t *testing.T) {
	t.Parallel()

	seen := make(map[string]bool)

	for _, c := range cases() {
		require.NotEmpty(t, c.name)
		require.False(t, seen[c.name], "there are two cases %q", c.name)

		seen[c.name] = true
	}
}

// matches compares a name with a pattern, of which a star stands for any text.
func matches(pattern, name string) bool {
	matched, err := path.Match(pattern, name)

	return err == nil && matched
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
