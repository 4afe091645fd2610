//go:build vips

package vipsprocessor

import (
	"sync"

	"github.com/davidbyttow/govips/v2/vips"
)

// start is of the package, as what it starts is of the process.
var start sync.Once

// startLibrary starts libvips, once.
func startLibrary() {
	start.Do(func() {
		// What is wrong with a picture comes as an error. The log would repeat it, with
		// bits of hostile files.
		vips.LoggingSettings(func(string, vips.LogLevel, string) {}, vips.LogLevelError)

		vips.Startup(&vips.Config{ConcurrencyLevel: 1, MaxCacheFiles: 0, MaxCacheMem: 0, MaxCacheSize: 0})
	})
}
