package notify_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/notify"
)

// told counts its events, and fails where it is to.
type told struct {
	events int
	err    error
}

func (n *told) Notify(context.Context, notify.Event) error {
	n.events++

	return n.err
}

func TestMultiTellsEveryChannel(t *testing.T) {
	t.Parallel()

	away := errors.New("away")
	first, second, third := &told{err: away}, &told{}, &told{err: &notify.Error{Reason: "no", Rejected: true}}

	multi, err := notify.NewMulti(
		notify.Channel{Name: "first", Notifier: first},
		notify.Channel{Name: "second", Notifier: second},
		notify.Channel{Name: "third", Notifier: third},
	)
	require.NoError(t, err)

	err = multi.Notify(t.Context(), notify.Event{ID: "a-ended"})
	require.ErrorIs(t, err, away)
	require.ErrorIs(t, err, notify.ErrRejected)
	require.ErrorContains(t, err, "first: away")
	require.Equal(t, []int{1, 1, 1}, []int{first.events, second.events, third.events})
}

func TestMultiRefusesBadChannels(t *testing.T) {
	t.Parallel()

	fine := notify.Channel{Name: "log", Notifier: &told{}}

	for name, channels := range map[string][]notify.Channel{
		"none":        {},
		"no name":     {{Notifier: &told{}}},
		"capital":     {{Name: "Log", Notifier: &told{}}},
		"line break":  {{Name: "log\n", Notifier: &told{}}},
		"long":        {{Name: strings.Repeat("a", 33), Notifier: &told{}}},
		"twice":       {fine, fine},
		"no notifier": {fine, {Name: "webhook"}},
	} {
		_, err := notify.NewMulti(channels...)
		require.Error(t, err, name)
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()

	require.Empty(t, notify.Channels(nil))

	single := &told{}
	require.Equal(t, []notify.Channel{{Name: notify.DefaultChannel, Notifier: single}}, notify.Channels(single))

	channels := []notify.Channel{{Name: "log", Notifier: single}, {Name: "webhook", Notifier: &told{}}}
	multi, err := notify.NewMulti(channels...)
	require.NoError(t, err)
	require.Equal(t, channels, notify.Channels(multi))
}

func TestErrorTellsWhatItIs(t *testing.T) {
	t.Parallel()

	cause := errors.New("connection refused")
	temporary := &notify.Error{Reason: "the receiver is away", RetryAfter: time.Minute, Cause: cause}
	require.ErrorIs(t, temporary, cause)
	require.NotErrorIs(t, temporary, notify.ErrRejected)
	require.Equal(t, "notify: the receiver is away: connection refused", temporary.Error())

	require.ErrorIs(t, &notify.Error{Reason: "no", Rejected: true}, notify.ErrRejected)
	require.Equal(t, "notify: no", (&notify.Error{Reason: "no"}).Error())
}
