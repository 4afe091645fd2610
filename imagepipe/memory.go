package imagepipe

import (
	"crypto/sha256"
	"errors"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// errGone reports an entry whose picture is not to be had any more.
var errGone = errors.New("imagepipe: picture is gone")

// memory remembers what addresses have given. It is bounded: the addresses that were not
// asked for the longest are forgotten.
type memory struct {
	mu      sync.Mutex
	entries *simplelru.LRU[entryKey, *entry]
	// places has the entries by where their picture is stored.
	places map[place]*entry
}

// place is a picture of a product.
type place struct {
	productID string
	number    int
}

// entryKey is a digest of scope and address, so that long addresses take no more room.
type entryKey [16]byte

// entry is an address that was or is being fetched.
type entry struct {
	key   entryKey
	place place
	// done is closed when the fields below are set; they do not change any more.
	done chan struct{}
	// failure is why there is no picture. Without it, and with number 0, the attempt was
	// interrupted.
	failure *Error
	// productID and number say where the picture was stored.
	productID string
	number    int
	hash      string
}

func newMemory(size int) *memory {
	m := &memory{places: make(map[place]*entry)}

	entries, err := simplelru.NewLRU(size, func(_ entryKey, e *entry) {
		if m.places[e.place] == e {
			delete(m.places, e.place)
		}
	})
	if err != nil {
		panic(err) // only for sizes below 1, and New sees to that
	}

	m.entries = entries

	return m
}

// enter returns the entry of the address with this number. The first to ask for it is told
// so, and has to set it and close done.
func (m *memory) enter(req Request, number int) (e *entry, first bool) {
	digest := sha256.Sum256([]byte(req.Scope + "\x00" + req.URLs[number-1]))
	key := entryKey(digest[:16])

	m.mu.Lock()
	defer m.mu.Unlock()

	if e, ok := m.entries.Get(key); ok {
		return e, false
	}

	e = &entry{key: key, place: place{req.ProductID, number}, done: make(chan struct{})}
	m.entries.Add(key, e)

	return e, true
}

// forget removes an entry, unless another has taken its place.
func (m *memory) forget(e *entry) {
	m.mu.Lock()
	defer m.mu.Unlock()

	if current, ok := m.entries.Peek(e.key); ok && current == e {
		m.entries.Remove(e.key)
	}
}

// occupy says that the picture of an entry is in its place from now on.
func (m *memory) occupy(e *entry) {
	m.mu.Lock()
	defer m.mu.Unlock()

	if current, ok := m.entries.Peek(e.key); ok && current == e {
		m.places[e.place] = e
	}
}

// vacate forgets the entry whose picture is in a place, because another one is about to be
// stored there.
func (m *memory) vacate(productID string, number int) {
	m.mu.Lock()
	defer m.mu.Unlock()

	if e, ok := m.places[place{productID, number}]; ok {
		m.entries.Remove(e.key)
	}
}
