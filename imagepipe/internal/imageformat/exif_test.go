package imageformat_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe/internal/imageformat"
)

func byteOrders() map[string]binary.AppendByteOrder {
	return map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian}
}

func TestOrientation(t *testing.T) {
	t.Parallel()

	for name, order := range byteOrders() {
		for orientation := range 12 {
			want := orientation
			if want < 1 || want > 8 {
				want = 1
			}

			require.Equal(t, want, imageformat.Orientation(exif(order, orientation)), "%s %d", name, orientation)
		}
	}
}

// A file of each format, with each orientation, in both byte orders.
func TestOrientationInFiles(t *testing.T) {
	t.Parallel()

	picture := drawn(16, 8)
	jpegFile, pngFile := jpegOf(t, picture), pngOf(t, picture)
	lossy := chunkOf(t, fixture(t, "lossy.webp"), "VP8 ")
	prefix := []byte("Exif\x00\x00")

	for order, byteOrder := range byteOrders() {
		for orientation := 1; orientation <= 8; orientation++ {
			tiff := exif(byteOrder, orientation)
			// Of several, the first one counts.
			other := exif(byteOrder, 1+orientation%8)

			for name, file := range map[string][]byte{
				"jpeg":             inFront(jpegFile, jpegSegment(0xe1, prefix, tiff), jpegSegment(0xe1, prefix, other)),
				"jpeg, behind XMP": inFront(jpegFile, jpegSegment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00")), jpegSegment(0xe1, prefix, tiff)),
				"png":              withChunks(pngFile, pngChunk("eXIf", tiff), pngChunk("eXIf", other)),
				"png, at the end":  join(pngFile[:len(pngFile)-12], pngChunk("eXIf", tiff), pngFile[len(pngFile)-12:]),
				"webp":             webp(canvas(withExif, 24, 16), lossy, webpChunk("EXIF", tiff), webpChunk("EXIF", other)),
				"webp, prefixed":   webp(canvas(withExif, 24, 16), lossy, webpChunk("EXIF", prefix, tiff)),
			} {
				info, err := imageformat.Inspect(file)
				require.NoError(t, err, name)
				require.Equal(t, orientation, info.Orientation, "%s, %s endian", name, order)
				require.True(t, info.HasMetadata, name)
				require.Equal(t, orientation == 1 && info.Format == imageformat.JPEG, info.KeepAsJPEG(), name)
			}
		}
	}
}

func TestOrientationWithoutSense(t *testing.T) {
	t.Parallel()

	order := binary.LittleEndian
	header := func(offset uint32, entries uint16, rest ...[]byte) []byte {
		b := order.AppendUint32([]byte("II*\x00"), offset)
		b = order.AppendUint16(b, entries)

		return join(b, join(rest...))
	}

	turned := exifEntry(order, 0x0112, 3, 1, 6)
	require.Equal(t, 6, imageformat.Orientation(header(8, 1, turned)))
	require.Equal(t, 6, imageformat.Orientation(header(8, 0xffff, turned)), "a count that is too large")
	require.Equal(t, 3, imageformat.Orientation(header(8, 2, exifEntry(order, 0x0112, 3, 1, 3), turned)), "the first counts")

	for name, tiff := range map[string][]byte{
		"nothing":                 nil,
		"header only":             []byte("II*\x00\x08\x00\x00\x00"),
		"other magic":             join([]byte("II+\x00"), header(8, 1, turned)[4:]),
		"mixed byte orders":       join([]byte("MM*\x00"), header(8, 1, turned)[4:]),
		"no entries":              header(8, 0, turned),
		"directory in the header": header(0, 1, turned),
		"directory across it":     header(4, 0, make([]byte, 8), turned),
		"directory behind":        header(1<<20, 1, turned),
		"directory at the end":    header(21, 1, turned),
		"largest offset":          header(0xffffffff, 1, turned),
		"entry cut":               header(8, 1, turned[:11]),
		"entry behind the count":  header(8, 1, exifEntry(order, 0x0100, 3, 1, 6), turned),
		"long":                    header(8, 1, exifEntry(order, 0x0112, 4, 1, 6)),
		"bytes":                   header(8, 1, exifEntry(order, 0x0112, 1, 1, 6)),
		"two values":              header(8, 1, exifEntry(order, 0x0112, 3, 2, 6)),
		"no value":                header(8, 1, exifEntry(order, 0x0112, 3, 0, 6)),
		"zero":                    header(8, 1, exifEntry(order, 0x0112, 3, 1, 0)),
		"nine":                    header(8, 1, exifEntry(order, 0x0112, 3, 1, 9)),
		"in the second directory": join(header(8, 1, exifEntry(order, 0x0100, 3, 1, 6)),
			order.AppendUint32(nil, 26), order.AppendUint16(nil, 1), turned),
	} {
		require.Equal(t, 1, imageformat.Orientation(tiff), name)
	}
}
