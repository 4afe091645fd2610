package dynamojobstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

var (
	// ErrUnreadable reports an item with an attribute that nothing can be made of. The
	// error says which.
	ErrUnreadable = errors.New("dynamojobstore: unreadable item")
	// ErrUnknownOutcome reports a write whose answer was lost, and of which it cannot be
	// told any more whether it happened: others have written the record many times since.
	ErrUnknownOutcome = errors.New("dynamojobstore: it is unknown whether the record was written")
	// ErrOptions reports options that make no sense.
	ErrOptions = errors.New("dynamojobstore: invalid options")
)

// The errors of AWS that say what to do. They come with the SDK's own error.
var (
	// ErrCredentials: the AWS credentials cannot be fetched, are wrong or have expired.
	ErrCredentials = dynamo.ErrCredentials
	// ErrDenied: the credentials lack a permission; the package documentation lists them.
	ErrDenied = dynamo.ErrDenied
	// ErrNoTable: the table, or one of its indexes, does not exist.
	ErrNoTable = dynamo.ErrNoTable
	// ErrBusy: the table was throttled for longer than it was waited for.
	ErrBusy = dynamo.ErrBusy
)

// Client is what a Store uses of a *dynamodb.Client.
type Client = dynamo.Client

// Options are the settings of a Store. The zero value is fit for use.
type Options struct {
	// Now is the clock that decides which records have expired; time.Now where nil. It
	// is called by several goroutines at once.
	Now func() time.Time
	// Attempts is how often a request is made while the table is busy, beyond what the
	// client does itself, and how often Update begins again because others were faster.
	// Waits in between grow. 0 means 12: some fifteen seconds while the table is busy, one
	// or two against other writers.
	Attempts int
	// Logger gets the items that List leaves out because they are unreadable. Default:
	// nothing is logged.
	Logger *slog.Logger
}

// Store is a jobstore.Store and jobstore.UserRecords in a table of DynamoDB. It is safe
// for concurrent use, and any number of Stores, in any number of processes, may share
// the table. It has nothing to close.
type Store struct {
	client Client
	table  string
	now    func() time.Time
	log    *slog.Logger
	// busy is for a table that is throttled, contended for other writers of a record.
	busy, contended *dynamo.Retry
}

var (
	_ jobstore.Store       = (*Store)(nil)
	_ jobstore.UserRecords = (*Store)(nil)
)

// Bounds of the waits for other writers, who are done within milliseconds.
const (
	contendedBase     = 10 * time.Millisecond
	contendedMaxDelay = 300 * time.Millisecond
)

// New returns the store in a table (IMPORT_JOBS_TABLE). opts may be nil. Nothing is asked
// of AWS yet. Options that make no sense give ErrOptions.
func New(client Client, table string, opts *Options) (*Store, error) {
	var o Options
	if opts != nil {
		o = *opts
	}

	switch {
	case client == nil:
		return nil, fmt.Errorf("%w: no client", ErrOptions)
	case table == "":
		return nil, fmt.Errorf("%w: no table", ErrOptions)
	case o.Attempts < 0:
		return nil, fmt.Errorf("%w: %d attempts", ErrOptions, o.Attempts)
	}

	if o.Now == nil {
		o.Now = time.Now
	}

	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}

	return &Store{
		client: client, table: table, now: o.Now, log: o.Logger,
		busy:      &dynamo.Retry{Attempts: o.Attempts},
		contended: &dynamo.Retry{Attempts: o.Attempts, Base: contendedBase, MaxDelay: contendedMaxDelay},
	}, nil
}

// Create implements jobstore.Store. An id that begins as those of the records of users
// do gives jobstore.ErrInvalid, as does a record of more than 400 KB.
func (s *Store) Create(ctx context.Context, j jobstore.Job) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamojobstore: %w", err)
	}

	next, err := jobstore.PrepareCreate(j)
	if err != nil {
		return err
	}

	if strings.HasPrefix(next.ID, userPrefix) {
		return fmt.Errorf("%w: ids that begin with %s are those of users", jobstore.ErrInvalid, userPrefix)
	}

	next.ExpiresAt = roundUp(next.ExpiresAt)

	item, err := encodeJob(&next)
	if err != nil {
		return err
	}

	return s.create(ctx, next.ID, item)
}

// Get implements jobstore.Store, by a consistent read.
func (s *Store) Get(ctx context.Context, id string) (jobstore.Job, error) {
	if err := ctx.Err(); err != nil {
		return jobstore.Job{}, fmt.Errorf("dynamojobstore: %w", err)
	}

	if !isJobID(id) {
		return jobstore.Job{}, notFound(id)
	}

	item, err := s.read(ctx, id)
	if err != nil {
		return jobstore.Job{}, err
	}

	return s.current(id, item)
}

// Update implements jobstore.Store. The package comment says what it does about other
// writers and lost answers. A record that would have more than 400 KB gives
// jobstore.ErrInvalid.
func (s *Store) Update(ctx context.Context, id string, change func(*jobstore.Job) error) (jobstore.Job, error) {
	if err := ctx.Err(); err != nil {
		return jobstore.Job{}, fmt.Errorf("dynamojobstore: %w", err)
	}

	if !isJobID(id) {
		return jobstore.Job{}, notFound(id)
	}

	var next jobstore.Job

	err := s.change(ctx, id, func(stored dynamo.Item) (before, after dynamo.Item, err error) {
		current, err := s.current(id, stored)
		if err != nil {
			return nil, nil, err
		}

		if next, err = jobstore.PrepareUpdate(current, change); err != nil {
			return nil, nil, err
		}

		next.ExpiresAt = roundUp(next.ExpiresAt)

		if before, err = encodeJob(&current); err != nil {
			return nil, nil, err
		}

		after, err = encodeJob(&next)

		return before, after, err
	})
	if err != nil {
		return jobstore.Job{}, err
	}

	return next, nil
}

// current returns the record in an item, or jobstore.ErrNotFound where there is none or
// it has expired.
func (s *Store) current(id string, item dynamo.Item) (jobstore.Job, error) {
	if len(item) == 0 {
		return jobstore.Job{}, notFound(id)
	}

	job, err := decodeJob(item)
	if err != nil {
		return jobstore.Job{}, fmt.Errorf("job %q: %w", id, err)
	}

	if job.Expired(s.now()) {
		return jobstore.Job{}, notFound(id)
	}

	return job, nil
}

// read returns an item by a consistent read; nil where there is none.
func (s *Store) read(ctx context.Context, key string) (dynamo.Item, error) {
	var item dynamo.Item

	err := s.busy.Do(ctx, func() error {
		out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: &s.table, Key: keyOf(key), ConsistentRead: aws.Bool(true),
		})
		if err == nil {
			item = out.Item
		}

		return err
	})
	if err != nil {
		return nil, fmt.Errorf("dynamojobstore: read %q: %w", key, err)
	}

	return item, nil
}

func keyOf(id string) dynamo.Item {
	return dynamo.Item{dynamo.JobID: dynamo.S(id)}
}

// isJobID reports whether a job may have this id. Others are not asked for: DynamoDB
// would refuse them, or, not being UTF-8, they would turn into others on the way.
func isJobID(id string) bool {
	return id != "" && isKey(id) && !strings.HasPrefix(id, userPrefix)
}

func notFound(id string) error {
	return fmt.Errorf("%w: %.100q", jobstore.ErrNotFound, id)
}
