package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

func TestExplain(t *testing.T) {
	t.Parallel()

	coded := func(code string) error { return &smithy.GenericAPIError{Code: code} }
	unfetched := func(err error) error { return fmt.Errorf("get identity: get credentials: %w", err) }
	cancelled := func(codes ...string) error {
		var reasons []types.CancellationReason
		for _, code := range codes {
			reasons = append(reasons, types.CancellationReason{Code: aws.String(code)})
		}

		return &types.TransactionCanceledException{CancellationReasons: append(reasons, types.CancellationReason{})}
	}

	tests := []struct {
		name      string
		err       error
		want      error // nil: left as it is
		temporary bool
	}{
		{"throttled", &types.ProvisionedThroughputExceededException{}, dynamo.ErrBusy, true},
		{"request limit", &types.RequestLimitExceeded{}, dynamo.ErrBusy, true},
		{"throttling", &types.ThrottlingException{}, dynamo.ErrBusy, true},
		{"conflict of one write", &types.TransactionConflictException{}, dynamo.ErrContended, true},
		{"transaction in progress", &types.TransactionInProgressException{}, dynamo.ErrContended, true},
		{"no table", &types.ResourceNotFoundException{}, dynamo.ErrNoTable, false},
		{"condition", &types.ConditionalCheckFailedException{}, nil, false},
		{"server", &types.InternalServerError{}, nil, false},
		{"validation", coded("ValidationException"), dynamo.ErrRefused, false},
		{"expired", coded("ExpiredTokenException"), dynamo.ErrCredentials, false},
		{"unknown key", coded("UnrecognizedClientException"), dynamo.ErrCredentials, false},
		{"unknown key, as S3 says", coded("InvalidAccessKeyId"), dynamo.ErrCredentials, false},
		{"unknown session", coded("InvalidToken"), dynamo.ErrCredentials, false},
		{"session to be renewed", coded("TokenRefreshRequired"), dynamo.ErrCredentials, false},
		{"wrong secret", coded("InvalidSignatureException"), dynamo.ErrCredentials, false},
		{"no credentials", unfetched(errors.New("none")), dynamo.ErrCredentials, false},
		{"who hands out credentials throttles", unfetched(&types.ThrottlingException{}), dynamo.ErrCredentials, false},
		{"no permission", coded("AccessDeniedException"), dynamo.ErrDenied, false},
		{"unknown", coded("Whatever"), nil, false},
		{"none of AWS", errors.New("broken pipe"), nil, false},
		{"cancelled by conflict", cancelled("None", "TransactionConflict"), dynamo.ErrContended, true},
		{"cancelled by throttling", cancelled("TransactionConflict", "ThrottlingError"), dynamo.ErrBusy, true},
		{"cancelled by a condition", cancelled("TransactionConflict", "ConditionalCheckFailed"), nil, false},
		{"cancelled by validation", cancelled("TransactionConflict", "ValidationError"), dynamo.ErrRefused, false},
		{"cancelled for no reason", cancelled(), nil, false},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			wrapped := &smithy.OperationError{ServiceID: "DynamoDB", OperationName: "X", Err: test.err}
			got := dynamo.Explain(t.Context(), wrapped)

			require.ErrorIs(t, got, test.err, "the cause stays")
			require.Equal(t, test.temporary, dynamo.IsTemporary(wrapped))
			require.Equal(t, test.temporary, dynamo.IsTemporary(got), "also when it is explained")
			require.Equal(t, got, dynamo.Explain(t.Context(), got), "explained once")

			if test.want == nil {
				require.Equal(t, error(wrapped), got)
			} else {
				require.ErrorIs(t, got, test.want)
			}
		})
	}

	require.NoError(t, dynamo.Explain(t.Context(), nil))

	ended, cancel := context.WithCancelCause(t.Context())
	errShutdown := errors.New("shutdown")
	cancel(errShutdown)
	require.ErrorIs(t, dynamo.Explain(ended, coded("ExpiredTokenException")), errShutdown)
	require.NotErrorIs(t, dynamo.Explain(ended, coded("ExpiredTokenException")), dynamo.ErrCredentials)
}
