package processortest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func profileCases() []testCase {
	return []testCase{
		{Name: "colour profile of jpeg", Run: jpegProfile},
		{Name: "colour profile of png", Run: pngProfile},
		{Name: "colour profile of webp", Run: webpProfile},
		{Name: "colour profile of more than one segment", Run: largeProfile},
		{Name: "colour profile that does not fit", Run: wrongProfile},
	}
}

// requireProfile checks that renditions have the profile, and that their samples, which it
// explains, are those of the upload.
func requireProfile(t testing.TB, h Harness, file, profile []byte, want corners) {
	t.Helper()

	picture := process(t, h, file)
	requireCard(t, picture, want, webpTolerance)
	requireClean(t, picture)

	for _, r := range picture.Renditions {
		require.Equal(t, profile, iccOf(t, r.Data), "the profile of the %s", r.Size)
	}
}

func jpegProfile(t testing.TB, h Harness) {
	t.Helper()

	profile := iccProfile("RGB ", 0)
	requireProfile(t, h, withSegments(fixture(t, "420.jpg"), iccSegments(profile)), profile, cardColors())
	requireProfile(t, h, withSegments(fixture(t, "rgb.jpg"), iccSegments(profile)), profile, cardColors())

	grey := iccProfile("GRAY", 0)
	requireProfile(t, h, withSegments(fixture(t, "grey.jpg"), iccSegments(grey)), grey, cardColors().grey())
}

func pngProfile(t testing.TB, h Harness) {
	t.Helper()

	profile := iccProfile("RGB ", 0)
	requireProfile(t, h, withChunks(fixture(t, "card.png"), iccChunk(t, profile)), profile, cardColors())
	requireProfile(t, h, withChunks(fixture(t, "alpha.png"), iccChunk(t, profile)), profile, alphaColors().onWhite())
	requireProfile(t, h, withChunks(pngOf(t, deep(cardColors())), iccChunk(t, profile)), profile, cardColors())
}

func webpProfile(t testing.TB, h Harness) {
	t.Helper()

	profile := iccProfile("RGB ", 0)
	requireProfile(t, h, webpFile(
		webpCanvas(webpICC, cardWidth, cardHeight), webpChunk("ICCP", profile), webpPixels(t, fixture(t, "lossy.webp")),
	), profile, cardColors())
}

// largeProfile is too long for one segment of a JPEG, as those of presses are.
func largeProfile(t testing.TB, h Harness) {
	t.Helper()

	profile := iccProfile("RGB ", 150_000)
	requireProfile(t, h, withSegments(fixture(t, "420.jpg"), iccSegments(profile)), profile, cardColors())
	requireProfile(t, h, withChunks(fixture(t, "card.png"), iccChunk(t, profile)), profile, cardColors())
}

// wrongProfile has profiles for other channels than the picture's. Viewers show wrong
// colours, or nothing, when they are published.
func wrongProfile(t testing.TB, h Harness) {
	t.Helper()

	for name, file := range map[string][]byte{
		"grey for colour": withSegments(fixture(t, "420.jpg"), iccSegments(iccProfile("GRAY", 0))),
		"colour for grey": withSegments(fixture(t, "grey.jpg"), iccSegments(iccProfile("RGB ", 0))),
		"no profile":      withSegments(fixture(t, "420.jpg"), iccSegments([]byte(secret))),
	} {
		for _, r := range process(t, h, file).Renditions {
			require.Nil(t, iccOf(t, r.Data), "%s: %s", name, r.Size)
		}
	}
}
