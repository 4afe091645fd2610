package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Channel is one of several ways in which events are delivered.
type Channel struct {
	// Name tells the channel from the others: 1 to 32 lower-case letters, digits, '-' and
	// '_'. Job records, logs and metrics name the channel by it, and a delivery is
	// remembered by it, so a channel should keep its name.
	Name     string
	Notifier Notifier
}

// DefaultChannel is the name of the channel of a Notifier that is no [Multi].
const DefaultChannel = "default"

// maxChannelName is the longest name of a channel, in bytes.
const maxChannelName = 32

var _ Notifier = (*Multi)(nil)

// Multi delivers every event over several channels. The engine looks into it, and
// remembers with the job which channels are done: one that fails is tried again without
// the others. It is safe for concurrent use.
type Multi struct{ channels []Channel }

// NewMulti returns a Multi of these channels, at least one. It fails where a name is
// malformed or used twice, or a notifier missing.
func NewMulti(channels ...Channel) (*Multi, error) {
	if len(channels) == 0 {
		return nil, errors.New("notify: no channel")
	}

	seen := map[string]bool{}

	for _, c := range channels {
		switch {
		case !isChannelName(c.Name):
			return nil, fmt.Errorf("notify: channel name %q: want 1 to %d of a-z, 0-9, '-' and '_'", c.Name, maxChannelName)
		case seen[c.Name]:
			return nil, fmt.Errorf("notify: two channels are named %q", c.Name)
		case c.Notifier == nil:
			return nil, fmt.Errorf("notify: channel %q has no notifier", c.Name)
		}

		seen[c.Name] = true
	}

	return &Multi{channels: append([]Channel(nil), channels...)}, nil
}

func isChannelName(name string) bool {
	return name != "" && len(name) <= maxChannelName && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// Notify implements [Notifier] for callers that do not remember: it delivers over every
// channel, in order, and joins the errors of those that failed.
func (m *Multi) Notify(ctx context.Context, e Event) error {
	var failed error

	for _, c := range m.channels {
		if err := c.Notifier.Notify(ctx, e); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", c.Name, err))
		}
	}

	return failed
}

// Channels returns the channels of a notifier, in the order in which they are told: those
// of a Multi, else the notifier itself under the name DefaultChannel. A nil notifier has
// none.
func Channels(n Notifier) []Channel {
	if n == nil {
		return nil
	}

	if multi, ok := n.(*Multi); ok {
		return append([]Channel(nil), multi.channels...)
	}

	return []Channel{{Name: DefaultChannel, Notifier: n}}
}
