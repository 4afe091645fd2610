package dynamojobstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// The numbers that DynamoDB can keep, but for zero, are this far from it.
const (
	minNumber = 1e-130
	maxNumber = 9.9e125
)

func number(text string) dynamo.Value { return &types.AttributeValueMemberN{Value: text} }

// encode returns the item with the same names and values as the JSON of v, a struct. What
// is null is left out. The error wraps jobstore.ErrInvalid.
func encode(v any) (dynamo.Item, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: no stored form: %w", jobstore.ErrInvalid, err)
	}

	// Numbers as texts: an int64 has more digits than a float64.
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()

	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return nil, fmt.Errorf("%w: no stored form: %w", jobstore.ErrInvalid, err)
	}

	value, err := stored(fields)
	if err != nil {
		return nil, err
	}

	return value.(*types.AttributeValueMemberM).Value, nil
}

// stored returns the value of an attribute for a value of JSON.
func stored(v any) (dynamo.Value, error) {
	switch v := v.(type) {
	case string:
		return dynamo.S(v), nil
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}, nil
	case json.Number:
		f, err := v.Float64()
		if size := math.Abs(f); err != nil || size > maxNumber || size < minNumber && size != 0 {
			return nil, fmt.Errorf("%w: the number %s is out of the range of DynamoDB", jobstore.ErrInvalid, v)
		}

		return number(v.String()), nil
	case []any:
		list := make([]dynamo.Value, len(v))

		for i := range v {
			var err error
			if list[i], err = stored(v[i]); err != nil {
				return nil, err
			}
		}

		return &types.AttributeValueMemberL{Value: list}, nil
	case map[string]any:
		values := make(dynamo.Item, len(v))

		for name, member := range v {
			if member == nil {
				continue
			}

			var err error
			if values[name], err = stored(member); err != nil {
				return nil, err
			}
		}

		return &types.AttributeValueMemberM{Value: values}, nil
	}

	return &types.AttributeValueMemberNULL{Value: true}, nil
}

// decode reads the values of attributes into a struct, by way of JSON. The error wraps
// ErrUnreadable.
func decode(fields map[string]any, into any) error {
	data, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(data, into)
	}

	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}

	return nil
}

// plain returns the value of JSON for the value of an attribute. NULL, and what an SDK of
// later days may know, are nil.
func plain(value dynamo.Value) any {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return json.Number(v.Value)
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberB:
		return v.Value
	case *types.AttributeValueMemberSS:
		return v.Value
	case *types.AttributeValueMemberNS:
		numbers := make([]json.Number, len(v.Value))
		for i := range v.Value {
			numbers[i] = json.Number(v.Value[i])
		}

		return numbers
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i := range v.Value {
			list[i] = plain(v.Value[i])
		}

		return list
	case *types.AttributeValueMemberM:
		fields := make(map[string]any, len(v.Value))
		for name := range v.Value {
			fields[name] = plain(v.Value[name])
		}

		return fields
	}

	return nil
}

// sizeOf returns how many bytes an item takes up, by DynamoDB's rules: names and values,
// and some overhead in lists and maps. Numbers count for at least as much as they do there.
func sizeOf(item dynamo.Item) int {
	size := 0
	for name, value := range item {
		size += len(name) + sizeOfValue(value)
	}

	return size
}

func sizeOfValue(value dynamo.Value) int {
	const overhead = 3 // of a list or map; and one byte for each element

	size := 1 // of BOOL and NULL

	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		size = len(v.Value)
	case *types.AttributeValueMemberB:
		size = len(v.Value)
	case *types.AttributeValueMemberN:
		size = sizeOfNumber(v.Value)
	case *types.AttributeValueMemberSS:
		size = sizeOfAll(v.Value, func(s string) int { return len(s) })
	case *types.AttributeValueMemberNS:
		size = sizeOfAll(v.Value, sizeOfNumber)
	case *types.AttributeValueMemberBS:
		size = sizeOfAll(v.Value, func(b []byte) int { return len(b) })
	case *types.AttributeValueMemberL:
		size = overhead + len(v.Value) + sizeOfAll(v.Value, sizeOfValue)
	case *types.AttributeValueMemberM:
		size = overhead + len(v.Value) + sizeOf(v.Value)
	}

	return size
}

// sizeOfNumber is one byte for two digits, and one more.
func sizeOfNumber(text string) int { return len(text)/2 + 2 }

func sizeOfAll[T any](values []T, sizeOf func(T) int) int {
	size := 0
	for _, value := range values {
		size += sizeOf(value)
	}

	return size
}
