package httpfetch

import (
	"container/list"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// maxHosts bounds how many failing hosts are remembered. Beyond it the one that failed
// longest ago is forgotten, which costs no more than trying it again.
const maxHosts = 1024

// failureSpan is for how long a host has to fail before it is left alone: requests to it
// run side by side, so that a pause of a second makes many failures.
const failureSpan = 10 * time.Second

// hostHealth remembers which hosts fail, to leave them alone for a while.
type hostHealth struct {
	limit int
	rest  time.Duration

	mu     sync.Mutex
	hosts  map[string]*list.Element // of *hostRecord
	recent *list.List               // the one that failed last first
}

// hostRecord is that of a host that failed and has not answered since.
type hostRecord struct {
	host     string
	since    time.Time // of the first failure
	failures int
	until    time.Time // left alone until then
}

func newHostHealth(limit int, rest time.Duration) *hostHealth {
	return &hostHealth{limit: limit, rest: rest, hosts: make(map[string]*list.Element), recent: list.New()}
}

// check fails when the host is left alone.
func (h *hostHealth) check(host string) error {
	h.mu.Lock()
	defer h.mu.Unlock()

	e, known := h.hosts[host]
	if !known || !time.Now().Before(e.Value.(*hostRecord).until) {
		return nil
	}

	return permanent(imagepipe.ErrUnreachable, fmt.Sprintf(
		"the server did not answer %d times in a row and is left alone for a while", h.limit))
}

// note records how a request to the host ended. Errors that say nothing of the host, as
// the caller's giving up, change nothing.
func (h *hostHealth) note(host string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()

	failed, ok := errors.AsType[*failure](err)

	switch {
	case err == nil || ok && !failed.noAnswer:
		h.forget(host)
	case ok:
		h.failed(host)
	}
}

// failed counts a failure. After the rest a single one is enough for the next.
func (h *hostHealth) failed(host string) {
	e, known := h.hosts[host]
	if !known {
		e = h.recent.PushFront(&hostRecord{host: host, since: time.Now()})
		h.hosts[host] = e
	}

	h.recent.MoveToFront(e)

	record := e.Value.(*hostRecord)
	if record.failures++; record.failures >= h.limit && time.Since(record.since) >= failureSpan {
		record.until = time.Now().Add(h.rest)
	}

	if h.recent.Len() > maxHosts {
		h.forget(h.recent.Back().Value.(*hostRecord).host)
	}
}

func (h *hostHealth) forget(host string) {
	if e, known := h.hosts[host]; known {
		h.recent.Remove(e)
		delete(h.hosts, host)
	}
}
