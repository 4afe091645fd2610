package planar_test

import (
	"testing"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/planar"
)

func BenchmarkScale(b *testing.B) {
	p := planar.New(1500, 1500, 2, 2, false)
	p.Y = plane(1500, 1500, wavy)

	for b.Loop() {
		q := planar.Scale(p, 800, 800, 2, 2, 1)
		q.Free()
	}
}
