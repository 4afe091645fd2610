//go:build vips

package vipsprocessor

import (
	"encoding/binary"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

// clean returns an upload without most of what is not pixels, so that libvips need not read
// it: its libraries unpack texts and profiles to tens of megabytes, and parse Exif data. The
// upload is not modified. stripped reports that the result is a JPEG without any metadata,
// in memory of its own.
func clean(data []byte, info *imageformat.Info) (cleaned []byte, stripped bool) {
	switch info.Format {
	case imageformat.JPEG:
		// What cannot be stripped may still decode.
		if stripped, err := imageformat.StripJPEG(data); err == nil {
			return stripped, true
		}
	case imageformat.PNG:
		return cleanPNG(data), false
	case imageformat.GIF, imageformat.WebP, imageformat.Unknown:
	}

	return data, false
}

// cleanPNG keeps the chunks that pixels consist of. The file is one that was inspected to
// its end; one that is not all the same is returned as it is.
func cleanPNG(data []byte) []byte {
	const (
		signature = 8
		overhead  = 12 // length, name, checksum
	)

	if len(data) < signature {
		return data
	}

	kept := append(make([]byte, 0, len(data)), data[:signature]...)

	for rest := data[signature:]; len(rest) >= overhead; {
		length := uint64(binary.BigEndian.Uint32(rest)) + overhead
		if length > uint64(len(rest)) {
			return data
		}

		switch string(rest[4:8]) {
		case "IHDR", "PLTE", "tRNS", "IDAT":
			kept = append(kept, rest[:length]...)
		case "IEND":
			return append(kept, rest[:length]...)
		}

		rest = rest[length:]
	}

	return data
}
