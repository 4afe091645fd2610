// Package turns gives few places to many users, one place to a user at a time, so that
// nobody who asks for much keeps the others out.
package turns

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrBusy reports that no place became free in time, or that the user waits for too many
// already.
var ErrBusy = errors.New("turns: no place is free")

// maxWaiting is how many callers of one user wait at most: what they wait with takes
// memory.
const maxWaiting = 16

// Turns hands out places. It is safe for concurrent use.
//
// A place that becomes free is that of the caller who has waited longest, among the users
// who have none, and a user who had one goes behind the others: however many callers of a
// user wait, another user waits for at most one place of each.
type Turns struct {
	mu   sync.Mutex
	free int
	// active are the users that have a place.
	active map[string]bool
	// waiting are those to be served, in this order.
	waiting []*caller
}

type caller struct {
	user string
	// turn is closed when the caller has a place.
	turn chan struct{}
}

// New returns Turns with so many places, at least one.
func New(places int) *Turns {
	return &Turns{free: max(places, 1), active: map[string]bool{}}
}

// Take waits for a place until waiting ends; where one is free, it is given even then.
// leave, which is called once, gives it back. An empty user is one like others. The error
// is ErrBusy.
func (t *Turns) Take(waiting context.Context, user string) (leave func(), err error) {
	c, err := t.enter(user)
	if err != nil {
		return nil, err
	}

	leave = func() { t.leave(user) }

	select {
	case <-c.turn:
		return leave, nil
	default:
	}

	select {
	case <-c.turn:
		return leave, nil
	case <-waiting.Done():
	}

	if t.giveUp(c) {
		return nil, ErrBusy
	}

	return leave, nil // its turn came at the last moment
}

// enter puts a caller in the queue, or right into a place.
func (t *Turns) enter(user string) (*caller, error) {
	t.mu.Lock()
	defer t.mu.Unlock()

	others := 0

	for _, c := range t.waiting {
		if c.user == user {
			others++
		}
	}

	if others == maxWaiting {
		return nil, ErrBusy
	}

	c := &caller{user: user, turn: make(chan struct{})}
	t.waiting = append(t.waiting, c)
	t.serve()

	return c, nil
}

// giveUp takes a caller out of the queue, and reports whether it was still there.
func (t *Turns) giveUp(c *caller) bool {
	t.mu.Lock()
	defer t.mu.Unlock()

	i := slices.Index(t.waiting, c)
	if i < 0 {
		return false
	}

	t.waiting = slices.Delete(t.waiting, i, i+1)

	return true
}

// leave gives the place of a user back.
func (t *Turns) leave(user string) {
	t.mu.Lock()
	defer t.mu.Unlock()

	t.free++
	delete(t.active, user)

	// The others go first.
	slices.SortStableFunc(t.waiting, func(a, b *caller) int {
		return behind(a, user) - behind(b, user)
	})
	t.serve()
}

// behind is 1 for a caller of the user and 0 for others.
func behind(c *caller, user string) int {
	if c.user == user {
		return 1
	}

	return 0
}

// serve gives free places to the first in the queue whose users have none.
func (t *Turns) serve() {
	t.waiting = slices.DeleteFunc(t.waiting, func(c *caller) bool {
		if t.free == 0 || t.active[c.user] {
			return false
		}

		t.free--
		t.active[c.user] = true
		close(c.turn)

		return true
	})
}
