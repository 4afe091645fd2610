package imageformat

import "encoding/binary"

// exifPrefix stands in front of Exif data in JPEG, and by mistake in some WebP files.
const exifPrefix = "Exif\x00\x00"

// upright is the orientation of what need not be turned.
const upright = 1

const (
	tagOrientation = 0x0112
	exifShort      = 3
)

// Orientation reads the orientation, 1 to 8, out of Exif data, which begin with the header
// of a TIFF file. It is 1 where there is none, where it is not a single short number of
// that range, or where the data are damaged.
//
// Only the first directory is read, once and in order: it describes the picture, and the
// others its thumbnail. So no chain of directories can make a loop.
func Orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return upright
	}

	var order binary.ByteOrder

	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}

	// In 64 bits, no sum of offsets overflows.
	start := uint64(order.Uint32(tiff[4:]))
	if start < 8 || start+2 > uint64(len(tiff)) {
		return upright
	}

	entries := tiff[start+2:]

	for range order.Uint16(tiff[start:]) {
		if len(entries) < 12 {
			return upright
		}

		if order.Uint16(entries) == tagOrientation {
			return orientationOf(entries[:12], order)
		}

		entries = entries[12:]
	}

	return upright
}

func orientationOf(entry []byte, order binary.ByteOrder) int {
	if order.Uint16(entry[2:]) != exifShort || order.Uint32(entry[4:]) != 1 {
		return upright
	}

	if value := int(order.Uint16(entry[8:])); value >= 1 && value <= 8 {
		return value
	}

	return upright
}

// exifOrientation is Orientation for data that may have the prefix.
func exifOrientation(data []byte) int {
	if begins(data, exifPrefix) {
		data = data[len(exifPrefix):]
	}

	return Orientation(data)
}
