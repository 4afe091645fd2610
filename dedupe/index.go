package dedupe

import "context"

// Index tells which products hold which keys. A catalogue is one.
type Index interface {
	// Lookup returns, for each key that some product holds, that product's id.
	// Keys that nobody holds are absent from the result.
	Lookup(ctx context.Context, keys []Key) (map[Key]string, error)
}
