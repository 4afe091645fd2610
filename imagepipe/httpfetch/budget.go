package httpfetch

import (
	"context"
	"slices"
	"sync"
)

// budget bounds the memory of all downloads that are not released.
//
// Each download has an account that grows as bytes arrive. Where the budget has too
// little left, it waits in line, unless nobody overdraws the budget yet: then it does,
// for as long as the account is open. So somebody can always go on, and at no time is
// more in use than limit and the largest account together.
type budget struct {
	limit int64

	mu   sync.Mutex
	used int64
	// overdrawer is the account that need not wait, or nil. There is one whenever
	// somebody waits.
	overdrawer *account
	waiting    []*claim // first come, first served
}

// account is the memory of one download. It is used by one goroutine at a time.
type account struct {
	budget *budget
	held   int64 // guarded by budget.mu where others may grow it
}

// claim is an account waiting for n bytes more.
type claim struct {
	account *account
	n       int64
	granted chan struct{}
}

// open returns an empty account.
func (b *budget) open() *account { return &account{budget: b} }

// grow takes n bytes more, waiting for them if need be. It fails when ctx has ended; the
// account is to be closed then.
func (a *account) grow(ctx context.Context, n int64) error {
	b := a.budget
	c := &claim{account: a, n: n, granted: make(chan struct{})}

	b.mu.Lock()

	if b.overdrawer == a {
		b.grant(c)
	} else {
		b.waiting = append(b.waiting, c)
		b.serve()
	}

	b.mu.Unlock()

	select {
	case <-c.granted:
		return nil
	case <-ctx.Done():
		b.withdraw(c)

		return ended(ctx)
	}
}

// close gives all back. An account is closed once.
func (a *account) close() {
	b := a.budget

	b.mu.Lock()
	defer b.mu.Unlock()

	b.used -= a.held
	a.held = 0

	if b.overdrawer == a {
		b.overdrawer = nil
	}

	b.serve()
}

// withdraw takes a claim out of the line. One that was granted meanwhile stays so. Who
// is next is served when the account is closed.
func (b *budget) withdraw(c *claim) {
	b.mu.Lock()
	defer b.mu.Unlock()

	if i := slices.Index(b.waiting, c); i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
	}
}

// serve grants what can be, in order. b.mu is held.
func (b *budget) serve() {
	for len(b.waiting) > 0 {
		c := b.waiting[0]

		if b.used+c.n > b.limit {
			if b.overdrawer != nil {
				return
			}

			b.overdrawer = c.account
		}

		b.waiting = slices.Delete(b.waiting, 0, 1)
		b.grant(c)
	}
}

func (b *budget) grant(c *claim) {
	b.used += c.n
	c.account.held += c.n
	close(c.granted)
}
