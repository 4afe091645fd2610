package importer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheStopSignalEndsContexts(t *testing.T) {
	t.Parallel()

	s := newStopSignal()
	ctx, release := s.context(t.Context())
	require.NoError(t, ctx.Err())
	require.False(t, s.cutOff(context.Canceled), "nothing has stopped")

	s.set(stopCancel)
	s.set(stopShutdown)
	<-ctx.Done()
	release()

	require.Equal(t, stopCancel, s.why(), "the first reason stays")
	require.ErrorIs(t, context.Cause(ctx), errStopping)
	require.True(t, s.cutOff(context.Cause(ctx)))
	require.True(t, s.cutOff(ctx.Err()))
	require.False(t, s.cutOff(errors.New("the store is away")))
	require.False(t, s.cutOff(nil))

	late, release := s.context(t.Context())
	defer release()

	<-late.Done()
}

func TestReleasingAContextOfTheStopSignal(t *testing.T) {
	t.Parallel()

	s := newStopSignal()
	ctx, release := s.context(t.Context())
	release() // no goroutine stays: goleak looks
	require.Error(t, ctx.Err())
	require.False(t, s.isSet())
}

// The signal sets itself at its deadline, also where nobody asks.
func TestTheStopSignalHasADeadline(t *testing.T) {
	t.Parallel()

	s := newStopSignal()
	timer := s.setAt(time.Now().Add(20*time.Millisecond), time.Now)

	defer timer.Stop()

	<-s.done
	require.Equal(t, stopDeadline, s.why())
}
