package dynamojobstore

import (
	"maps"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// merge returns the attributes to set and those to remove, so that an item as it is
// stored comes to hold what after has in place of before, which is what of the item is
// known here. What is not known (attributes of a later version, or of others, in maps and
// in elements of lists, too) stays as it is, and so does the spelling of what has not
// changed.
func merge(raw, before, after dynamo.Item) (set dynamo.Item, remove []string) {
	set = dynamo.Item{}

	for name, value := range after {
		merged := mergeValue(raw[name], before[name], value)
		if slices.Contains(indexAttributes(), name) {
			merged = value // other spellings would sort in another way
		}

		if !equal(merged, raw[name]) {
			set[name] = merged
		}
	}

	for name := range before {
		if _, stays := after[name]; !stays && raw[name] != nil {
			remove = append(remove, name)
		}
	}

	return set, remove
}

// mergeValue is merge for one value, at any depth.
func mergeValue(raw, before, after dynamo.Value) dynamo.Value {
	if raw != nil && equal(before, after) {
		return raw
	}

	switch after := after.(type) {
	case *types.AttributeValueMemberM:
		raw, okRaw := raw.(*types.AttributeValueMemberM)
		before, okBefore := before.(*types.AttributeValueMemberM)

		if okRaw && okBefore {
			return mergeMap(raw.Value, before.Value, after.Value)
		}
	case *types.AttributeValueMemberL:
		raw, okRaw := raw.(*types.AttributeValueMemberL)
		before, okBefore := before.(*types.AttributeValueMemberL)

		if okRaw && okBefore && len(raw.Value) == len(before.Value) {
			return mergeList(raw.Value, before.Value, after.Value)
		}
	}

	return after
}

func mergeMap(raw, before, after dynamo.Item) dynamo.Value {
	set, remove := merge(raw, before, after)

	merged := maps.Clone(raw)
	maps.Copy(merged, set)

	for _, name := range remove {
		delete(merged, name)
	}

	return &types.AttributeValueMemberM{Value: merged}
}

// mergeList takes elements for the same where all that is known of them is equal: lists
// grow and shift, so that a place says nothing.
func mergeList(raw, before, after []dynamo.Value) dynamo.Value {
	merged := make([]dynamo.Value, len(after))
	taken := make([]bool, len(before))

	for i, element := range after {
		merged[i] = element

		for k := range before {
			if !taken[k] && equal(before[k], element) {
				merged[i], taken[k] = raw[k], true

				break
			}
		}
	}

	return &types.AttributeValueMemberL{Value: merged}
}

func equal(a, b dynamo.Value) bool { return reflect.DeepEqual(a, b) }
