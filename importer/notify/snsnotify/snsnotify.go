// Package snsnotify publishes completion messages to a topic of Amazon SNS, for
// whatever subscribes to it: a queue, a function, an HTTPS endpoint, e-mail.
//
// # Message
//
// The message is the JSON of notify.Event, without what is left out for privacy. Its attributes,
// all of type String, are what subscriptions filter by:
//
//	event_id  the same for every attempt to deliver the same event
//	job_type  such as admin_product_import
//	status    completed, completed_with_errors, failed or cancelled
//
// so that a subscription with the filter policy {"status":["failed"]} hears of failures
// only. The subject, which mails have, names status and job.
//
// # More than once
//
// The engine tries again after an error, also after one that hid a success, and SNS
// itself delivers to a standard topic's subscribers at least once. A receiver that must
// act once remembers event_id. On a FIFO topic (its ARN ends in .fifo) the event id is
// the deduplication id and the job the message group, so that SNS drops repetitions
// within five minutes; later ones are still the receiver's to recognise.
//
// # Privacy
//
// Everybody who subscribes to the topic reads the message. It has counts, the status, and
// the names of job, batch, store, user and file; nothing of what the file holds. For that
// reason it says why a job failed by failure_code alone. The sentence, message, is left
// out: it quotes the first row where that is not the names of columns.
// Options.FailureMessage puts it in. The address that the user
// gave for the notification is left out, too, unless Options.EmailAttribute asks for it:
// a subscriber of one's own may look it up in the job record. Where tokens know their users
// by nothing but an e-mail address, user_id is one; Options.OmitUser leaves it out.
// Encrypt the topic (KmsMasterKeyId) and have its policy name the subscribers.
//
// # Permissions
//
// sns:Publish on the topic; with a key of one's own for the topic also
// kms:GenerateDataKey and kms:Decrypt on that key.
package snsnotify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/internal/awserr"
)

var _ notify.Notifier = (*Notifier)(nil)

// The errors of AWS that say what to do. They come with the SDK's own error.
var (
	// ErrCredentials: the AWS credentials cannot be fetched, are wrong or have expired.
	ErrCredentials = awserr.ErrCredentials
	// ErrDenied: the credentials lack a permission; the package documentation lists them.
	ErrDenied = awserr.ErrDenied
)

// Client is what the package needs of the SDK's SNS client.
type Client interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

var _ Client = (*sns.Client)(nil)

// Options are the optional parts of New.
type Options struct {
	// EmailAttribute adds the address that the user gave for the notification to the
	// attributes, as email. Every subscriber of the topic can read it then.
	EmailAttribute bool
	// FailureMessage puts the sentence that says why a job failed into the message, which
	// may quote the first row of the file.
	FailureMessage bool
	// OmitUser leaves the user's id out of the message.
	OmitUser bool
}

// Notifier publishes one message for each event, again for each attempt. It is safe for
// concurrent use.
type Notifier struct {
	client Client
	topic  string
	opts   Options
}

// New returns a notifier that publishes to the topic with this ARN. It makes no
// request. opts may be nil.
func New(client Client, topicARN string, opts *Options) (*Notifier, error) {
	if client == nil {
		return nil, errors.New("snsnotify: New needs a client")
	}

	if parts := strings.SplitN(topicARN, ":", 6); len(parts) != 6 || parts[0] != "arn" || parts[2] != "sns" || parts[5] == "" {
		return nil, fmt.Errorf("snsnotify: %q is not the ARN of a topic, such as arn:aws:sns:ap-south-1:123456789012:import-jobs", topicARN)
	}

	n := &Notifier{client: client, topic: topicARN}
	if opts != nil {
		n.opts = *opts
	}

	return n, nil
}

// Notify implements notify.Notifier. nil says that SNS has the message, not that
// subscribers do: SNS goes on trying by itself. An error of the service, which comes when
// the SDK's retryer has given up, is a *notify.Error. None is final: what SNS refuses (a
// topic that is not there, a permission that is missing) an operator can put right.
func (n *Notifier) Notify(ctx context.Context, e notify.Event) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}

	input, err := n.input(e)
	if err != nil {
		return fmt.Errorf("snsnotify: %w", err)
	}

	if _, err := n.client.Publish(ctx, input); err != nil {
		return &notify.Error{Reason: reason(err), Cause: fmt.Errorf("snsnotify: publish: %w", awserr.Explain(ctx, err))}
	}

	return nil
}

// reason returns a phrase for users.
func reason(err error) string {
	if awserr.Code(err) == "" {
		return "the topic could not be reached"
	}

	return "the topic refused the message"
}

// input returns the request for an event.
func (n *Notifier) input(e notify.Event) (*sns.PublishInput, error) {
	email := e.Email
	e.Email = ""

	if n.opts.OmitUser {
		e.UserID = ""
	}

	if !n.opts.FailureMessage {
		e.Message = ""
	}

	e.Filename = cut(e.Filename, maxFilename)
	e.Message = cut(e.Message, maxMessage)

	message, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("event %s has no JSON form: %w", e.ID, err)
	}

	input := &sns.PublishInput{
		TopicArn: &n.topic,
		Message:  aws.String(string(message)),
		Subject:  subject(e),
		MessageAttributes: attributes(map[string]string{
			"event_id": e.ID, "job_type": e.JobType, "status": e.Status,
		}),
	}

	if n.opts.EmailAttribute && email != "" {
		input.MessageAttributes["email"] = attribute(email)
	}

	if strings.HasSuffix(n.topic, ".fifo") {
		input.MessageGroupId = aws.String(token(e.JobID))
		input.MessageDeduplicationId = aws.String(token(e.ID))
	}

	return input, nil
}

// attributes leaves out those without a value, which SNS refuses.
func attributes(values map[string]string) map[string]types.MessageAttributeValue {
	set := make(map[string]types.MessageAttributeValue, len(values)+1)

	for name, value := range values {
		if value != "" {
			set[name] = attribute(value)
		}
	}

	return set
}

func attribute(value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{
		DataType: aws.String("String"), StringValue: aws.String(strings.ToValidUTF8(value, "\ufffd")),
	}
}

// Bounds of what users can make long, in bytes: far below the 256 KB of a message.
const (
	maxFilename = 1 << 10
	maxMessage  = 4 << 10
)

// cut shortens a text to at most limit bytes, at the end of a character.
func cut(text string, limit int) string {
	const more = "…"

	if len(text) <= limit {
		return text
	}

	return strings.ToValidUTF8(text[:limit-len(more)], "") + more
}

// maxSubject is the longest subject, in characters.
const maxSubject = 99

// subject returns a subject that SNS accepts: ASCII without control characters, that
// begins with a letter. nil says that there is none.
func subject(e notify.Event) *string {
	text := "Import " + strings.ReplaceAll(e.Status, "_", " ") + ": " + e.JobID

	for _, r := range text {
		if r < ' ' || r > '~' {
			return nil // a job id that is not of the engine's making
		}
	}

	return aws.String(text[:min(len(text), maxSubject)])
}

// token returns an id as SNS accepts it for groups and deduplication: up to 128 letters,
// digits and punctuation. Others are replaced by their digest.
func token(id string) string {
	ok := len(id) > 0 && len(id) <= 128
	for _, r := range id {
		ok = ok && r > ' ' && r <= '~'
	}

	if ok {
		return id
	}

	sum := sha256.Sum256([]byte(id))

	return hex.EncodeToString(sum[:])
}
