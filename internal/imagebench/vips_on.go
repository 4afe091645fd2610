//go:build vips

package main

import "github.com/vyapaarai/bulkimport/imagepipe/vipsprocessor"

func vipsProcessor() contender {
	return contender{
		name: vipsProcessorName, does: "original, 800, 200, hash",
		work: func(workers int) processFile {
			return by(vipsprocessor.New(&vipsprocessor.Options{Workers: workers}))
		},
	}
}
