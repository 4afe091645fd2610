package memqueue

import (
	"context"
	"time"

	"github.com/vyapaarai/bulkimport/importer/queue"
)

var _ queue.Depther = (*Queue)(nil)

// Depth implements queue.Depther, exactly.
func (q *Queue) Depth(ctx context.Context) (queue.Depth, error) {
	var depth queue.Depth

	err := q.do(ctx, func() error {
		now := time.Now()

		for _, e := range q.entries {
			switch {
			case !now.Before(e.due):
				depth.Waiting++
			case e.holder != nil:
				depth.InHand++
			default:
				depth.Delayed++
			}
		}

		return nil
	})

	return depth, err
}
