// Package imaging puts the image path together as the programs run it: pictures of public
// addresses, by Go alone, into a store of files.
package imaging

import (
	"fmt"
	"math"
	"runtime/debug"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/imagepipe/goprocessor"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/imagestore"
)

// New returns what an importer.ProductKind takes as its images. They are stored in files,
// base is what their addresses begin with, and hosts are the "host:port" that may be asked
// although they are not public. Whoever is done with the images closes the idle
// connections of the fetcher.
//
// Decoded pictures may take a third of GOMEMLIMIT, where that is set.
func New(files blob.Store, base string, hosts []string) (*imagepipe.Pipeline, *httpfetch.Fetcher, error) {
	fetcher, err := httpfetch.New(&httpfetch.Options{AllowHosts: hosts})
	if err != nil {
		return nil, nil, fmt.Errorf("cannot fetch images: %w", err)
	}

	processor := goprocessor.New(&goprocessor.Options{Memory: memory(debug.SetMemoryLimit(-1))})

	return imagepipe.New(fetcher, processor, imagestore.New(files, base, nil), nil), fetcher, nil
}

// minMemory is enough for the usual pictures of shops.
const minMemory = 64 << 20

// memory returns how much decoded pictures may take, in bytes, where the process may take
// limit (GOMEMLIMIT): a third, since the garbage of decoders may take as much again. 0,
// where there is no limit, leaves it to the processor.
func memory(limit int64) int64 {
	if limit == math.MaxInt64 {
		return 0
	}

	return max(limit/3, minMemory)
}
