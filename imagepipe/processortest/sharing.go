package processortest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func sharingCases() []testCase {
	return []testCase{
		{Name: "the upload is not modified", Run: uploadUnmodified},
		{Name: "renditions have memory of their own", Run: ownMemory},
		{Name: "many at a time", Run: manyAtATime},
	}
}

// uploads are files of all formats, large and small.
func uploads(t testing.TB) [][]byte {
	t.Helper()

	return [][]byte{
		fixture(t, "420.jpg"), fixture(t, "progressive.jpg"), fixture(t, "cmyk.jpg"), fixture(t, "grey.jpg"),
		fixture(t, "alpha.png"), damagedFixture(t, "gif"), fixture(t, "lossy.webp"), fixture(t, "alpha.webp"),
		jpegOf(t, scene(1, 1000, 500), 85), pngOf(t, scene(2, 450, 850)),
		withSegments(jpegOf(t, scene(3, 350, 260), 85), exifSegment(binary.BigEndian, 6)),
		laden(t, jpegOf(t, scene(4, 350, 260), 85), 1),
	}
}

func uploadUnmodified(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})

	for _, file := range uploads(t) {
		// What lies behind a slice is nobody's to write to either.
		behind := append(bytes.Clone(file), "behind"...)
		processBy(t, p, behind[:len(file)])
		require.Equal(t, append(bytes.Clone(file), "behind"...), behind)
	}
}

// ownMemory overwrites the upload and has others processed. What was returned before stays
// as it was.
func ownMemory(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})

	type kept struct {
		picture *imagepipe.Picture
		copies  [][]byte
	}

	var all []kept

	for _, file := range uploads(t) {
		k := kept{picture: processBy(t, p, file)}
		for _, r := range k.picture.Renditions {
			k.copies = append(k.copies, bytes.Clone(r.Data))
		}

		clear(file)
		all = append(all, k)
	}

	for _, k := range all {
		for i, r := range k.picture.Renditions {
			require.True(t, bytes.Equal(k.copies[i], r.Data), "the %s of a %s changed afterwards", r.Size, k.picture.Format)
		}
	}
}

// manyAtATime wants of everyone what one alone gets.
func manyAtATime(t testing.TB, h Harness) {
	t.Helper()

	const users, rounds = 4, 1

	p := h.New(t, Limits{Workers: 4})
	files := uploads(t)

	var want []*imagepipe.Picture
	for _, file := range files {
		want = append(want, processBy(t, p, file))
	}

	results := make(chan error, users)

	for user := range users {
		go func() { results <- processAll(t.Context(), p, files, want, user, rounds) }()
	}

	for range users {
		require.NoError(t, <-results)
	}
}

// processAll processes all files, from another one on for each user.
func processAll(ctx context.Context, p imagepipe.Processor, files [][]byte, want []*imagepipe.Picture, user, rounds int) error {
	for i := range rounds * len(files) {
		at := (i + 2*user) % len(files)

		got, err := p.Process(ctx, files[at])
		if err != nil {
			return fmt.Errorf("file %d: %w", at, err)
		}

		if got.Hash != want[at].Hash {
			return fmt.Errorf("file %d: the hash is %q, and was %q", at, got.Hash, want[at].Hash)
		}

		for n, r := range got.Renditions {
			if !bytes.Equal(r.Data, want[at].Renditions[n].Data) {
				return fmt.Errorf("file %d: the %s is another one than before", at, r.Size)
			}
		}
	}

	return nil
}
