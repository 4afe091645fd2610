package memqueue

import (
	"context"
	"slices"
	"time"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

var _ queue.Delivery = (*delivery)(nil)

// delivery is a queue.Delivery. It is settled when the entry has another holder,
// or none, or is due again.
type delivery struct {
	queue *Queue
	entry *entry
}

// Message implements queue.Delivery.
func (d *delivery) Message() queue.Message {
	return d.entry.message
}

// Extend implements queue.Delivery. The new time counts even if it is shorter
// than what was left; without any, the message is due at once.
func (d *delivery) Extend(ctx context.Context, by time.Duration) error {
	return d.do(ctx, func() {
		d.entry.due = time.Now().Add(by)
		d.queue.wake()
	})
}

// Ack implements queue.Delivery.
func (d *delivery) Ack(ctx context.Context) error {
	return d.do(ctx, func() {
		d.entry.holder = nil

		i := slices.Index(d.queue.entries, d.entry)
		d.queue.entries = slices.Delete(d.queue.entries, i, i+1)
	})
}

// Nack implements queue.Delivery.
func (d *delivery) Nack(ctx context.Context, delay time.Duration) error {
	return d.do(ctx, func() {
		d.entry.holder = nil
		d.entry.due = time.Now().Add(delay)
		d.queue.wake()
	})
}

// do runs f under the lock of the queue while d holds its message.
func (d *delivery) do(ctx context.Context, f func()) error {
	return d.queue.do(ctx, func() error {
		if d.entry.holder != d || !time.Now().Before(d.entry.due) {
			return queue.ErrSettled
		}

		f()

		return nil
	})
}
