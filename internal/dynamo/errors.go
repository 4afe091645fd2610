package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/internal/awserr"
)

// The sentinels that [Explain] puts before an error of the SDK.
var (
	// ErrCredentials reports credentials that cannot be fetched, are wrong or have
	// expired. Waiting does not help.
	ErrCredentials = awserr.ErrCredentials
	// ErrDenied reports credentials that lack a permission.
	ErrDenied = awserr.ErrDenied
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

// Explain puts what is wrong before an error of the SDK, so that errors.Is and errors.As
// both work: the cause of ctx where that has ended, or else a sentinel of this package.
// Other errors, and those that have a sentinel already, are returned as they are.
func Explain(ctx context.Context, err error) error {
	return awserr.Explain(ctx, err, sentinelOf)
}

// IsTemporary reports whether trying again later may help: the table is throttled, or
// other transactions are writing the same items. It is false for a transaction in
// which a condition failed as well.
func IsTemporary(err error) bool {
	if awserr.Sentinel(err) != nil {
		return false
	}

	sentinel := sentinelOf(err)

	return sentinel == ErrBusy || sentinel == ErrContended
}

// sentinelOf returns the sentinel for an error of the SDK that is not one of the
// credentials, or nil.
func sentinelOf(err error) error {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return sentinelOfReasons(cancelled.CancellationReasons)
	}

	switch awserr.Code(err) {
	case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "Throttling",
		"LimitExceededException":
		return ErrBusy
	case "TransactionConflictException", "TransactionInProgressException":
		return ErrContended
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
