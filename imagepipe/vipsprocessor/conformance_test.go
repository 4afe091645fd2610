//go:build vips

package vipsprocessor_test

import (
	"testing"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/processortest"
	"github.com/vyapaarai/bulkimport/imagepipe/vipsprocessor"
)

func TestConformance(t *testing.T) {
	processortest.Run(t, processortest.Harness{
		New: func(_ testing.TB, l processortest.Limits) imagepipe.Processor {
			return vipsprocessor.New(&vipsprocessor.Options{MaxPixels: l.MaxPixels, Workers: l.Workers})
		},
	})
}
