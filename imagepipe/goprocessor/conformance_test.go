package goprocessor_test

import (
	"testing"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/processortest"
)

func TestConformance(t *testing.T) {
	processortest.Run(t, processortest.Harness{
		New: func(_ testing.TB, l processortest.Limits) imagepipe.Processor {
			return goprocessor.New(&goprocessor.Options{MaxPixels: l.MaxPixels, Workers: l.Workers})
		},
	})
}
