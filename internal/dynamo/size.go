package dynamo

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// ItemSize returns no less than the size of an item in bytes, as the documentation of
// DynamoDB has it: the names of the attributes and their values in UTF-8.
func ItemSize(item Item) int {
	size := 0
	for name, value := range item {
		size += len(name) + valueSize(value)
	}

	return size
}

func valueSize(value Value) int {
	const (
		perCollection = 3
		perEntry      = 1
		largestNumber = 21
	)

	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return largestNumber
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberL:
		size := perCollection
		for _, entry := range v.Value {
			size += perEntry + valueSize(entry)
		}

		return size
	case *types.AttributeValueMemberM:
		return perCollection + perEntry*len(v.Value) + ItemSize(v.Value)
	case *types.AttributeValueMemberSS:
		return perCollection + sizeOfSet(v.Value)
	case *types.AttributeValueMemberNS:
		return perCollection + largestNumber*len(v.Value)
	case *types.AttributeValueMemberBS:
		return perCollection + sizeOfSet(v.Value)
	}

	return perEntry
}

func sizeOfSet[T string | []byte](entries []T) int {
	size := 0
	for _, entry := range entries {
		size += len(entry)
	}

	return size
}
