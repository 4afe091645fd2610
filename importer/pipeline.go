package importer

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// pending is a chunk that is being prepared.
type pending struct {
	chunk    *Chunk
	prepared chan error // gets one value
}

// pipeline imports the file from the checkpoint on: one goroutine reads chunks,
// some prepare them, one applies them in order and one commits them. It returns
// when the file is at its end, when the stop signal is set, or on an error; what
// was applied is committed then, unless committing itself failed. failure is why a
// damaged file cannot be read on.
//
// The channels bound how many chunks are in memory: ChunksAhead being prepared and
// one each being read, applied and committed.
func (r *run) pipeline(ctx context.Context) (failure, err error) {
	ahead := make(chan *pending, r.worker.opts.ChunksAhead-1)
	applied := make(chan *Chunk)

	group, working := errgroup.WithContext(ctx)

	preparing, release := r.stop.context(working)
	defer release()

	chunks, err := r.openChunks(working)
	if err != nil {
		return nil, err
	}
	defer chunks.close()

	group.Go(func() error {
		defer close(ahead)

		return guard(func() error { return r.prepareChunks(working, preparing, group, chunks, ahead) })
	})

	group.Go(func() error {
		defer close(applied)

		return guard(func() error { return r.applyChunks(working, ahead, applied) })
	})

	group.Go(func() error {
		// Not the group's context: when another stage fails, what was applied
		// before is committed all the same.
		return guard(func() (err error) {
			failure, err = r.commitChunks(ctx, applied)

			return err
		})
	})

	err = group.Wait()
	r.telemetry.pipelineDone(err)

	return failure, err
}

// prepareChunks reads chunks and starts to prepare each, with the context preparing,
// which also ends when the run is to stop: what is prepared then is dropped anyway,
// and waiting for images can take minutes.
func (r *run) prepareChunks(ctx, preparing context.Context, group *errgroup.Group, chunks *chunkReader, ahead chan<- *pending) error {
	for !r.stop.isSet() {
		chunk, err := r.readChunk(ctx, chunks)
		if err != nil {
			return err
		}

		p := &pending{chunk: chunk, prepared: make(chan error, 1)}

		// A place in the channel first: it is what bounds the chunks in memory.
		select {
		case ahead <- p:
		case <-ctx.Done():
			return context.Cause(ctx)
		}

		group.Go(func() error {
			err := guard(func() error { return r.prepare(preparing, chunk) })
			p.prepared <- err

			if r.stop.cutOff(err) {
				return nil // the other stages go on to the end of their chunks
			}

			return err
		})

		if chunk.last {
			return nil
		}
	}

	return nil
}

// readChunk reads the next chunk.
func (r *run) readChunk(ctx context.Context, chunks *chunkReader) (*Chunk, error) {
	begin, before := time.Now(), chunks.source.count()

	chunk, err := chunks.next(ctx)
	if err != nil {
		return nil, err
	}

	r.telemetry.chunkRead(ctx, chunk, begin, chunks.source.count()-before)

	return chunk, nil
}

// prepare has the session prepare a chunk.
func (r *run) prepare(ctx context.Context, c *Chunk) (err error) {
	ctx, done := measure(r.telemetry.within(ctx, c), stagePrepare)
	defer func() { done(err) }()

	return r.session.Prepare(ctx, c)
}

// apply has the session apply a chunk.
func (r *run) apply(ctx context.Context, c *Chunk) (err error) {
	ctx, done := measure(r.telemetry.within(ctx, c), stageApply)
	defer func() { done(err) }()

	return r.session.Apply(ctx, c)
}

// applyChunks applies chunks in file order. Once the stop signal is set it only
// waits for those being prepared, which is not long, and drops them.
func (r *run) applyChunks(ctx context.Context, ahead <-chan *pending, applied chan<- *Chunk) error {
	for p := range ahead {
		select {
		case err := <-p.prepared:
			if err != nil && !r.stop.cutOff(err) {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}

		if r.stop.isSet() {
			if err := r.drop(ctx, p.chunk); err != nil {
				return err
			}

			continue
		}

		if r.leaseIsOver() {
			return fmt.Errorf("%w: it ran out before rows from %d", jobstore.ErrLeaseLost, p.chunk.Start.Row)
		}

		if err := r.apply(ctx, p.chunk); err != nil {
			return fmt.Errorf("importer: apply rows from %d: %w", p.chunk.Start.Row, err)
		}

		select {
		case applied <- p.chunk:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}

	return nil
}

// drop gives up a chunk whose preparation has ended or was cut off. A job that goes
// on later prepares it again.
func (r *run) drop(ctx context.Context, c *Chunk) error {
	if r.stop.why() != stopCancel {
		return nil
	}

	if err := r.session.Drop(ctx, c); err != nil {
		return fmt.Errorf("importer: drop rows from %d: %w", c.Start.Row, err)
	}

	return nil
}

// commitChunks commits chunks in file order.
func (r *run) commitChunks(ctx context.Context, applied <-chan *Chunk) (failure, err error) {
	for chunk := range applied {
		if err := r.commit(ctx, chunk); err != nil {
			return nil, err
		}

		if chunk.failure != nil {
			failure = chunk.failure
		}
	}

	return failure, nil
}
