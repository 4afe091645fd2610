package processortest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func sniffCases() []testCase {
	return []testCase{{Name: "content that claims two formats", Run: disguised}}
}

// disguised are pictures with the starts of other formats where a lax reader looks for
// them. What they begin with decides.
func disguised(t testing.TB, h Harness) {
	t.Helper()

	svg := []byte("<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>")

	picture := process(t, h, withSegments(fixture(t, "420.jpg"), jpegSegment(markerCOM, svg)))
	require.Equal(t, "jpeg", picture.Format)
	requireCard(t, picture, cardColors(), cardTolerance)

	picture = process(t, h, withChunks(fixture(t, "card.png"), pngChunk("tEXt", join([]byte("Comment\x00"), svg))))
	require.Equal(t, "png", picture.Format)
	requireCard(t, picture, cardColors(), cardTolerance)

	require.ErrorIs(t, refused(t, h, join([]byte("\n"), fixture(t, "420.jpg"))), imagepipe.ErrFormat, "a picture begins with its magic")
}
