package s3blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/internal/bound"
)

// putParts stores first, a full part, and the rest of source.
func (s *Store) putParts(ctx context.Context, key string, first []byte, source io.Reader, opts *blob.PutOptions) (blob.Info, error) {
	contentType, cacheControl := headers(opts)

	m, err := s.begin(ctx, key, contentType, cacheControl, types.ChecksumAlgorithmCrc32)
	if err != nil {
		return blob.Info{}, err
	}

	var info blob.Info

	parts, err := m.send(ctx, first, source)
	if err == nil {
		err = bound.Allow(ctx, opts)
	}

	if err == nil {
		info, err = m.complete(ctx, parts)
	}

	if errors.Is(err, errReplaced) {
		// Another Put was still faster than to look.
		err = nil
	}

	if err != nil {
		return blob.Info{}, errors.Join(err, m.abort(ctx))
	}

	return info, nil
}

// send uploads first and the rest of source, some parts at a time while the next is
// read. When it returns, no part is under way any more.
func (m *multipart) send(ctx context.Context, first []byte, source io.Reader) ([]types.CompletedPart, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var (
		group, sending = errgroup.WithContext(ctx)
		buffers        = newBuffers(m.store.opts)
		parts          []*types.CompletedPart
	)

	group.SetLimit(m.store.opts.Concurrency)

	// Without a part that is sent there would be no content, so a first one that the
	// source does not follow up is sent as well.
	content, ended := first, false

	for len(content) > 0 && sending.Err() == nil {
		if len(parts) == maxParts {
			cancel()

			return nil, errors.Join(fmt.Errorf("%w: more than %d parts of %d bytes",
				blob.ErrTooLarge, maxParts, m.store.opts.PartSize), ignoreCancelled(group.Wait()))
		}

		number, body := int32(len(parts)+1), content
		part := &types.CompletedPart{PartNumber: &number}
		parts = append(parts, part)
		m.size += int64(len(body))

		group.Go(func() error {
			defer buffers.give(body)

			return m.sendPart(sending, part, body)
		})

		if ended {
			break
		}

		var err error

		content, ended, err = fill(source, buffers.take())
		if err != nil {
			cancel()

			return nil, errors.Join(err, ignoreCancelled(group.Wait()))
		}
	}

	if err := group.Wait(); err != nil {
		return nil, err
	}

	sent := make([]types.CompletedPart, len(parts))
	for i, part := range parts {
		sent[i] = *part
	}

	return sent, nil
}

// ignoreCancelled returns err unless it comes from a part that was told to stop.
func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}

	return err
}

// fill reads r into buffer until that is full or r has ended, and returns what was read.
//
// io.ReadFull would not do: it says io.ErrUnexpectedEOF at the end, which a broken request
// says in the middle.
func fill(r io.Reader, buffer []byte) (content []byte, ended bool, err error) {
	n := 0
	for n < len(buffer) && err == nil {
		var read int

		read, err = r.Read(buffer[n:])
		n += read
	}

	if err == io.EOF {
		return buffer[:n], true, nil
	}

	return buffer[:n], false, err
}

// buffers are the parts in memory: those that are sent, and the one that is read.
type buffers struct {
	size int64
	free chan []byte
	left int // that may still be made
}

// newBuffers counts in the buffer of the first part, which exists already.
func newBuffers(opts Options) *buffers {
	return &buffers{size: opts.PartSize, free: make(chan []byte, opts.Concurrency+1), left: opts.Concurrency}
}

// take returns a buffer of a full part, and waits for one if there are too many. Only
// one goroutine takes.
func (b *buffers) take() []byte {
	select {
	case buffer := <-b.free:
		return buffer[:b.size]
	default:
	}

	if b.left > 0 {
		b.left--

		return make([]byte, b.size)
	}

	return (<-b.free)[:b.size]
}

// give takes a buffer back.
func (b *buffers) give(buffer []byte) { b.free <- buffer }
