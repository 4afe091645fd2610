package dynamocatalog

import (
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/dedupe"
)

const (
	// vettedKeys bounds the keys that are remembered, to about 10 MB.
	vettedKeys = 100_000
	// vettedFor is how long a key is taken for free of products from before the
	// claims: what others, who do not claim, write within it goes unnoticed. It is what a
	// chunk without pictures takes from Lookup to Create, with some room. One that fetches
	// pictures takes longer, and asks again.
	vettedFor = 15 * time.Second
)

// vetted remembers keys that the indexes were asked for and did not know, so that Create
// need not ask again for what Lookup has asked a moment before.
type vetted struct {
	now func() time.Time

	mu sync.Mutex
	// Two generations, of which the older is forgotten when the younger is full.
	young, old map[dedupe.Key]time.Time
}

func newVetted(now func() time.Time) *vetted {
	return &vetted{now: now, young: make(map[dedupe.Key]time.Time)}
}

// add remembers a key.
func (v *vetted) add(key dedupe.Key) {
	v.mu.Lock()
	defer v.mu.Unlock()

	if len(v.young) >= vettedKeys/2 {
		v.young, v.old = make(map[dedupe.Key]time.Time), v.young
	}

	v.young[key] = v.now()
}

// has reports whether a key was added of late.
func (v *vetted) has(key dedupe.Key) bool {
	v.mu.Lock()
	defer v.mu.Unlock()

	at, known := v.young[key]
	if !known {
		at, known = v.old[key]
	}

	return known && v.now().Sub(at) < vettedFor
}
