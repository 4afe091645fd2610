package planar

import (
	"math/bits"
	"sync"
)

// Buffers of planes are kept by size class. There are four classes to each power of two,
// so that at most a quarter of a buffer is not used.
const (
	classesPerDouble = 4
	smallestKept     = 4 << 10
)

// buffers keeps *[]byte, so that putting one back allocates no more than a header.
var buffers [64 * classesPerDouble]sync.Pool

// sizeClass returns the class of buffers for n bytes, and how large its buffers are.
func sizeClass(n int) (class, size int) {
	shift := max(bits.Len(uint(n-1))-3, 0)
	steps := (n + 1<<shift - 1) >> shift // 5 to 8

	return shift*classesPerDouble + steps - 5, steps << shift
}

// alloc returns n bytes of unknown content.
func alloc(n int) []byte {
	if n < smallestKept {
		return make([]byte, n)
	}

	class, size := sizeClass(n)
	if b, ok := buffers[class].Get().(*[]byte); ok {
		return (*b)[:n]
	}

	return make([]byte, n, size)
}

// free keeps a buffer for alloc. A buffer that alloc did not make is left to the garbage
// collector.
func free(b []byte) {
	if cap(b) < smallestKept {
		return
	}

	if class, size := sizeClass(cap(b)); size == cap(b) {
		buffers[class].Put(&b)
	}
}
