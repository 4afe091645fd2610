package s3blob

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// conflictAttempts is how often a write is tried that collides with another one.
	conflictAttempts = 12
	// conflictDelay is how long the second attempt waits at most; each further one
	// waits so much longer.
	conflictDelay = 5 * time.Millisecond
)

// write makes a call that writes under a key, again where it collides with another one
// on the same key: S3 answers some with 409 and asks for another attempt, which the SDK
// leaves to its users. A gateway on a file system says the same of a folder that a Delete
// removes at the moment, and of a key that cannot be because another one is a folder of it.
// That one stays an error, a little later. The error is explained.
func write(ctx context.Context, call func() error) error {
	for attempt := 1; ; attempt++ {
		err := call()
		if status(err) != http.StatusConflict || attempt == conflictAttempts || ctx.Err() != nil {
			return explain(ctx, err)
		}

		timer := time.NewTimer(rand.N(time.Duration(attempt) * conflictDelay))

		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}
