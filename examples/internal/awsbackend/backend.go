// Package awsbackend puts the backends on AWS together, for every program that runs on
// them: jobs and catalogue in DynamoDB, files and images in S3, messages through SQS and
// SNS.
//
// The environment names what they use ([FromEnvironment]); credentials, region and
// endpoints are those of the AWS SDK, which reads AWS_REGION, AWS_PROFILE and their
// neighbours. AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_DYNAMODB, _S3, _SQS and _SNS, point
// to other servers that speak these protocols; buckets then stand in the path of URLs.
package awsbackend

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/importer/blob/s3blob"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/lognotify"
	"github.com/vyapaarai/bulkimport/importer/notify/snsnotify"
	"github.com/vyapaarai/bulkimport/importer/queue/sqsqueue"
	"github.com/vyapaarai/bulkimport/jobstore/dynamojobstore"
)

// Options are the optional parts of Open. Zero fields mean the defaults that are given
// with them.
type Options struct {
	// Config is the configuration of the SDK. Default: that of the environment.
	Config *aws.Config
	// Logger gets what operators should know. Default: nothing is logged.
	Logger *slog.Logger
	// Metrics, where not nil, get the ends of jobs.
	Metrics *emf.Metrics
	// Now is the clock. Default time.Now.
	Now func() time.Time
}

// The channels over which the programs tell of the ends of jobs, besides emf.Channel. The
// engine remembers by these names what is delivered, so they are the same in every program.
const (
	ChannelLog   = "log"
	ChannelTopic = "topic"
)

// Backend is all the backends. It is safe for concurrent use.
type Backend struct {
	Environment

	Jobs     *dynamojobstore.Store
	Products *dynamocatalog.Store
	// Inventory is what stores have of the products.
	Inventory *dynamocatalog.Inventory
	// Files are uploads, ledgers and reports, Images those of products. Both sign URLs.
	Files, Images *s3blob.Store
	Queue         *sqsqueue.Queue
	// Topic tells the topic; nil where none is named.
	Topic notify.Notifier
	// Notifier tells the metrics, where there are any, and the topic, or, where none is
	// named, the log.
	Notifier notify.Notifier

	// SQS is the client of the queue, for a function that is handed its messages.
	SQS *sqs.Client
}

// connections is how many idle connections to a service are kept: as many requests as a
// chunk's lookups, creations and images have under way together.
const connections = 64

// Open puts the backends together. Nothing is asked of AWS yet but, where it has them
// from there, credentials. opts may be nil.
func Open(ctx context.Context, env Environment, opts *Options) (*Backend, error) {
	var o Options
	if opts != nil {
		o = *opts
	}

	if o.Now == nil {
		o.Now = time.Now
	}

	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}

	if o.Config == nil {
		loaded, err := load(ctx)
		if err != nil {
			return nil, err
		}

		o.Config = &loaded
	}

	b := &Backend{Environment: env, SQS: sqs.NewFromConfig(*o.Config)}

	if err := b.open(*o.Config, o); err != nil {
		return nil, err
	}

	return b, nil
}

// load reads the configuration of the environment.
func load(ctx context.Context) (aws.Config, error) {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns = 4 * connections
		t.MaxIdleConnsPerHost = connections
	})

	loaded, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(client))
	if err != nil {
		return aws.Config{}, fmt.Errorf("awsbackend: configuration of AWS: %w", err)
	}

	if loaded.Region == "" {
		return aws.Config{}, fmt.Errorf("%w: AWS_REGION is not set; it names the region of tables, buckets and queue", ErrEnvironment)
	}

	return loaded, nil
}

