package jobstore

import "time"

// MaxDeliveryAttempts bounds Delivery.Attempts.
const MaxDeliveryAttempts = 20

// Delivery is what became of a job's completion message, which may go over several
// channels: each gets it once, and those that did are not told again because another
// failed.
type Delivery struct {
	// Event is the id of the event that Channels is about. A job that ends again, after
	// a retry, has another one.
	Event string `json:"event,omitempty"`
	// Channels says which channels are done with the event: NotificationSent, or
	// NotificationFailed where it was given up.
	Channels map[string]Notification `json:"channels,omitempty"`
	// Attempts are the last tries to deliver a message of this job, at most
	// MaxDeliveryAttempts, oldest first.
	Attempts []DeliveryAttempt `json:"attempts,omitempty"`
}

// DeliveryAttempt is one try to deliver a message over one channel.
type DeliveryAttempt struct {
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	// Error is why it failed, a phrase for users; empty where it was delivered.
	Error string `json:"error,omitempty"`
}

// Done reports whether a channel is done with an event.
func (d *Delivery) Done(event, channel string) bool {
	return d.Event == event && d.Channels[channel] != ""
}

// Note notes a try to deliver an event. state is what the channel is done with, and
// empty where it is to be tried again. What d held before stays as it is.
func (d *Delivery) Note(event string, attempt DeliveryAttempt, state Notification) {
	channels := make(map[string]Notification, len(d.Channels)+1)

	if d.Event == event {
		for name, s := range d.Channels {
			channels[name] = s
		}
	}

	if state != "" {
		channels[attempt.Channel] = state
	}

	drop := max(0, len(d.Attempts)+1-MaxDeliveryAttempts)
	kept := d.Attempts[drop:]

	d.Event, d.Channels = event, channels
	d.Attempts = append(kept[:len(kept):len(kept)], attempt)
}
