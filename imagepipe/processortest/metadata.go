package processortest

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func metadataCases() []testCase {
	return []testCase{
		{Name: "metadata of jpeg", Run: jpegMetadata},
		{Name: "metadata of a jpeg that is turned", Run: turnedMetadata},
		{Name: "metadata between the scans of a jpeg", Run: scanMetadata},
		{Name: "metadata of png", Run: pngMetadata},
		{Name: "metadata of gif", Run: gifMetadata},
		{Name: "metadata of webp", Run: webpMetadata},
	}
}

// xmp is a packet of XMP with the secret.
func xmp() []byte {
	return []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + secret + "</x:xmpmeta>")
}

// requireClean checks that the renditions consist of what pixels and colours need: there
// is no place in them for anything else.
func requireClean(t testing.TB, picture *imagepipe.Picture) {
	t.Helper()

	for _, r := range picture.Renditions {
		require.NotContains(t, string(r.Data), "GPS", "the %s tells the place", r.Size)

		for _, s := range segments(t, r.Data) {
			needed := isFrame(s.marker)

			switch s.marker {
			case markerDHT, markerDQT, markerDRI, markerSOS:
				needed = true
			case markerAPP0:
				// A thumbnail would lie behind the 14 bytes.
				needed = bytes.HasPrefix(s.content, []byte("JFIF\x00")) && len(s.content) == 14
			case markerAPP2:
				needed = bytes.HasPrefix(s.content, []byte(iccMarker))
			case markerAPPE:
				needed = bytes.HasPrefix(s.content, []byte("Adobe")) && len(s.content) == 12
			}

			require.True(t, needed, "the %s has a segment %x: %.40q", r.Size, s.marker, s.content)
		}

		require.True(t, bytes.HasSuffix(r.Data, []byte{0xff, 0xd9}), "the %s does not end with the picture", r.Size)
	}
}

// laden is a JPEG with everything that phones and programs put into one.
func laden(t testing.TB, plain []byte, orientation int) []byte {
	t.Helper()

	thumbnail := jpegOf(t, cardColors().draw(16, 12), 50)
	file := withSegments(plain[:len(plain):len(plain)],
		exifSegment(binary.BigEndian, orientation),
		jpegSegment(markerAPP1, []byte("Exif\x00\x00"), exif(binary.LittleEndian, orientation), thumbnail),
		jpegSegment(markerAPP1, xmp()),
		jpegSegment(markerAPP0, []byte("JFXX\x00\x10"), thumbnail, []byte(secret)),
		jpegSegment(markerAPP2, []byte("MPF\x00"), []byte(secret)),
		jpegSegment(markerAPP2, []byte("FPXR\x00"), []byte(secret)),
		jpegSegment(markerAPPD, []byte("Photoshop 3.0\x008BIM"), []byte(secret)),
		jpegSegment(0xec, []byte("Ducky"), []byte(secret)),
		jpegSegment(0xef, []byte(secret)),
		jpegSegment(markerCOM, []byte(secret)),
	)

	return join(file, thumbnail, []byte(secret))
}

func jpegMetadata(t testing.TB, h Harness) {
	t.Helper()

	for _, name := range []string{"444", "420", "grey", "progressive", "rgb", "cmyk"} {
		requireClean(t, process(t, h, laden(t, fixture(t, name+".jpg"), 1)))
	}

	// One large enough that its smaller renditions are encoded anew.
	large := process(t, h, laden(t, jpegOf(t, scene(1, 1000, 700), 90), 1))
	requireClean(t, large)
}

func turnedMetadata(t testing.TB, h Harness) {
	t.Helper()

	m := cardColors().turned(6).draw(cardHeight, cardWidth)
	picture := process(t, h, laden(t, jpegOf(t, m, 95), 6))

	requireDimensions(t, picture, cardWidth, cardHeight)
	requireCard(t, picture, cardColors(), cardTolerance)
	requireClean(t, picture)
}

// scanMetadata has a comment where tables stand, between two scans.
func scanMetadata(t testing.TB, h Harness) {
	t.Helper()

	file := fixture(t, "progressive.jpg")
	second := bytes.Index(file, []byte{0xff, markerSOS})
	require.Positive(t, second)

	next := bytes.Index(file[second+2:], []byte{0xff, markerDHT})
	require.Positive(t, next, "there is no table between the scans")

	at := second + 2 + next
	comment := jpegSegment(markerCOM, []byte(secret))
	picture := process(t, h, join(file[:at], comment, file[at:]))

	requireCard(t, picture, cardColors(), cardTolerance)

	for _, r := range picture.Renditions {
		require.NotContains(t, string(r.Data), "GPS", r.Size)
	}
}

func pngMetadata(t testing.TB, h Harness) {
	t.Helper()

	file := withChunks(fixture(t, "card.png"),
		pngChunk("tEXt", []byte("Comment\x00"+secret)),
		pngChunk("zTXt", join([]byte("Comment\x00\x00"), packed(t, []byte(secret)))),
		pngChunk("iTXt", join([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp())),
		pngChunk("eXIf", exif(binary.BigEndian, 1)),
		pngChunk("tIME", []byte{7, 234, 1, 6, 10, 0, 0}),
		pngChunk("prVt", []byte(secret)),
	)

	requireClean(t, process(t, h, append(file, secret...)))
}

func gifMetadata(t testing.TB, h Harness) {
	t.Helper()

	file := gifOf(t, cardWidth, cardHeight, gifFrame(cardColors(), screen(), false))

	// Behind the header and the colour table come extensions: a comment, then an
	// application's with XMP.
	const header = 13

	at := header
	if file[10]&0x80 != 0 {
		at += 3 << (file[10]&7 + 1)
	}

	comment := join([]byte{0x21, 0xfe, byte(len(secret))}, []byte(secret), []byte{0})
	packet := join([]byte{0x21, 0xff, 11}, []byte("XMP DataXMP"), []byte{byte(len(secret))}, []byte(secret), []byte{0})
	picture := process(t, h, join(file[:at], comment, packet, file[at:], []byte(secret)))

	requireCard(t, picture, cardColors(), cardTolerance)
	requireClean(t, picture)
}

func webpMetadata(t testing.TB, h Harness) {
	t.Helper()

	for _, name := range []string{"lossy.webp", "lossless.webp"} {
		picture := process(t, h, webpFile(
			webpCanvas(webpExif|webpXMP, cardWidth, cardHeight), webpPixels(t, fixture(t, name)),
			webpChunk("EXIF", exif(binary.LittleEndian, 1)), webpChunk("XMP ", xmp())))

		requireCard(t, picture, cardColors(), webpTolerance)
		requireClean(t, picture)
	}
}
