package awserr_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/awserr"
)

func answer(code string) error {
	return fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: code, Message: "as the service puts it"})
}

func TestExplain(t *testing.T) {
	t.Parallel()

	ended, cancel := context.WithCancelCause(t.Context())
	errShutdown := errors.New("shutdown")
	cancel(errShutdown)

	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want error
	}{
		"expired credentials":        {t.Context(), answer("ExpiredToken"), awserr.ErrCredentials},
		"expired, as DynamoDB says":  {t.Context(), answer("ExpiredTokenException"), awserr.ErrCredentials},
		"unknown key":                {t.Context(), answer("UnrecognizedClientException"), awserr.ErrCredentials},
		"the context before the SDK": {ended, answer("ExpiredToken"), errShutdown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := awserr.Explain(c.ctx, c.err)
			require.ErrorIs(t, err, c.want)
			require.ErrorIs(t, err, c.err, "what the SDK said is lost")
		})
	}

	for name, err := range map[string]error{
		"nothing":              nil,
		"a missing permission": answer("AccessDeniedException"),
		"no answer":            errors.New("connection refused"),
	} {
		require.Equal(t, err, awserr.Explain(t.Context(), err), name)
	}
}

func TestCode(t *testing.T) {
	t.Parallel()

	require.Equal(t, "ThrottlingException", awserr.Code(answer("ThrottlingException")))
	require.Empty(t, awserr.Code(errors.New("connection refused")))
	require.Empty(t, awserr.Code(nil))
}
