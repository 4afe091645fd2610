package importer

import "github.com/vyapaarai/bulkimport/dedupe"

// recentChunks is how many chunks' claims are remembered. Chunks are looked up
// while others before them are applied; where one is looked up earlier still, the
// catalogue's Create finds what the lookup could not see.
const recentChunks = 4

// recentClaims are the keys that the chunks applied last have claimed.
type recentClaims struct {
	chunks [recentChunks]map[dedupe.Key]string
	next   int
}

// push adds the claims of a chunk in place of the oldest.
func (c *recentClaims) push(claims map[dedupe.Key]string) {
	c.chunks[c.next] = claims
	c.next = (c.next + 1) % recentChunks
}

// holdAll tells the matcher who holds these keys.
func (c *recentClaims) holdAll(m *dedupe.Matcher, keys []dedupe.Key) {
	for _, chunk := range c.chunks {
		for _, key := range keys {
			if holder, ok := chunk[key]; ok {
				m.Hold(key, holder)
			}
		}
	}
}
