package api

import "time"

// Take takes a request out of the bucket of a user.
func (l *RateLimit) Take(userID string) time.Duration { return l.take(userID) }

// Users is how many users are remembered.
func (l *RateLimit) Users() int { return l.users.Len() }
