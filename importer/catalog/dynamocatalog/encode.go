package dynamocatalog

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

// timeLayout keeps nanoseconds, and ascends with the time as a text.
const timeLayout = "2006-01-02T15:04:05.000000000Z07:00"

// encodeProduct returns the item of a product, without its claims. What is empty is
// left out; for the keys of indexes it must be.
func encodeProduct(p *catalog.Product) dynamo.Item {
	item := dynamo.Item{
		dynamo.ProductID: dynamo.S(p.ID),
		attrName:         text(p.Name),
		attrCategory:     text(p.Category),
		attrQualityScore: number(int64(p.QualityScore)),
		attrVerification: text(p.VerificationStatus),
		attrCreatedAt:    instant(p.CreatedAt),
		attrUpdatedAt:    instant(p.UpdatedAt),
	}

	putText(item, attrBrand, p.Brand)
	putText(item, dynamo.Barcode, p.Barcode)
	putText(item, dynamo.NameBrandKey, p.NameBrandKey)
	putText(item, dynamo.ImageHash, p.ImageHash)
	putText(item, attrCreatedBy, p.CreatedBy)
	putText(item, attrImportSource, p.ImportSource)
	putList(item, attrAdditionalBarcodes, p.AdditionalBarcodes)
	putList(item, attrSourceImageURLs, p.SourceImageURLs)
	putList(item, attrPrimaryRegions, p.PrimaryRegions)
	putTexts(item, attrCanonicalImageURLs, p.CanonicalImageURLs)

	if attributes := encodeAttributes(&p.Attributes); len(attributes) > 0 {
		item[attrAttributes] = &types.AttributeValueMemberM{Value: attributes}
	}

	if len(p.RegionalNames) > 0 {
		regions := make(dynamo.Item, len(p.RegionalNames))
		for region, names := range p.RegionalNames {
			regions[strings.ToValidUTF8(region, "\ufffd")] = list(names)
		}

		item[attrRegionalNames] = &types.AttributeValueMemberM{Value: regions}
	}

	if p.Origin != (catalog.Origin{}) {
		item[attrOrigin] = origin(p.Origin)
	}

	return item
}

func origin(o catalog.Origin) dynamo.Value {
	return &types.AttributeValueMemberM{Value: dynamo.Item{attrJobID: text(o.JobID), attrRow: number(o.Row)}}
}

// attributeFields are the texts of catalog.Attributes by the names of their attributes.
func attributeFields(a *catalog.Attributes) map[string]*string {
	return map[string]*string{
		"description": &a.Description, "size": &a.Size, "unit": &a.Unit, "weight": &a.Weight, "pack_size": &a.PackSize,
		"manufacturer": &a.Manufacturer, "country_of_origin": &a.CountryOfOrigin, "ingredients": &a.Ingredients,
	}
}

const attrNutrition = "nutrition"

func encodeAttributes(a *catalog.Attributes) dynamo.Item {
	item := dynamo.Item{}
	for name, field := range attributeFields(a) {
		putText(item, name, *field)
	}

	putTexts(item, attrNutrition, a.Nutrition)

	return item
}

func putText(item dynamo.Item, name, s string) {
	if s != "" {
		item[name] = text(s)
	}
}

func putList(item dynamo.Item, name string, entries []string) {
	if len(entries) > 0 {
		item[name] = list(entries)
	}
}

func putTexts(item dynamo.Item, name string, entries map[string]string) {
	if len(entries) > 0 {
		item[name] = texts(entries)
	}
}

func number(n int64) dynamo.Value {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func instant(t time.Time) dynamo.Value { return dynamo.S(t.UTC().Format(timeLayout)) }
