package importer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/vyapaarai/bulkimport/dedupe"
)

const (
	// DefaultSharedImage is under how many names products of a job may show one
	// picture before it says nothing any more. Sizes and flavours of a product
	// often share a picture, two or three of them in most catalogues.
	DefaultSharedImage = 3

	// maxPictures bounds the pictures that are carried from chunk to chunk. Each
	// takes up to 100 bytes of each ledger segment.
	maxPictures = 256
)

// sharedImages finds the pictures that products show under many different names: the
// "no photo" of a shop rather than the picture of a product.
//
// It remembers the names under which pictures came up, but of pictures that came up
// under one name only for the time of a chunk: who holds such a picture, the
// catalogue knows. So what is carried on is short, with most files empty.
type sharedImages struct {
	// limit is how many names a picture may have; negative means any number.
	limit    int
	pictures map[string]*picture // by hash
}

// picture is what is known of a picture. Its fields are those of the carry.
type picture struct {
	Hash string `json:"h"`
	// Names are digests of the names, ascending; none once there were too many.
	Names  []string `json:"n,omitempty"`
	Shared bool     `json:"s,omitempty"`
	// Row is the last row that had the picture.
	Row int64 `json:"r"`
}

// newSharedImages returns what carry, which encode made, tells; it may be empty.
func newSharedImages(limit int, carry json.RawMessage) (*sharedImages, error) {
	s := &sharedImages{limit: limit, pictures: map[string]*picture{}}
	if len(carry) == 0 {
		return s, nil
	}

	var state productCarry
	if err := json.Unmarshal(carry, &state); err != nil {
		return nil, fmt.Errorf("importer: decode the state of the last chunk: %w", err)
	}

	for _, p := range state.Pictures {
		s.pictures[p.Hash] = p
	}

	return s, nil
}

// productCarry is the Chunk.Carry of an import of products.
type productCarry struct {
	Pictures []*picture `json:"pictures,omitempty"`
}

// known reports whether anything is known of a picture.
func (s *sharedImages) known(hash string) bool { return s.pictures[hash] != nil }

// shared reports whether a picture has come up under too many names.
func (s *sharedImages) shared(hash string) bool {
	p := s.pictures[hash]

	return p != nil && p.Shared
}

// add notes that a row shows a picture under a name.
func (s *sharedImages) add(hash, name string, row int64) {
	p := s.pictures[hash]
	if p == nil {
		p = &picture{Hash: hash}
		s.pictures[hash] = p
	}

	p.Row = max(p.Row, row)

	if p.Shared || s.limit < 0 {
		return
	}

	digest := nameDigest(name)

	i, found := slices.BinarySearch(p.Names, digest)
	if !found {
		p.Names = slices.Insert(p.Names, i, digest)
	}

	if len(p.Names) > s.limit {
		p.Shared, p.Names = true, nil
	}
}

// nameDigest stands for a name, however it is written. With 64 bits, two of the few
// names of a picture are never taken for one.
func nameDigest(name string) string {
	normal := name

	// Any brand will do: the same one before all names.
	if key, ok := dedupe.NameBrandKey("x", name); ok {
		normal = key.Value
	}

	sum := sha256.Sum256([]byte(normal))

	return hex.EncodeToString(sum[:8])
}

// endChunk forgets what need not be carried on, and returns what is. Where there are
// too many pictures, those go that have the fewest names, and of them those that
// have not come up for longest: a placeholder comes up again and again.
func (s *sharedImages) endChunk() (json.RawMessage, error) {
	kept := make([]*picture, 0, len(s.pictures))

	for _, p := range s.pictures {
		if p.Shared || len(p.Names) > 1 {
			kept = append(kept, p)
		}
	}

	slices.SortFunc(kept, func(a, b *picture) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(b.Row, a.Row), cmp.Compare(a.Hash, b.Hash))
	})

	kept = kept[:min(len(kept), maxPictures)]

	s.pictures = make(map[string]*picture, len(kept))
	for _, p := range kept {
		s.pictures[p.Hash] = p
	}

	if len(kept) == 0 {
		return nil, nil
	}

	carry, err := json.Marshal(productCarry{Pictures: kept})
	if err != nil {
		return nil, fmt.Errorf("importer: encode the state of the chunk: %w", err)
	}

	return carry, nil
}

// weight orders pictures by the number of their names.
func (p *picture) weight() int {
	if p.Shared {
		return math.MaxInt
	}

	return len(p.Names)
}