func (b *Backend) open(conf aws.Config, o Options) error {
	var err error

	database := dynamodb.NewFromConfig(conf)

	b.Jobs, err = dynamojobstore.New(database, b.JobsTable, &dynamojobstore.Options{Now: o.Now, Logger: o.Logger})
	if err != nil {
		return fmt.Errorf("%s: %w", EnvJobsTable, err)
	}

	b.Products, err = dynamocatalog.New(database, b.ProductsTable, b.IdentityKeysTable, &dynamocatalog.Options{GSIFallback: b.GSIFallback})
	if err != nil {
		return fmt.Errorf("%s, %s: %w", EnvProductsTable, EnvIdentityKeysTable, err)
	}

	if b.Inventory, err = dynamocatalog.NewInventory(database, b.InventoryTable, nil); err != nil {
		return fmt.Errorf("%s: %w", EnvInventoryTable, err)
	}

	files := s3.NewFromConfig(conf, pathStyleElsewhere)

	if b.Files, err = s3blob.New(files, b.UploadsBucket, nil); err != nil {
		return fmt.Errorf("%s: %w", EnvUploadsBucket, err)
	}

	if b.Images, err = s3blob.New(files, b.ImagesBucket, nil); err != nil {
		return fmt.Errorf("%s: %w", EnvImagesBucket, err)
	}

	if b.Queue, err = sqsqueue.New(b.SQS, b.QueueURL, &sqsqueue.Options{Logger: o.Logger}); err != nil {
		return fmt.Errorf("%s: %w", EnvQueueURL, err)
	}

	if b.TopicARN != "" {
		if b.Topic, err = snsnotify.New(sns.NewFromConfig(conf), b.TopicARN, nil); err != nil {
			return fmt.Errorf("%s: %w", EnvTopicARN, err)
		}
	}

	b.Notifier, err = b.notifier(o)

	return err
}

// notifier puts the channels together. The metrics come first: they take a moment, and are
// written also where the topic is slow and the program is stopped meanwhile.
func (b *Backend) notifier(o Options) (notify.Notifier, error) {
	var channels []notify.Channel

	if o.Metrics != nil {
		channels = append(channels, notify.Channel{Name: emf.Channel, Notifier: emf.NewNotifier(o.Metrics, b.Jobs)})
	}

	if b.Topic != nil {
		channels = append(channels, notify.Channel{Name: ChannelTopic, Notifier: b.Topic})
	} else {
		channels = append(channels, notify.Channel{Name: ChannelLog, Notifier: lognotify.New(o.Logger)})
	}

	return notify.NewMulti(channels...)
}

// pathStyleElsewhere has the bucket stand in the path where the server is not Amazon's:
// a server elsewhere rarely has a name for each bucket.
func pathStyleElsewhere(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil }

// Ports returns the ports of the engine for these kinds of jobs.
func (b *Backend) Ports(kinds ...importer.Kind) importer.Ports {
	return importer.Ports{
		Jobs: b.Jobs, Files: b.Files, Queue: b.Queue, Signer: b.Files, Notifier: b.Notifier, Kinds: kinds,
	}
}

// imageURLs is for how long the signed URL of an image is good, and imageKeep for how long
// clients may keep the redirect to it.
const (
	imageURLs = time.Hour
	imageKeep = 30 * time.Minute
)

// ImageURL returns a URL that serves an image for an hour, and for how long clients may
// keep it. It is for the API, which redirects to it.
func (b *Backend) ImageURL(ctx context.Context, key string) (address string, keep time.Duration, err error) {
	address, err = b.Images.SignGet(ctx, key, "", imageURLs)

	return address, imageKeep, err
}

// FilesOrigin returns the scheme and host that the signed URLs of files have, which the
// page uploads to.
func (b *Backend) FilesOrigin(ctx context.Context) (string, error) {
	signed, err := b.Files.SignGet(ctx, "origin", "", time.Minute)
	if err != nil {
		return "", fmt.Errorf("awsbackend: find the address of files: %w", err)
	}

	u, err := url.Parse(signed)
	if err != nil {
		return "", fmt.Errorf("awsbackend: address of files: %w", err)
	}

	return u.Scheme + "://" + u.Host, nil
}

// Close brings to rest what runs in the background, and loses nothing.
func (b *Backend) Close() error {
	if b.Queue == nil {
		return nil
	}

	return b.Queue.Close()
}
