package processortest

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func orientationCases() []testCase {
	var all []testCase

	for orientation := 1; orientation <= 8; orientation++ {
		all = append(all, testCase{
			Name: fmt.Sprintf("orientation %d", orientation),
			Run:  func(t testing.TB, h Harness) { t.Helper(); oriented(t, h, orientation) },
		})
	}

	return append(all,
		testCase{Name: "orientation of large pictures", Run: orientedLarge},
		testCase{Name: "orientations that make no sense", Run: orientedOddly},
	)
}

// turned returns the colours as they are stored in a file that is to be turned by an
// orientation to show c. Exif (CIPA DC-008) says of each where the stored first row and
// column are in the picture.
func (c corners) turned(orientation int) corners {
	// The corner of the picture that each stored corner is.
	var shown [4]int

	switch orientation {
	case 2:
		shown = [4]int{1, 0, 3, 2}
	case 3:
		shown = [4]int{3, 2, 1, 0}
	case 4:
		shown = [4]int{2, 3, 0, 1}
	case 5:
		shown = [4]int{0, 2, 1, 3}
	case 6: // the first row is the right side, the first column the top
		shown = [4]int{1, 3, 0, 2}
	case 7:
		shown = [4]int{3, 1, 2, 0}
	case 8: // the first row is the left side, the first column the bottom
		shown = [4]int{2, 0, 3, 1}
	default:
		return c
	}

	return corners{c[shown[0]], c[shown[1]], c[shown[2]], c[shown[3]]}
}

// storedSize returns the sides of a picture as they are stored.
func storedSize(orientation, width, height int) (int, int) {
	if orientation >= 5 && orientation <= 8 {
		return height, width
	}

	return width, height
}

func oriented(t testing.TB, h Harness, orientation int) {
	t.Helper()

	p := h.New(t, Limits{})
	width, height := storedSize(orientation, cardWidth, cardHeight)
	m := cardColors().turned(orientation).draw(width, height)
	plainJPEG, plainPNG := jpegOf(t, m, 95), pngOf(t, m)

	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := exif(order, orientation)

		for name, file := range map[string][]byte{
			"jpeg": withSegments(plainJPEG, exifSegment(order, orientation)),
			"png":  withChunks(plainPNG, pngChunk("eXIf", data)),
		} {
			picture := processBy(t, p, file)

			require.Equal(t, name, picture.Format)
			requireDimensions(t, picture, cardWidth, cardHeight)
			requireCard(t, picture, cardColors(), cardTolerance)
		}

		orientedWebP(t, p, orientation, data)
	}
}

// orientedWebP turns the card of testdata, since the standard library writes no WebP. What
// it must look like then is what is stored when it is turned back.
func orientedWebP(t testing.TB, p imagepipe.Processor, orientation int, data []byte) {
	t.Helper()

	back := orientation

	switch orientation {
	case 6:
		back = 8
	case 8:
		back = 6
	}

	pixels := webpPixels(t, fixture(t, "lossless.webp"))
	width, height := storedSize(orientation, cardWidth, cardHeight)

	// Some programs write the prefix of JPEG in front of the data.
	for _, prefix := range []string{"", "Exif\x00\x00"} {
		picture := processBy(t, p, webpFile(
			webpCanvas(webpExif, cardWidth, cardHeight), pixels, webpChunk("EXIF", []byte(prefix), data)))

		requireDimensions(t, picture, width, height)
		requireCard(t, picture, cardColors().turned(back), webpTolerance)
	}
}

// orientedLarge has pictures that are reduced, where turning is mixed with scaling.
func orientedLarge(t testing.TB, h Harness) {
	t.Helper()

	const width, height = 1700, 451

	p := h.New(t, Limits{})

	for orientation := 1; orientation <= 8; orientation++ {
		w, hgt := storedSize(orientation, width, height)
		m := cardColors().turned(orientation).draw(w, hgt)
		picture := processBy(t, p, withSegments(jpegOf(t, m, 90), exifSegment(binary.BigEndian, orientation)))

		requireDimensions(t, picture, width, height)
		require.Equal(t, []int{800, 212}, []int{picture.Renditions[1].Width, picture.Renditions[1].Height})
		requireCard(t, picture, cardColors(), cardTolerance)
	}
}

// orientedOddly has values and data that mean nothing. The picture stays as it is.
func orientedOddly(t testing.TB, h Harness) {
	t.Helper()

	plain := jpegOf(t, cardColors().draw(cardWidth, cardHeight), 95)
	good := exif(binary.BigEndian, 6)

	loop := append([]byte(nil), good...)
	binary.BigEndian.PutUint32(loop[4:], 0xfffffff0)

	for name, data := range map[string][]byte{
		"zero":            exif(binary.BigEndian, 0),
		"nine":            exif(binary.BigEndian, 9),
		"much":            exif(binary.LittleEndian, 0x0600),
		"cut":             good[:20],
		"empty":           nil,
		"directory far":   loop,
		"no tiff":         []byte("orientation: 6, please"),
		"wrong byteorder": append([]byte("XX"), good[2:]...),
	} {
		picture := process(t, h, withSegments(plain, jpegSegment(markerAPP1, []byte("Exif\x00\x00"), data)))

		requireDimensions(t, picture, cardWidth, cardHeight)
		requireCorners(t, picture.Renditions[0], cardColors(), cardTolerance)
		require.NotContains(t, string(picture.Renditions[0].Data), "Exif", name)
	}
}
