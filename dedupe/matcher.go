package dedupe

// Match says which product a row repeats, and by what.
type Match struct {
	// Tier is the tier of Key.
	Tier Tier
	// Key is the key that the row and the product share.
	Key Key
	// ProductID is the product that holds the key.
	ProductID string
}

// Matcher finds the product that a row repeats, for the rows of a file taken in
// file order. It lays the claims of rows accepted so far over what the catalogue
// held before, so that the outcome is that of writing the rows one by one,
// without writing any.
//
// A Matcher keeps no row: its size grows with the keys claimed, so make a new
// one for each chunk. It is not safe for concurrent use.
type Matcher struct {
	held    map[Key]string   // by products of the catalogue; the caller's, read only
	claimed map[Key]string   // by rows accepted, and by products learned of late
	claims  map[string][]Key // what Release gives back
}

// NewMatcher returns a Matcher over the keys that products of the catalogue hold
// already, as an [Index] tells them. The map is neither copied nor changed; the
// caller must not change it while the Matcher is in use. It may be nil.
func NewMatcher(held map[Key]string) *Matcher {
	return &Matcher{
		held:    held,
		claimed: make(map[Key]string),
		claims:  make(map[string][]Key),
	}
}

// Match returns the match of a row with these keys. Of several, the strongest
// tier wins, and within a tier the key that comes first. The second result is
// false where no product holds any of the keys.
func (m *Matcher) Match(keys []Key) (Match, bool) {
	return m.MatchFunc(keys, func(Match) bool { return true })
}

// MatchFunc is Match among those matches that accept takes. accept must not
// depend on the order in which it is asked, nor change the Matcher.
func (m *Matcher) MatchFunc(keys []Key, accept func(Match) bool) (Match, bool) {
	var (
		best  Match
		found bool
	)

	for _, key := range keys {
		if found && key.Tier >= best.Tier {
			continue
		}

		holder, ok := m.holder(key)
		if !ok {
			continue
		}

		if match := (Match{Tier: key.Tier, Key: key, ProductID: holder}); accept(match) {
			best, found = match, true
		}
	}

	return best, found
}

// Claim records that a row was accepted and will become the product productID.
// The product gets those of the keys that nobody holds; the first holder of a
// key keeps it.
func (m *Matcher) Claim(keys []Key, productID string) {
	for _, key := range keys {
		if _, taken := m.holder(key); taken {
			continue
		}

		m.claimed[key] = productID
		m.claims[productID] = append(m.claims[productID], key)
	}
}

// Release takes the claims of productID back: its row was refused after all,
// because another process wrote the product first. Rows resolved since the claim
// may have been measured against it, so they have to be resolved again.
func (m *Matcher) Release(productID string) {
	for _, key := range m.claims[productID] {
		if m.claimed[key] == productID {
			delete(m.claimed, key)
		}
	}

	delete(m.claims, productID)
}

// Hold records that a product of the catalogue turned out to hold key, which the
// map given to NewMatcher did not tell. It stands above any claim.
func (m *Matcher) Hold(key Key, productID string) { m.claimed[key] = productID }

// holder returns the product that holds key.
func (m *Matcher) holder(key Key) (string, bool) {
	if id, ok := m.claimed[key]; ok {
		return id, true
	}

	id, ok := m.held[key]

	return id, ok
}
