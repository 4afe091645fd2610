package dynamo

import (
	"context"
	"maps"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Usage is what requests have cost.
type Usage struct {
	// Requests are the requests made, failed ones included, by the name of the
	// operation. Attempts that the SDK repeats by itself count once.
	Requests map[string]int64
	// ReadUnits and WriteUnits are the capacity units consumed, indexes included, as
	// the server reports them. Requests that fail report none, though AWS bills
	// transactions that it cancels.
	ReadUnits, WriteUnits float64
}

// Total returns the number of all requests.
func (u Usage) Total() int64 {
	var total int64
	for n := range maps.Values(u.Requests) {
		total += n
	}

	return total
}

// Meter counts the requests of a client and what they cost. The zero value is ready for
// use; its methods may be called concurrently.
//
//	client := dynamodb.NewFromConfig(config, meter.Measure)
type Meter struct {
	mu    sync.Mutex
	usage Usage
}

// Take returns what was used since the last call of Take.
func (m *Meter) Take() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()

	usage := m.usage
	m.usage = Usage{}

	return usage
}

// Measure is an option of a client. Every request then asks for a report of the
// capacity that it consumes; the field for it is set in the input that was passed in.
func (m *Meter) Measure(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("bulkimport.Meter", m.handle), middleware.After)
	})
}

func (m *Meter) handle(
	ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
) (middleware.InitializeOutput, middleware.Metadata, error) {
	askForReport(in.Parameters)

	out, metadata, err := next.HandleInitialize(ctx, in)
	m.count(awsmiddleware.GetOperationName(ctx), reports(out.Result))

	return out, metadata, err
}

// count notes a request.
func (m *Meter) count(operation string, reports []types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()

	if m.usage.Requests == nil {
		m.usage.Requests = make(map[string]int64)
	}

	m.usage.Requests[operation]++

	for _, report := range reports {
		switch {
		case report.ReadCapacityUnits != nil || report.WriteCapacityUnits != nil:
			m.usage.ReadUnits += deref(report.ReadCapacityUnits)
			m.usage.WriteUnits += deref(report.WriteCapacityUnits)
		case isRead(operation):
			m.usage.ReadUnits += deref(report.CapacityUnits)
		default:
			m.usage.WriteUnits += deref(report.CapacityUnits)
		}
	}
}

func isRead(operation string) bool {
	switch operation {
	case "GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems":
		return true
	}

	return false
}

// askForReport has the answer to a request tell what it consumed.
func askForReport(input any) {
	const total = types.ReturnConsumedCapacityTotal

	switch in := input.(type) {
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.PutItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.UpdateItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.DeleteItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.ScanInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.BatchGetItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.BatchWriteItemInput:
		in.ReturnConsumedCapacity = total
	case *dynamodb.TransactWriteItemsInput:
		in.ReturnConsumedCapacity = total
	}
}

// reports returns what an answer tells of the capacity consumed.
func reports(output any) []types.ConsumedCapacity {
	var single *types.ConsumedCapacity

	switch out := output.(type) {
	case *dynamodb.GetItemOutput:
		single = out.ConsumedCapacity
	case *dynamodb.PutItemOutput:
		single = out.ConsumedCapacity
	case *dynamodb.UpdateItemOutput:
		single = out.ConsumedCapacity
	case *dynamodb.DeleteItemOutput:
		single = out.ConsumedCapacity
	case *dynamodb.QueryOutput:
		single = out.ConsumedCapacity
	case *dynamodb.ScanOutput:
		single = out.ConsumedCapacity
	case *dynamodb.BatchGetItemOutput:
		return out.ConsumedCapacity
	case *dynamodb.BatchWriteItemOutput:
		return out.ConsumedCapacity
	case *dynamodb.TransactWriteItemsOutput:
		return out.ConsumedCapacity
	}

	if single == nil {
		return nil
	}

	return []types.ConsumedCapacity{*single}
}

func deref(units *float64) float64 {
	if units == nil {
		return 0
	}

	return *units
}
