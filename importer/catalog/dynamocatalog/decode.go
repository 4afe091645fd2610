package dynamocatalog

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/shopspring/decimal"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// decodeProduct reads the item of a product, which anybody may have written. What is absent is
// empty; a number is taken for a text and a set for a list. What cannot be understood at all gives an
// error that wraps ErrUnreadable.
func decodeProduct(item dynamo.Item) (catalog.Product, error) {
	var (
		p catalog.Product
		d = decoder{item: item}
	)

	p.ID = d.text(dynamo.ProductID)
	p.Name = d.text(attrName)
	p.Brand = d.text(attrBrand)
	p.Category = d.text(attrCategory)
	p.Barcode = d.text(dynamo.Barcode)
	p.NameBrandKey = d.text(dynamo.NameBrandKey)
	p.ImageHash = d.text(dynamo.ImageHash)
	p.VerificationStatus = d.text(attrVerification)
	p.CreatedBy = d.text(attrCreatedBy)
	p.ImportSource = d.text(attrImportSource)
	p.AdditionalBarcodes = d.list(attrAdditionalBarcodes)
	p.SourceImageURLs = d.list(attrSourceImageURLs)
	p.PrimaryRegions = d.list(attrPrimaryRegions)
	p.CanonicalImageURLs = d.texts(attrCanonicalImageURLs)
	p.QualityScore = int(d.integer(attrQualityScore))
	p.CreatedAt = d.instant(attrCreatedAt)
	p.UpdatedAt = d.instant(attrUpdatedAt)

	attributes := d.within(attrAttributes)
	for name, field := range attributeFields(&p.Attributes) {
		*field = attributes.text(name)
	}

	p.Attributes.Nutrition = attributes.texts(attrNutrition)

	regions := d.within(attrRegionalNames)
	for region := range regions.item {
		if p.RegionalNames == nil {
			p.RegionalNames = make(map[string][]string, len(regions.item))
		}

		p.RegionalNames[region] = regions.list(region)
	}

	p.Origin = d.origin(attrOrigin)

	d.fail(attributes.err)
	d.fail(regions.err)

	if d.err != nil {
		return catalog.Product{}, fmt.Errorf("product %q: %w", p.ID, d.err)
	}

	return p, nil
}

// decodeOrigin reads where a product comes from. A foreign attribute of that name is
// no origin of ours.
func decodeOrigin(item dynamo.Item) catalog.Origin {
	d := decoder{item: item}

	origin := d.origin(attrOrigin)
	if d.err != nil {
		return unknownOrigin()
	}

	return origin
}

// unknownOrigin is an origin that no product has.
func unknownOrigin() catalog.Origin { return catalog.Origin{JobID: "unknown", Row: -1} }

// decodeClaims reads the keys that a product says it holds; claimed is false where it says
// nothing about it.
func decodeClaims(item dynamo.Item) (keys []dedupe.Key, claimed bool, err error) {
	if _, claimed = item[attrClaimedKeys]; !claimed {
		return nil, false, nil
	}

	d := decoder{item: item}

	for _, s := range d.list(attrClaimedKeys) {
		key, ok := dedupe.ParseKey(s)
		if !ok {
			return nil, true, fmt.Errorf("%w: attribute %s holds %.100q, which is no identity key", ErrUnreadable, attrClaimedKeys, s)
		}

		keys = append(keys, key)
	}

	return keys, true, d.err
}

