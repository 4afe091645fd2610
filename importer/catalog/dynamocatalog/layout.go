package dynamocatalog

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// Names of attributes, beyond those of keys and indexes.
const (
	attrName               = "name"
	attrBrand              = "brand"
	attrCategory           = "category"
	attrAdditionalBarcodes = "additional_barcodes"
	attrCanonicalImageURLs = "canonical_image_urls"
	attrSourceImageURLs    = "source_image_urls"
	attrAttributes         = "attributes"
	attrRegionalNames      = "regional_names"
	attrPrimaryRegions     = "primary_regions"
	attrQualityScore       = "quality_score"
	attrVerification       = "verification_status"
	attrCreatedBy          = "created_by"
	attrImportSource       = "import_source"
	attrOrigin             = "origin"
	attrJobID              = "job_id"
	attrRow                = "row"
	attrCreatedAt          = "created_at"
	attrUpdatedAt          = "updated_at"
	// attrClaimedKeys are the identity keys that a product holds. Every product that this
	// package writes has it, be it empty; one without it was written by others.
	attrClaimedKeys = "claimed_keys"
)

// productKey is the key of a product's item.
func productKey(id string) dynamo.Item { return dynamo.Item{dynamo.ProductID: dynamo.S(id)} }

// claimKey is the key of the item of a claim.
func claimKey(key dedupe.Key) dynamo.Item {
	return dynamo.Item{dynamo.IdentityKey: dynamo.S(key.String())}
}

// claimItem is the item that says who holds a key.
func claimItem(key dedupe.Key, id string) dynamo.Item {
	return dynamo.Item{dynamo.IdentityKey: dynamo.S(key.String()), dynamo.ProductID: dynamo.S(id)}
}

// claimsValue is the value of attrClaimedKeys.
func claimsValue(keys []dedupe.Key) dynamo.Value {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key.String()
	}

	return list(texts)
}

// text returns a text as a value, with replacement characters where it is not UTF-8.
func text(s string) dynamo.Value { return dynamo.S(strings.ToValidUTF8(s, "\ufffd")) }

// list returns texts as a value.
func list(texts []string) dynamo.Value {
	values := make([]dynamo.Value, len(texts))
	for i, s := range texts {
		values[i] = text(s)
	}

	return &types.AttributeValueMemberL{Value: values}
}

// texts returns a map of texts as a value.
func texts(m map[string]string) dynamo.Value {
	values := make(dynamo.Item, len(m))
	for name, s := range m {
		values[strings.ToValidUTF8(name, "\ufffd")] = text(s)
	}

	return &types.AttributeValueMemberM{Value: values}
}
