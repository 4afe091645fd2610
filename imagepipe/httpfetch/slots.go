package httpfetch

import (
	"context"
	"sync"
)

// slots bound how many requests are under way, in all and to each host. They are taken
// for one request, not for its redirects, which are requests to other hosts.
type slots struct {
	all     chan struct{}
	perHost int

	mu    sync.Mutex
	hosts map[string]*hostSlots // those that somebody uses or waits for
}

type hostSlots struct {
	taken chan struct{}
	users int
}

func newSlots(all, perHost int) *slots {
	return &slots{
		all: make(chan struct{}, all), perHost: perHost, hosts: make(map[string]*hostSlots),
	}
}

// acquire waits for the turn of a request to host. It fails when ctx has ended. The
// host's slot comes first: many requests waiting for a slow host must not sit on the
// slots of all.
func (s *slots) acquire(ctx context.Context, host string) (release func(), err error) {
	own := s.join(host)

	if err := take(ctx, own.taken); err != nil {
		s.leave(host, own)
		return nil, err
	}

	if err := take(ctx, s.all); err != nil {
		<-own.taken
		s.leave(host, own)

		return nil, err
	}

	return func() {
		<-s.all
		<-own.taken
		s.leave(host, own)
	}, nil
}

func (s *slots) join(host string) *hostSlots {
	s.mu.Lock()
	defer s.mu.Unlock()

	own, known := s.hosts[host]
	if !known {
		own = &hostSlots{taken: make(chan struct{}, s.perHost)}
		s.hosts[host] = own
	}

	own.users++

	return own
}

func (s *slots) leave(host string, own *hostSlots) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if own.users--; own.users == 0 {
		delete(s.hosts, host)
	}
}

func take(ctx context.Context, slot chan<- struct{}) error {
	select {
	case slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}