// decoder reads attributes, and keeps the first error.
type decoder struct {
	item dynamo.Item
	err  error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// odd notes an attribute that is not what it should be.
func (d *decoder) odd(name string, value dynamo.Value, want string) {
	d.fail(fmt.Errorf("%w: attribute %.100q is %s, want %s", ErrUnreadable, name, kindOf(value), want))
}

// text reads a text, or a number, such as a barcode that somebody wrote as one.
func (d *decoder) text(name string) string {
	value := d.item[name]

	s, ok := asText(value)
	if !ok {
		d.odd(name, value, "a text")
	}

	return s
}

// asText returns what can pass for a text.
func asText(value dynamo.Value) (string, bool) {
	switch v := value.(type) {
	case nil, *types.AttributeValueMemberNULL:
		return "", true
	case *types.AttributeValueMemberS:
		return v.Value, true
	case *types.AttributeValueMemberN:
		return v.Value, true
	}

	return "", false
}

// list reads a list of texts, or a set in ascending order.
func (d *decoder) list(name string) []string {
	switch v := d.item[name].(type) {
	case nil, *types.AttributeValueMemberNULL:
		return nil
	case *types.AttributeValueMemberSS:
		return slices.Sorted(slices.Values(v.Value))
	case *types.AttributeValueMemberNS:
		return slices.Sorted(slices.Values(v.Value))
	case *types.AttributeValueMemberL:
		var entries []string

		for _, value := range v.Value {
			s, ok := asText(value)
			if !ok {
				d.odd(name, value, "a list of texts")

				return nil
			}

			entries = append(entries, s)
		}

		return entries
	default:
		d.odd(name, v, "a list of texts")

		return nil
	}
}

// texts reads a map of texts.
func (d *decoder) texts(name string) map[string]string {
	inner := d.within(name)
	if len(inner.item) == 0 {
		d.fail(inner.err)

		return nil
	}

	entries := make(map[string]string, len(inner.item))
	for key := range inner.item {
		entries[key] = inner.text(key)
	}

	d.fail(inner.err)

	return entries
}

// within returns the decoder of a map. Its error is for the caller to see to.
func (d *decoder) within(name string) decoder {
	switch v := d.item[name].(type) {
	case nil, *types.AttributeValueMemberNULL:
		return decoder{}
	case *types.AttributeValueMemberM:
		return decoder{item: v.Value}
	default:
		var inner decoder

		inner.odd(name, v, "a map")

		return inner
	}
}

// origin reads the row of a job that something comes from.
func (d *decoder) origin(name string) catalog.Origin {
	inner := d.within(name)
	origin := catalog.Origin{JobID: inner.text(attrJobID), Row: inner.integer(attrRow)}
	d.fail(inner.err)

	return origin
}

// decimal reads a number, also one that stands in a text. Only an absent one is not
// Valid.
func (d *decoder) decimal(name string) decimal.NullDecimal {
	value := d.item[name]

	s, ok := asText(value)
	if s == "" && ok {
		return decimal.NullDecimal{}
	}

	// Longer ones, or with an exponent beyond what DynamoDB has, are for no reason but
	// harm: to compare them is to write out their zeros.
	const longest, far = 100, 150

	if ok && len(s) <= longest {
		if n, err := decimal.NewFromString(s); err == nil && n.Exponent() >= -far && n.Exponent() <= far {
			return decimal.NewNullDecimal(n)
		}
	}

	d.odd(name, value, "a number")

	return decimal.NullDecimal{}
}

// integer reads a whole number, also one that stands in a text; a fraction is rounded.
func (d *decoder) integer(name string) int64 {
	value := d.item[name]

	s, ok := asText(value)
	if !ok {
		d.odd(name, value, "a number")

		return 0
	}

	if s == "" {
		return 0
	}

	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}

	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1<<53 || math.IsNaN(f) {
		d.odd(name, value, "a number")

		return 0
	}

	return int64(math.Round(f))
}

// instant reads a time: in the form of RFC 3339, with or without a zone, of which none
// means UTC, or as seconds since 1970.
func (d *decoder) instant(name string) time.Time {
	value := d.item[name]

	s, ok := asText(value)
	if !ok {
		d.odd(name, value, "a time")

		return time.Time{}
	}

	if s == "" {
		return time.Time{}
	}

	if _, isNumber := value.(*types.AttributeValueMemberN); isNumber {
		seconds, err := strconv.ParseFloat(s, 64)
		if err == nil && math.Abs(seconds) < 1<<38 {
			whole, fraction := math.Modf(seconds)

			if at := time.Unix(int64(whole), int64(fraction*1e9)).UTC(); at.Year() >= 0 && at.Year() <= 9999 {
				return at
			}
		}
	}

	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if at, err := time.Parse(layout, s); err == nil && at.UTC().Year() >= 0 && at.UTC().Year() <= 9999 {
			return at
		}
	}

	d.odd(name, value, "a time")

	return time.Time{}
}

// kindOf names what a value is.
func kindOf(value dynamo.Value) string {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return fmt.Sprintf("the text %.50q", v.Value)
	case *types.AttributeValueMemberN:
		return fmt.Sprintf("the number %.50s", v.Value)
	case *types.AttributeValueMemberBOOL:
		return "true or false"
	case *types.AttributeValueMemberB, *types.AttributeValueMemberBS:
		return "binary"
	case *types.AttributeValueMemberM:
		return "a map"
	case *types.AttributeValueMemberL:
		return "a list"
	case *types.AttributeValueMemberSS, *types.AttributeValueMemberNS:
		return "a set"
	case *types.AttributeValueMemberNULL:
		return "null"
	}

	return "something unknown"
}
