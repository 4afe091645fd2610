package importer_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// receiver is a notifier whose tries end as told, in turn; those after that succeed.
type receiver struct {
	mu    sync.Mutex
	fails []error
	tries []string // the ids of the events
}

func (r *receiver) Notify(_ context.Context, e notify.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.tries = append(r.tries, e.ID)

	if len(r.fails) == 0 {
		return nil
	}

	err := r.fails[0]
	r.fails = r.fails[1:]

	return err
}

// delays is a queue that notes with what delay messages are sent.
type delays struct {
	queue.Queue
	sent []time.Duration
}

func (d *delays) Send(ctx context.Context, m queue.Message, delay time.Duration) error {
	d.sent = append(d.sent, delay)

	return d.Queue.Send(ctx, m, delay)
}

// notified is an engine whose jobs tell these channels.
type notified struct {
	*engine
	queue  *delays
	worker *importer.Worker
}

func newNotified(t *testing.T, change func(*importer.WorkerOptions), channels ...notify.Channel) *notified {
	t.Helper()

	e := newEngine(t)
	if change != nil {
		change(&e.workerOptions)
	}

	return newNotifiedOn(e, channels...)
}

func newNotifiedOn(e *engine, channels ...notify.Channel) *notified {
	e.t.Helper()

	multi, err := notify.NewMulti(channels...)
	require.NoError(e.t, err)

	n := &notified{engine: e, queue: &delays{Queue: e.queue}}
	ports := e.ports()
	ports.Notifier, ports.Queue = multi, n.queue

	n.worker, err = importer.NewWorker(ports, &e.workerOptions)
	require.NoError(e.t, err)

	return n
}

func (n *notified) run(id string) importer.RunResult {
	n.t.Helper()

	result, err := n.worker.RunJob(n.t.Context(), id)
	require.NoError(n.t, err)
	n.clock.advance(time.Second)

	return result
}

func TestAChannelThatFailsDoesNotRepeatTheOthers(t *testing.T) {
	t.Parallel()

	first, second, third := &receiver{}, &receiver{fails: []error{
		errors.New("dial tcp 10.0.0.7:80: a secret"), &notify.Error{Reason: "the receiver answered with status 503"},
	}}, &receiver{}
	e := newNotified(t, nil,
		notify.Channel{Name: "first", Notifier: first},
		notify.Channel{Name: "second", Notifier: second},
		notify.Channel{Name: "third", Notifier: third})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, jobstore.StatusCompleted, e.job(id).Status)
	require.Equal(t, jobstore.NotificationPending, e.job(id).Notification)
	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, importer.RunSkipped, e.run(id))

	event := id + "-ended"
	require.Equal(t, []string{event}, first.tries)
	require.Equal(t, []string{event, event, event}, second.tries)
	require.Equal(t, []string{event}, third.tries)

	job := e.job(id)
	require.Equal(t, jobstore.NotificationSent, job.Notification)
	require.Equal(t, map[string]jobstore.Notification{
		"first": jobstore.NotificationSent, "second": jobstore.NotificationSent, "third": jobstore.NotificationSent,
	}, job.Delivery.Channels)

	at := newClock().Now()
	require.Equal(t, []jobstore.DeliveryAttempt{
		{At: at, Channel: "first"},
		{At: at, Channel: "second", Error: "it could not be delivered; the operator's log has the details"},
		{At: at, Channel: "third"},
		{At: at.Add(time.Second), Channel: "second", Error: "the receiver answered with status 503"},
		{At: at.Add(2 * time.Second), Channel: "second"},
	}, job.Delivery.Attempts)
}

func TestARejectedEventIsNotSentAgain(t *testing.T) {
	t.Parallel()

	no, yes := &receiver{fails: []error{&notify.Error{Reason: "the receiver answered with status 410", Rejected: true}}}, &receiver{}
	e := newNotified(t, nil, notify.Channel{Name: "no", Notifier: no}, notify.Channel{Name: "yes", Notifier: yes})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Len(t, no.tries, 1)
	require.Len(t, yes.tries, 1)

	job := e.job(id)
	require.Equal(t, jobstore.NotificationFailed, job.Notification)
	require.Equal(t, jobstore.NotificationSent, job.Delivery.Channels["yes"])
	require.Equal(t, importer.RunSkipped, e.run(id))
}

func TestANotificationIsGivenUp(t *testing.T) {
	t.Parallel()

	away := &receiver{fails: []error{errors.New("1"), errors.New("2"), errors.New("3"), errors.New("4")}}
	e := newNotified(t, func(o *importer.WorkerOptions) { o.NotifyAttempts = 3 }, notify.Channel{Name: "away", Notifier: away})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, jobstore.NotificationFailed, e.job(id).Notification)
	require.Len(t, away.tries, 3)
}

