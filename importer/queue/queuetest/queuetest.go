// Package queuetest is the conformance suite of queue.Queue.
//
// A backend proves itself in one test:
//
//	func TestConformance(t *testing.T) {
//		queuetest.Run(t, queuetest.Harness{New: newQueue, Close: closeQueue})
//	}
//
// Each case runs in virtual time (testing/synctest), which takes no time, wants
// delays to be exact, and fails when a goroutine of the backend is left behind. A
// backend that talks to a server says Harness.RealTime; a case then takes up to a
// minute and delays have some slack.
//
// The suite itself is tested with queues that break the contract, one promise
// each: see its own tests.
package queuetest

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/internal/conformance"
)

// Harness makes the queues that the suite tests.
type Harness struct {
	// New returns an empty queue that takes a receiver for dead after visibility,
	// which is a number of full seconds, and has t clean it up. It is called once
	// in every case, and the cases run in parallel.
	New func(t testing.TB, visibility time.Duration) queue.Queue

	// Close closes a queue that New made; t's cleaning up may close it again. nil
	// says that the backend's queues are not closed; those cases are then
	// skipped.
	Close func(t testing.TB, q queue.Queue)

	// RealTime runs the suite outside of virtual time, for backends whose time is
	// that of a server.
	RealTime bool
}

// Run tests the queues of h, each case in a subtest.
func Run(t *testing.T, h Harness) {
	t.Helper()

	if h.RealTime {
		conformance.Run(t, h, cases())
		return
	}

	for _, c := range cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { c.Run(t, h) })
		})
	}
}

// testCase is one promise of the contract.
type testCase = conformance.Case[Harness]

// cases lists the suite by topic.
func cases() []testCase {
	return slices.Concat(
		deliveryCases(), delayCases(), settleCases(), visibilityCases(), cancelCases(), closeCases(), depthCases(),
	)
}

const (
	// visibility is the time-out of most cases.
	visibility = 10 * time.Second
	// delay is how long a case delays a message: shorter than visibility, so that
	// one is not mistaken for the other.
	delay = 3 * time.Second
	// quiet is how long nothing must come to conclude that nothing will: longer
	// than any time-out of the case.
	quiet = 2 * visibility
	// slack is what a delay may be late in real time.
	slack = 5 * time.Second
)

// message returns a message about the job id.
func message(id string) queue.Message {
	return queue.Message{JobID: id}
}

// send sends a message without delay.
func send(t testing.TB, q queue.Queue, id string) {
	t.Helper()
	require.NoError(t, q.Send(t.Context(), message(id), 0))
}

// receiveAny receives a message, for which it waits in vain at most for quiet: a
// queue that has lost one must not hang the suite. It suits goroutines, which
// must not end a test.
func receiveAny(ctx context.Context, q queue.Queue) (queue.Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()

	return q.Receive(ctx)
}

// receive receives the message about the job id.
func receive(t testing.TB, q queue.Queue, id string) queue.Delivery {
	t.Helper()

	d, err := receiveAny(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, message(id), d.Message())

	return d
}

// receiveAfter is receive for a message that must come want after since.
func (h Harness) receiveAfter(t testing.TB, q queue.Queue, id string, since time.Time, want time.Duration) queue.Delivery {
	t.Helper()

	d := receive(t, q, id)
	took := time.Since(since)

	if h.RealTime {
		require.GreaterOrEqual(t, took, want)
		require.LessOrEqual(t, took, want+slack)
	} else {
		require.Equal(t, want, took)
	}

	return d
}

// requireQuiet fails the test when a message comes.
func requireQuiet(t testing.TB, q queue.Queue) {
	t.Helper()

	d, err := receiveAny(t.Context(), q)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Nil(t, d)
}
