//go:build !vips

package main

func vipsProcessor() contender {
	return contender{
		name:    vipsProcessorName,
		missing: "it is not built in; apt-get install libvips-dev, and build with -tags vips",
	}
}
