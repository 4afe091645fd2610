package integration_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// outage is a stretch in which credentials are good for nothing. It is counted in calls.
type outage struct {
	// operation begins it, by its nth call since the last outage.
	operation string
	nth       int
	// until is how many calls of each service must have failed for it to end.
	until map[string]int

	calls  int
	begun  bool
	failed map[string]int
}

func (o *outage) isOver() bool {
	for service, n := range o.until {
		if o.failed[service] < n {
			return false
		}
	}

	return true
}

// outages happen one after the other. It is safe for concurrent use.
type outages struct {
	mu   sync.Mutex
	next []*outage
	over []*outage
}

// note sees a call.
func (o *outages) note(operation string) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if len(o.next) == 0 || o.next[0].operation != operation {
		return
	}

	first := o.next[0]
	first.calls++
	first.begun = first.begun || first.calls >= first.nth
}

// fails reports whether a call of a service is to fail, and counts it then.
func (o *outages) fails(service string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()

	if len(o.next) == 0 || !o.next[0].begun {
		return false
	}

	first := o.next[0]
	if first.isOver() {
		o.next, o.over = o.next[1:], append(o.over, first)

		return false
	}

	if first.failed == nil {
		first.failed = map[string]int{}
	}

	first.failed[service]++

	return true
}

// report logs the outages that there were, and returns their calls that failed by service.
func (o *outages) report(t testing.TB) map[string]int {
	t.Helper()

	o.mu.Lock()
	defer o.mu.Unlock()

	require.Empty(t, o.next, "outages that did not end")

	all := map[string]int{}

	for _, one := range o.over {
		t.Logf("from call %d of %s on, calls failed: %v", one.nth, one.operation, one.failed)

		for service, n := range one.failed {
			all[service] += n
		}
	}

	return all
}

// refusing returns a transport by which every service answers, in outages, that the
// credentials have expired.
func refusing(t testing.TB, o *outages) *awstest.Faults {
	t.Helper()

	faults := awstest.NewFaults(awstest.Transport(t))

	for service, answer := range map[string]*awstest.Answer{
		"dynamodb": awstest.DynamoDBError("ExpiredTokenException"),
		"s3":       awstest.S3Error(http.StatusBadRequest, "ExpiredToken"),
		"sqs":      awstest.SQSError(http.StatusForbidden, "ExpiredToken"),
		"sns":      awstest.QueryError(http.StatusForbidden, "ExpiredToken"),
	} {
		faults.Add(awstest.Fault{Times: awstest.Always, Answer: answer, Match: func(r *http.Request) bool {
			if serviceOf(r) != service {
				return false
			}

			o.note(awstest.Operation(r))

			return o.fails(service)
		}})
	}

	return faults
}

// importThrough imports rows through outages, on the backends of AWS with a configuration, and
// wants what an undisturbed import leaves, and one word of its end. It returns the log.
func importThrough(t *testing.T, rows int64, world *awstest.World, conf *aws.Config) string {
	t.Helper()

	want := undisturbed(t, file(rows), nil)
	told := inbox(t, world)
	calm := onAWS(t, world, nil, nil)
	id := calm.queued(t, file(rows))

	var log bytes.Buffer // handlers write one record at a time

	e := configured(t, world, conf, nil)
	e.serve(t, id, e.worker(t, &importer.WorkerOptions{
		Jobs: 1, ChunkRows: 100, RetryDelay: 10 * time.Millisecond, LeaseTTL: 2 * time.Second, MaxAttempts: 1000,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}))

	requireSame(t, want, calm.footprint(t, id))
	require.Len(t, told(), 1, "messages of the end")

	job, err := calm.ports.Jobs.Get(t.Context(), id)
	require.NoError(t, err)
	t.Logf("the job was taken %d times", job.Lease.Epoch)

	return log.String()
}

// requireSaid wants the log to say, for each of the sources, a pattern, what is wrong: in the
// same words whoever reports it, with the cause. Other lines may be of calls that were cut off.
func requireSaid(t *testing.T, log, cause string, sources ...string) {
	t.Helper()

	for _, source := range sources {
		said := regexp.MustCompile("(" + source + ").*" + regexp.QuoteMeta(s3blob.ErrCredentials.Error()) + ".*" + cause)
		require.True(t, said.MatchString(log), "the log does not say what is wrong with %s:\n%s", source, log)
	}
}

// TestCredentialsExpire has the credentials expire three times: when a chunk's ledger is
// written, in the middle of its products, and when the end of the import is told. Nothing
// works then, neither the import nor giving it up, nor its message, nor the sweep; and it goes
// on by itself once there are new ones.
func TestCredentialsExpire(t *testing.T) {
	t.Parallel()

	stretches := &outages{next: []*outage{
		{operation: "PutObject", nth: 5, until: map[string]int{"s3": 1, "dynamodb": 10, "sqs": 5}},
		{operation: "TransactWriteItems", nth: 10, until: map[string]int{"dynamodb": 10, "sqs": 5}},
		{operation: "Publish", nth: 1, until: map[string]int{"sns": 1, "dynamodb": 10, "sqs": 5}},
	}}

	world := awstest.NewWorld(t)
	conf := world.Config(t)
	conf.HTTPClient = &http.Client{Transport: refusing(t, stretches)}

	log := importThrough(t, 2_000, world, conf)

	services := stretches.report(t)
	require.ElementsMatch(t, []string{"dynamodb", "s3", "sns", "sqs"}, slices.Collect(maps.Keys(services)))
	requireSaid(t, log, "ExpiredToken", "dynamojobstore:", "s3blob:|dynamocatalog:", "sqsqueue:", "snsnotify:")
}

// errNoRole is what there is instead of credentials.
var errNoRole = errors.New("the metadata of the machine knows no role")

// TestCredentialsCannotBeFetched has whoever hands out credentials be out of order, twice.
func TestCredentialsCannotBeFetched(t *testing.T) {
	t.Parallel()

	const all = "all services"

	stretches := &outages{next: []*outage{
		{operation: "PutObject", nth: 5, until: map[string]int{all: 60}},
		{operation: "TransactWriteItems", nth: 10, until: map[string]int{all: 60}},
	}}

	world := awstest.NewWorld(t)
	conf := world.Config(t)
	good := conf.Credentials

	calls := awstest.NewFaults(awstest.Transport(t))
	calls.Add(awstest.Fault{Match: func(r *http.Request) bool {
		stretches.note(awstest.Operation(r))

		return false
	}})

	conf.HTTPClient = &http.Client{Transport: calls}
	conf.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if stretches.fails(all) {
			return aws.Credentials{}, errNoRole
		}

		return good.Retrieve(ctx)
	})

	log := importThrough(t, 2_000, world, conf)

	stretches.report(t)
	requireSaid(t, log, errNoRole.Error(), "dynamojobstore:", "s3blob:|dynamocatalog:", "sqsqueue:")
}
