package integration_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/internal/awstest"
)

// childVariable makes the test program a worker process that takes jobs from the queue
// until it is killed, or told to end.
const childVariable = "BULKIMPORT_TEST_WORKER"

// containsScope reports whether a signature is for a service.
func containsScope(authorization, service string) bool {
	return strings.Contains(authorization, "/"+service+"/aws4_request")
}

func runChild() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	if err := work(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)

		return 1
	}

	return 0
}

func work(ctx context.Context) (err error) {
	env, err := awsbackend.FromEnvironment(os.Getenv)
	if err != nil {
		return err
	}

	b, err := awsbackend.Open(ctx, env, nil)
	if err != nil {
		return err
	}

	defer func() { err = errors.Join(err, b.Close()) }()

	worker, err := importer.NewWorker(b.Ports(importer.NewProductKind(b.Products, nil)), &importer.WorkerOptions{
		ChunkRows: 50, Jobs: 1, LeaseTTL: time.Second, RetryDelay: 100 * time.Millisecond,
	})
	if err != nil {
		return err
	}

	return worker.Run(ctx)
}

// child is a worker process, which reaches DynamoDB and S3 through proxies that know what
// it is at.
type child struct {
	*exec.Cmd
	stderr strings.Builder
	calls  *awstest.Faults
	// reached is closed at the call at which it is to be killed.
	reached chan struct{}
}

// startChild starts a worker process that is to be killed at its n-th call that writes.
func startChild(t testing.TB, world *awstest.World, n int) *child {
	t.Helper()

	c := &child{Cmd: exec.Command(os.Args[0], "-test.run=^$"), calls: awstest.NewFaults(awstest.Transport(t)), reached: make(chan struct{})}

	// Counts only: one call at a time comes here.
	writes := 0
	c.calls.Add(awstest.Fault{Match: func(r *http.Request) bool {
		switch awstest.Operation(r) {
		case "TransactWriteItems", "UpdateItem", "PutItem", "PutObject":
			if writes++; writes == n {
				close(c.reached)
			}
		}

		return false
	}})

	environment := map[string]string{
		childVariable:               "1",
		"AWS_ENDPOINT_URL_DYNAMODB": awstest.Proxy(t, awstest.Endpoint(t, awstest.DynamoDBVariable), c.calls),
		"AWS_ENDPOINT_URL_S3":       awstest.Proxy(t, awstest.Endpoint(t, awstest.S3Variable), c.calls),
	}

	for name, value := range world.Environment(environment) {
		c.Env = append(c.Env, name+"="+value)
	}

	c.Stderr = &c.stderr
	require.NoError(t, c.Start())
	t.Cleanup(func() {
		if c.ProcessState == nil {
			_ = c.Process.Kill() // unless it has ended
			_ = c.Wait()
		}
	})

	return c
}

// TestSIGKILL kills worker processes, two of which are there at any time, until the import
// has survived many, and wants what an undisturbed import leaves.
func TestSIGKILL(t *testing.T) {
	t.Parallel()

	const (
		rows  = 4_000
		kills = 20
	)

	want := undisturbed(t, file(rows), nil)
	world := awstest.NewWorld(t)
	told := inbox(t, world)
	e := onAWS(t, world, nil, nil)
	id := e.queued(t, file(rows))

	// The sweep that a deployment runs every minute.
	sweeper, err := importer.NewService(e.ports, &importer.ServiceOptions{ResendAfter: time.Second})
	require.NoError(t, err)

	random := rand.New(rand.NewPCG(3, 4))
	seconds := time.NewTicker(200 * time.Millisecond)

	defer seconds.Stop()

	deadline := time.NewTimer(patience)
	defer deadline.Stop()

	next := func() *child { return startChild(t, world, 1+random.IntN(30)) }
	children := [2]*child{next(), next()}
	killed := 0

	kill := func(i int) {
		if killed == kills {
			return
		}

		require.NoError(t, children[i].Process.Signal(syscall.SIGKILL))
		require.Error(t, children[i].Wait(), "it was killed")

		killed++
		children[i] = next()
	}

	for !e.ended(t, id) {
		// Once they have been killed often enough, they are left alone.
		first, second := children[0].reached, children[1].reached
		if killed == kills {
			first, second = nil, nil
		}

		select {
		case <-first:
			kill(0)
		case <-second:
			kill(1)
		case <-seconds.C:
			_, err := sweeper.Sweep(t.Context())
			require.NoError(t, err)
		case <-deadline.C:
			t.Fatalf("the job does not end, after %d kills; the workers said: %s %s", killed, &children[0].stderr, &children[1].stderr)
		}
	}

	for _, c := range children {
		require.NoError(t, c.Process.Signal(syscall.SIGTERM))
		require.NoError(t, c.Wait(), "%s", &c.stderr)
	}

	job, err := e.ports.Jobs.Get(t.Context(), id)
	require.NoError(t, err)
	t.Logf("%d processes were killed, the job was taken %d times", killed, job.Lease.Epoch)
	require.Equal(t, kills, killed, "the import was to last longer")
	requireSame(t, want, e.footprint(t, id))
	require.Len(t, told(), 1, "messages of the end")
}
