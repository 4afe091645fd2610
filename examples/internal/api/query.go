package api

import (
	"net/url"
	"strconv"
	"strings"
)

// numberIn returns the parameter of a query that is a whole number, in digits alone, and
// whether it is there at all. One that is there without a value is not valid: whoever
// sends it means something by it.
func numberIn(query url.Values, name string) (n int64, given, valid bool) {
	if !query.Has(name) {
		return 0, false, true
	}

	text := query.Get(name)

	// What ParseInt takes besides, a sign, is none of a number in a query: a plus there
	// is a space.
	n, err := strconv.ParseInt(text, 10, 64)

	return n, true, err == nil && !strings.ContainsAny(text, "+-")
}
