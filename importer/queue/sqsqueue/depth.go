package sqsqueue

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/internal/awserr"
)

var _ queue.Depther = (*Queue)(nil)

// The attributes of a queue that its depth is made of.
const (
	attributeWaiting = types.QueueAttributeNameApproximateNumberOfMessages
	attributeDelayed = types.QueueAttributeNameApproximateNumberOfMessagesDelayed
	attributeInHand  = types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
)

// Depth implements queue.Depther, by one request. The figures are approximate and up to a
// minute old. What Nack delays, and what came before its time, counts as in hand: SQS does
// not tell them apart.
func (q *Queue) Depth(ctx context.Context) (queue.Depth, error) {
	if err := q.ready(ctx); err != nil {
		return queue.Depth{}, err
	}

	out, err := q.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &q.url, AttributeNames: []types.QueueAttributeName{attributeWaiting, attributeDelayed, attributeInHand},
	})
	if err != nil {
		return queue.Depth{}, fmt.Errorf("sqsqueue: depth: %w", awserr.Explain(ctx, err))
	}

	var depth queue.Depth

	for name, figure := range map[types.QueueAttributeName]*int64{
		attributeWaiting: &depth.Waiting, attributeDelayed: &depth.Delayed, attributeInHand: &depth.InHand,
	} {
		if *figure, err = strconv.ParseInt(out.Attributes[string(name)], 10, 64); err != nil {
			return queue.Depth{}, fmt.Errorf("sqsqueue: depth: %s: %w", name, err)
		}
	}

	return depth, nil
}
