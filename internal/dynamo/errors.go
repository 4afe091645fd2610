package dynamo

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// The sentinels that [Explain] puts before an error of the SDK.
var (
	// ErrCredentials reports that there are no credentials, or that they are wrong or
	// have expired. Waiting does not help.
	ErrCredentials = errors.New("dynamo: AWS refused the credentials: they are missing, wrong or have expired")
	// ErrDenied reports credentials that lack a permission.
	ErrDenied = errors.New("dynamo: AWS denied access: the credentials lack a permission")
	// ErrNoTable reports a table or index that does not exist, or not yet.
	ErrNoTable = errors.New("dynamo: there is no such table or index")
	// ErrBusy reports a table that is throttled.
	ErrBusy = errors.New("dynamo: the table is busy")
	// ErrContended reports items that other transactions held on to.
	ErrContended = errors.New("dynamo: other transactions are writing the same items")
	// ErrRefused reports a request or an item that DynamoDB cannot take, such as one of
	// more than 400 KB.
	ErrRefused = errors.New("dynamo: DynamoDB cannot take the request")
)

// Codes of the reasons for which a transaction is cancelled, as
// types.CancellationReason has them.
const (
	ReasonNone        = "None"
	ReasonCondition   = "ConditionalCheckFailed"
	ReasonConflict    = "TransactionConflict"
	ReasonThrottling  = "ThrottlingError"
	ReasonProvisioned = "ProvisionedThroughputExceeded"
	ReasonSize        = "ItemCollectionSizeLimitExceeded"
	ReasonValidation  = "ValidationError"
)

// Explain puts the sentinel of this package that says what is wrong before an error of
// the SDK, so that errors.Is and errors.As both work. Other errors, and those that have a sentinel
// already, are returned as they are.
func Explain(err error) error {
	sentinel := sentinelOf(err)
	if sentinel == nil || errors.Is(err, sentinel) {
		return err
	}

	return fmt.Errorf("%w: %w", sentinel, err)
}

// IsTemporary reports whether trying again later may help: the table is throttled, or
// other transactions are writing the same items. It is false for a transaction in
// which a condition failed as well.
func IsTemporary(err error) bool {
	sentinel := sentinelOf(err)

	return sentinel == ErrBusy || sentinel == ErrContended
}

// sentinelOf returns the sentinel for an error of the SDK, or nil.
func sentinelOf(err error) error {
	var (
		cancelled *types.TransactionCanceledException
		signing   *v4.SigningError
		api       smithy.APIError
	)

	switch {
	case errors.As(err, &cancelled):
		return sentinelOfReasons(cancelled.CancellationReasons)
	case errors.As(err, &signing):
		return ErrCredentials
	case !errors.As(err, &api):
		return nil
	}

	switch api.ErrorCode() {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "Throttling",
		"LimitExceededException":
		return ErrBusy
	case "TransactionConflictException", "TransactionInProgressException":
		return ErrContended
	case "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidSignatureException",
		"SignatureDoesNotMatch", "IncompleteSignatureException", "IncompleteSignature", "InvalidClientTokenId",
		"MissingAuthenticationTokenException", "MissingAuthenticationToken", "RequestExpired":
		return ErrCredentials
	case "AccessDeniedException", "AccessDenied", "OptInRequired":
		return ErrDenied
	case "ResourceNotFoundException":
		return ErrNoTable
	case "ValidationException", "ItemCollectionSizeLimitExceededException", "SerializationException":
		return ErrRefused
	}

	return nil
}

// sentinelOfReasons weighs the reasons of a cancelled transaction: what cannot be
// helped comes before what can.
func sentinelOfReasons(reasons []types.CancellationReason) error {
	var sentinel error

	for _, reason := range reasons {
		if reason.Code == nil {
			continue
		}

		switch *reason.Code {
		case ReasonCondition:
			return nil
		case ReasonValidation, ReasonSize:
			return ErrRefused
		case ReasonThrottling, ReasonProvisioned:
			sentinel = ErrBusy
		case ReasonConflict:
			if sentinel == nil {
				sentinel = ErrContended
			}
		}
	}

	return sentinel
}
