package processortest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func jpegCases() []testCase {
	var all []testCase

	for _, kind := range []string{"444", "422", "420", "440", "411", "progressive", "restart", "rgb"} {
		all = append(all, testCase{Name: "jpeg " + kind, Run: func(t testing.TB, h Harness) {
			t.Helper()
			jpegCard(t, h, kind, cardColors(), cardTolerance)
		}})
	}

	// What inks look like on paper is a question of the profile, and processors without
	// colour management mix them as light. Both must give the colours that are meant.
	for _, kind := range []string{"cmyk", "ycck"} {
		all = append(all, testCase{Name: "jpeg " + kind, Run: func(t testing.TB, h Harness) {
			t.Helper()
			jpegCard(t, h, kind, cardColors(), 80)
		}})
	}

	return append(all,
		testCase{Name: "jpeg grey", Run: func(t testing.TB, h Harness) {
			t.Helper()
			jpegCard(t, h, "grey", cardColors().grey(), cardTolerance)
		}},
		testCase{Name: "jpeg with data behind the end", Run: jpegFollowed},
		testCase{Name: "jpeg of kinds that are not read", Run: jpegUnread},
	)
}

func jpegCard(t testing.TB, h Harness, kind string, want corners, tolerance float64) {
	t.Helper()

	picture := process(t, h, fixture(t, kind+".jpg"))

	require.Equal(t, "jpeg", picture.Format)
	requireDimensions(t, picture, cardWidth, cardHeight)
	requireCard(t, picture, want, tolerance)
}

// jpegFollowed covers what phones append to photographs: films, further pictures.
func jpegFollowed(t testing.TB, h Harness) {
	t.Helper()

	film := strings.Repeat("a film with sound", 1000)
	picture := process(t, h, append(fixture(t, "420.jpg"), film...))

	requireCard(t, picture, cardColors(), cardTolerance)

	for _, r := range picture.Renditions {
		require.NotContains(t, string(r.Data), "a film with sound")
	}
}

func jpegUnread(t testing.TB, h Harness) {
	t.Helper()

	plain := fixture(t, "420.jpg")

	for name, file := range map[string][]byte{
		"arithmetic": fixture(t, "arithmetic.jpg"),
		"12 bits":    withFrame(t, plain, markerSOF1, 12, 0, 0),
		"lossless":   withFrame(t, plain, markerSOF3, 0, 0, 0),
	} {
		require.ErrorIs(t, refused(t, h, file), imagepipe.ErrFormat, name)
	}
}
