package catalog

import "time"

// Product is one product of the catalogue, in the shape of its stored item.
//
// Texts are UTF-8; a store may put replacement characters where one is not. An
// empty list or map may come back as nil. Times keep their instant, not their
// zone, and are good to the microsecond at least.
type Product struct {
	ID                 string   `json:"product_id"`
	Name               string   `json:"name"`
	Brand              string   `json:"brand,omitempty"`
	Category           string   `json:"category"`
	Barcode            string   `json:"barcode,omitempty"`
	AdditionalBarcodes []string `json:"additional_barcodes,omitempty"`
	// NameBrandKey is the value of the product's name+brand identity key; see
	// dedupe.NameBrandKey. Empty where either side is.
	NameBrandKey string `json:"name_brand_key,omitempty"`
	// ImageHash is the perceptual hash of the first image: 16 hexadecimal
	// digits, or empty.
	ImageHash string `json:"image_hash,omitempty"`
	// CanonicalImageURLs are the stored images by size ("original", "medium",
	// "thumbnail").
	CanonicalImageURLs map[string]string `json:"canonical_image_urls,omitempty"`
	// SourceImageURLs are the addresses the file gave, in column order.
	SourceImageURLs []string   `json:"source_image_urls,omitempty"`
	Attributes      Attributes `json:"attributes"`
	// RegionalNames maps an upper-case region code to the names used there.
	RegionalNames  map[string][]string `json:"regional_names,omitempty"`
	PrimaryRegions []string            `json:"primary_regions,omitempty"`
	// QualityScore is 0 to 100; see package quality.
	QualityScore       int    `json:"quality_score"`
	VerificationStatus string `json:"verification_status"`
	CreatedBy          string `json:"created_by,omitempty"`
	ImportSource       string `json:"import_source,omitempty"`
	// Origin says which row of which job wrote the product. A product that was
	// not imported has the zero Origin.
	Origin    Origin    `json:"origin,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Attributes are the descriptive fields of a product, as the file gave them.
type Attributes struct {
	Description     string `json:"description,omitempty"`
	Size            string `json:"size,omitempty"`
	Unit            string `json:"unit,omitempty"`
	Weight          string `json:"weight,omitempty"`
	PackSize        string `json:"pack_size,omitempty"`
	Manufacturer    string `json:"manufacturer,omitempty"`
	CountryOfOrigin string `json:"country_of_origin,omitempty"`
	Ingredients     string `json:"ingredients,omitempty"`
	// Nutrition maps what follows "nutrition_" in a column's name to its value.
	Nutrition map[string]string `json:"nutrition,omitempty"`
}

// Origin is the row of an import job that a product comes from.
type Origin struct {
	JobID string `json:"job_id"`
	// Row is the row number as a spreadsheet shows it; the first data row is 2.
	Row int64 `json:"row"`
}