func TestReceiversAreLeftAloneForAsLongAsTheyWish(t *testing.T) {
	t.Parallel()

	busy := &receiver{fails: []error{
		&notify.Error{Reason: "busy", RetryAfter: 3 * time.Minute},
		&notify.Error{Reason: "busy"},
		&notify.Error{Reason: "busy", RetryAfter: 24 * time.Hour},
	}}
	e := newNotified(t, nil, notify.Channel{Name: "busy", Notifier: busy})
	id := e.queued(manyRows(5), nil)

	for range 3 {
		require.Equal(t, importer.RunFailed, e.run(id))
	}

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, []time.Duration{3 * time.Minute, 10 * time.Second, 10 * time.Minute}, e.queue.sent)
}

// stuckNotifier waits for its context to end.
type stuckNotifier struct{ began chan struct{} }

func (s stuckNotifier) Notify(ctx context.Context, _ notify.Event) error {
	select {
	case s.began <- struct{}{}:
	default:
	}

	<-ctx.Done()

	return context.Cause(ctx)
}

func TestAReceiverThatHangsHoldsNobodyUp(t *testing.T) {
	t.Parallel()

	after := &receiver{}
	e := newNotified(t, func(o *importer.WorkerOptions) { o.NotifyTimeout = time.Millisecond },
		notify.Channel{Name: "stuck", Notifier: stuckNotifier{}}, notify.Channel{Name: "after", Notifier: after})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Len(t, after.tries, 1)
	require.Len(t, e.job(id).Delivery.Attempts, 2)
}

// A shutdown in the middle of a delivery is no try of it.
func TestAShutdownCutsOffANotification(t *testing.T) {
	t.Parallel()

	stuck := stuckNotifier{began: make(chan struct{}, 1)}
	before := &receiver{}
	e := newNotified(t, func(o *importer.WorkerOptions) { o.NotifyTimeout, o.ShutdownGrace = time.Hour, time.Millisecond },
		notify.Channel{Name: "before", Notifier: before}, notify.Channel{Name: "stuck", Notifier: stuck})
	id := e.queued(manyRows(5), nil)

	ctx, stop := context.WithCancel(t.Context())

	go func() {
		<-stuck.began
		stop()
	}()

	result, err := e.worker.RunJob(ctx, id)
	require.NoError(t, err)
	require.Equal(t, importer.RunYielded, result)

	job := e.job(id)
	require.Zero(t, job.Attempts)
	require.Equal(t, jobstore.NotificationPending, job.Notification)
	require.Len(t, job.Delivery.Attempts, 1, "the one before was delivered")
}

type panickingNotifier struct{}

func (panickingNotifier) Notify(context.Context, notify.Event) error {
	panic("a receiver nobody thought of")
}

func TestANotifierThatPanicsIsOneThatFails(t *testing.T) {
	t.Parallel()

	e := newNotified(t, nil, notify.Channel{Name: "panics", Notifier: panickingNotifier{}})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Equal(t, jobstore.StatusCompleted, e.job(id).Status)
	require.NotContains(t, e.job(id).Delivery.Attempts[0].Error, "nobody")
}

// Channels may be put up and taken down between the tries.
func TestChannelsOfAnotherConfiguration(t *testing.T) {
	t.Parallel()

	gone := notify.Channel{Name: "gone", Notifier: &receiver{fails: []error{errors.New("away")}}}
	stays, comes := &receiver{}, &receiver{}
	e := newNotified(t, nil, gone, notify.Channel{Name: "stays", Notifier: stays})
	id := e.queued(manyRows(5), nil)
	require.Equal(t, importer.RunFailed, e.run(id))

	ports := e.ports()

	multi, err := notify.NewMulti(notify.Channel{Name: "stays", Notifier: stays}, notify.Channel{Name: "comes", Notifier: comes})
	require.NoError(t, err)

	ports.Notifier = multi
	e.worker, err = importer.NewWorker(ports, &e.workerOptions)
	require.NoError(t, err)

	require.Equal(t, importer.RunEnded, e.run(id))
	require.Equal(t, jobstore.NotificationSent, e.job(id).Notification)
	require.Len(t, stays.tries, 1)
	require.Len(t, comes.tries, 1)
}

func TestTheReasonOfAFailedNotificationIsBounded(t *testing.T) {
	t.Parallel()

	long := &receiver{fails: []error{&notify.Error{Reason: strings.Repeat("far away ", 1000)}}}
	e := newNotified(t, nil, notify.Channel{Name: "long", Notifier: long})
	id := e.queued(manyRows(5), nil)

	require.Equal(t, importer.RunFailed, e.run(id))
	require.Less(t, len(e.job(id).Delivery.Attempts[0].Error), 300)
}
