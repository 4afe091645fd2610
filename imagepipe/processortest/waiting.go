package processortest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func waitCases() []testCase {
	return []testCase{
		{Name: "a context that has ended", Run: ended},
		{Name: "a context that ends in the queue", Run: endsInQueue, Alone: true},
	}
}

// requireCause checks the error of a context.
func requireCause(t testing.TB, picture *imagepipe.Picture, err, cause error) {
	t.Helper()

	require.Nil(t, picture)
	require.ErrorIs(t, err, cause)

	var known *imagepipe.Error
	require.False(t, errors.As(err, &known), "nothing is wrong with the picture: %v", err)
}

func ended(t testing.TB, h Harness) {
	t.Helper()

	cause := errors.New("the import was cancelled")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)

	picture, err := h.New(t, Limits{}).Process(ctx, jpegOf(t, scene(1, 600, 400), 90))
	requireCause(t, picture, err, cause)
}

// endsInQueue fills a queue that one worker works off, and cancels what stands at its end.
// It must leave while others are still in front of it.
func endsInQueue(t testing.TB, h Harness) {
	t.Helper()

	const queued = 10

	p := h.New(t, Limits{Workers: 1})
	file := jpegOf(t, scene(1, 1000, 800), 90)
	finished := make(chan error, queued)

	for range queued {
		go func() {
			_, err := p.Process(t.Context(), file)
			finished <- err
		}()
	}

	// When the first is through, the others have long been waiting.
	require.NoError(t, <-finished)

	cause := errors.New("the import was cancelled")
	ctx, cancel := context.WithCancelCause(t.Context())
	result := make(chan error, 1)

	go func() {
		picture, err := p.Process(ctx, file)
		if picture != nil {
			err = fmt.Errorf("the picture was processed, %w", err)
		}

		result <- err
	}()

	require.NoError(t, <-finished)
	cancel(cause)

	err := <-result
	before := len(finished)

	requireCause(t, nil, err, cause)
	require.Less(t, before, queued-3, "it stayed in the queue to the end")

	for range queued - 2 {
		require.NoError(t, <-finished)
	}
}
