package dynamo

import "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

// Value is the value of an attribute.
type Value = types.AttributeValue

// S returns a text as a value. Bytes that are not UTF-8 do not survive the way.
func S(text string) Value { return &types.AttributeValueMemberS{Value: text} }

// Text returns the text of a value; false where it is none.
func Text(value Value) (string, bool) {
	text, ok := value.(*types.AttributeValueMemberS)
	if !ok || text == nil {
		return "", false
	}

	return text.Value, true
}
