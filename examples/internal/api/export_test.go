package api

import "time"

// DecodeObject decodes the object of a request.
var DecodeObject = decodeObject

// Take takes a request out of the bucket of a user.
func (l *RateLimit) Take(userID string) time.Duration { return l.take(userID) }

// Users is how many users are remembered.
func (l *RateLimit) Users() int { return l.users.Len() }
