package importer

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSharedImagesAreCarriedOn(t *testing.T) {
	t.Parallel()

	s, err := newSharedImages(2, nil)
	require.NoError(t, err)

	for i, name := range []string{"A", "B", "C", "a"} {
		s.add("shared", name, int64(i))
	}

	s.add("pair", "A", 9)
	s.add("pair", "B", 10)
	s.add("single", "A", 11)
	s.add("single", "A", 12)
	require.True(t, s.shared("shared"))
	require.False(t, s.shared("pair"))

	carry, err := s.endChunk()
	require.NoError(t, err)

	for range 2 { // what goes on and what begins anew know the same
		require.True(t, s.shared("shared"))
		require.True(t, s.known("pair"))
		require.False(t, s.known("single"), "the catalogue knows who holds it")

		s, err = newSharedImages(2, carry)
		require.NoError(t, err)

		again, err := s.endChunk()
		require.NoError(t, err)
		require.Equal(t, carry, again)
	}

	s.add("pair", "C", 20)
	require.True(t, s.shared("pair"), "the names of before count")

	_, err = newSharedImages(2, []byte("{"))
	require.Error(t, err)

	none, err := newSharedImages(2, nil)
	require.NoError(t, err)
	carry, err = none.endChunk()
	require.NoError(t, err)
	require.Empty(t, carry)
}

// The carry does not grow with the file, does not depend on anything but the rows, and
// keeps what comes up again and again.
func TestTheCarryIsBounded(t *testing.T) {
	t.Parallel()

	a, err := newSharedImages(DefaultSharedImage, nil)
	require.NoError(t, err)
	b, err := newSharedImages(DefaultSharedImage, nil)
	require.NoError(t, err)

	random := rand.New(rand.NewPCG(1, 2))

	for chunk := range 40 {
		type use struct {
			hash, name string
			row        int64
		}

		// The first product is what the catalogue tells of a picture that was forgotten.
		uses := []use{{"placeholder", fmt.Sprint("Product ", chunk), int64(chunk * 1000)}, {"placeholder", "First", 0}}
		for i := range 200 {
			for variant := range 2 {
				uses = append(uses, use{fmt.Sprintf("%016x", chunk*1000+i), fmt.Sprint("Variant ", variant), int64(chunk*1000 + i)})
			}
		}

		for _, u := range uses {
			a.add(u.hash, u.name, u.row)
		}

		random.Shuffle(len(uses), func(i, j int) { uses[i], uses[j] = uses[j], uses[i] })

		for _, u := range uses {
			b.add(u.hash, u.name, u.row)
		}

		fromA, err := a.endChunk()
		require.NoError(t, err)
		fromB, err := b.endChunk()
		require.NoError(t, err)
		require.Equal(t, fromA, fromB)
		require.Less(t, len(fromA), 100*maxPictures)
		require.LessOrEqual(t, len(a.pictures), maxPictures)
	}

	require.True(t, a.shared("placeholder"))
	require.True(t, a.known(fmt.Sprintf("%016x", 39_199)), "the last ones stay")
	require.False(t, a.known(fmt.Sprintf("%016x", 0)))
}
