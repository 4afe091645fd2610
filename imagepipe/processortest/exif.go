package processortest

import (
	"encoding/binary"
)

// The tags of Exif data that the suite writes, and their types.
const (
	tagWidth       = 0x0100
	tagOrientation = 0x0112
	tagGPS         = 0x8825

	exifShort = 3
	exifLong  = 4
)

// secret stands for what metadata must not tell.
const secret = "GPS 19.0760 N 72.8777 E"

// exif is the TIFF file of Exif data: an orientation among other entries, and behind the
// directory a place.
func exif(order binary.AppendByteOrder, orientation int) []byte {
	b := []byte("II")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM")
	}

	const entries = 3

	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, entries)
	b = appendEntry(b, order, tagWidth, exifLong, cardWidth)
	b = appendEntry(b, order, tagOrientation, exifShort, orientation)
	b = appendEntry(b, order, tagGPS, exifLong, 8+2+12*entries+4)
	b = order.AppendUint32(b, 0)

	// The directory of the place has no entry that means something; its text suffices.
	b = order.AppendUint16(b, 0)
	b = order.AppendUint32(b, 0)

	return append(b, secret...)
}

func appendEntry(b []byte, order binary.AppendByteOrder, tag, kind uint16, value int) []byte {
	b = order.AppendUint16(b, tag)
	b = order.AppendUint16(b, kind)
	b = order.AppendUint32(b, 1)

	if kind == exifShort {
		b = order.AppendUint16(b, uint16(value))

		return order.AppendUint16(b, 0)
	}

	return order.AppendUint32(b, uint32(value))
}

// exifSegment is the segment of a JPEG with Exif data.
func exifSegment(order binary.AppendByteOrder, orientation int) []byte {
	return jpegSegment(markerAPP1, []byte("Exif\x00\x00"), exif(order, orientation))
}
