package jobstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestDeliveryKeepsTheLastAttempts(t *testing.T) {
	t.Parallel()

	var d jobstore.Delivery

	at := time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)
	for i := range jobstore.MaxDeliveryAttempts + 3 {
		d.Note("a-ended", jobstore.DeliveryAttempt{At: at, Channel: "webhook", Error: fmt.Sprint("error ", i)}, "")
	}

	require.Len(t, d.Attempts, jobstore.MaxDeliveryAttempts)
	require.Equal(t, "error 3", d.Attempts[0].Error)
	require.Equal(t, "error 22", d.Attempts[jobstore.MaxDeliveryAttempts-1].Error)
	require.False(t, d.Done("a-ended", "webhook"))
}

func TestDeliveryOfAnotherEventBeginsAnew(t *testing.T) {
	t.Parallel()

	var d jobstore.Delivery

	d.Note("a-ended", jobstore.DeliveryAttempt{Channel: "log"}, jobstore.NotificationSent)
	d.Note("a-ended", jobstore.DeliveryAttempt{Channel: "webhook", Error: "gone"}, jobstore.NotificationFailed)
	require.True(t, d.Done("a-ended", "log"))
	require.True(t, d.Done("a-ended", "webhook"))
	require.False(t, d.Done("a-ended-2", "log"))

	d.Note("a-ended-2", jobstore.DeliveryAttempt{Channel: "webhook", Error: "away"}, "")
	require.Empty(t, d.Channels)
	require.Len(t, d.Attempts, 3)
	require.False(t, d.Done("a-ended", "log"))
}

// Updates of a record are tried again with what they were given, so that must not change.
func TestDeliveryLeavesWhatItHeld(t *testing.T) {
	t.Parallel()

	var d jobstore.Delivery
	d.Note("a-ended", jobstore.DeliveryAttempt{Channel: "log"}, jobstore.NotificationSent)

	one, two := d, d
	one.Note("a-ended", jobstore.DeliveryAttempt{Channel: "one"}, jobstore.NotificationSent)
	two.Note("a-ended", jobstore.DeliveryAttempt{Channel: "two"}, jobstore.NotificationSent)

	require.Equal(t, "one", one.Attempts[1].Channel)
	require.Equal(t, "two", two.Attempts[1].Channel)
	require.False(t, d.Done("a-ended", "one"))
	require.False(t, two.Done("a-ended", "one"))
}
