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

// Every word that one of the services has for it means the same in the answer of any of
// them.
func TestCodesOfAllServices(t *testing.T) {
	t.Parallel()

	for want, codes := range map[error][]string{
		awserr.ErrCredentials: {
			"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired", "RequestTimeTooSkewed",
			"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken", "XAdminUserNotFound",
			"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "IncompleteSignatureException",
			"MissingAuthenticationToken", "MissingAuthenticationTokenException",
		},
		awserr.ErrDenied: {
			"AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized", "OptInRequired",
			"KMSAccessDenied", "KmsAccessDenied", "KMS.AccessDeniedException",
		},
	} {
		for _, code := range codes {
			err := awserr.Explain(t.Context(), answer(code))
			require.ErrorIs(t, err, want, code)
			require.Equal(t, want, awserr.Sentinel(err), code)
			require.ErrorContains(t, err, want.Error(), code)

			var said smithy.APIError

			require.ErrorAs(t, err, &said, "%s: what the SDK said is lost", code)
			require.Equal(t, err, awserr.Explain(t.Context(), err), "%s: explained once", code)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()

	ended, cancel := context.WithCancelCause(t.Context())
	errShutdown, errBucket := errors.New("shutdown"), errors.New("no such bucket")
	cancel(errShutdown)

	bucket := func(err error) error {
		if awserr.Code(err) != "" {
			return errBucket
		}

		return nil
	}

	require.ErrorIs(t, awserr.Explain(ended, answer("ExpiredToken"), bucket), errShutdown, "the context comes first")
	require.NotErrorIs(t, awserr.Explain(ended, answer("ExpiredToken"), bucket), awserr.ErrCredentials)
	require.ErrorIs(t, awserr.Explain(t.Context(), answer("ExpiredToken"), bucket), awserr.ErrCredentials, "then the credentials")
	require.NotErrorIs(t, awserr.Explain(t.Context(), answer("ExpiredToken"), bucket), errBucket)
	require.ErrorIs(t, awserr.Explain(t.Context(), answer("NoSuchBucket"), bucket), errBucket, "then what the caller knows")

	for name, err := range map[string]error{
		"nothing":            nil,
		"another answer":     answer("NoSuchBucket"),
		"no answer":          errors.New("connection refused"),
		"the words of a row": fmt.Errorf("row 2: %w", answer("Invalid get identity: none")),
	} {
		require.Equal(t, err, awserr.Explain(t.Context(), err), name)
		require.NoError(t, awserr.Sentinel(err), name)
	}
}

func TestCode(t *testing.T) {
	t.Parallel()

	require.Equal(t, "ThrottlingException", awserr.Code(answer("ThrottlingException")))
	require.Empty(t, awserr.Code(errors.New("connection refused")))
	require.Empty(t, awserr.Code(nil))
}
