package catalog

import "unicode/utf8"

const (
	// sizeOfProduct covers what every product has: the names of its fields, its
	// times and its numbers.
	sizeOfProduct = 1024
	// sizeOfValue is what a store adds to a text within a list or a map.
	sizeOfValue = 8
)

// Size returns the size of the element in bytes, with its keys: an upper bound of what a store
// needs for the one item that it makes of them. It is that of DynamoDB (names and values in UTF-8,
// and a little for each value), with some room.
func (n NewProduct) Size() int {
	p := &n.Product
	a := &p.Attributes

	size := sizeOfProduct

	for _, text := range [...]string{
		p.ID, p.Name, p.Brand, p.Category, p.Barcode, p.NameBrandKey, p.ImageHash, p.VerificationStatus, p.CreatedBy,
		p.ImportSource, p.Origin.JobID, a.Description, a.Size, a.Unit, a.Weight, a.PackSize, a.Manufacturer,
		a.CountryOfOrigin, a.Ingredients,
	} {
		size += sizeOfText(text)
	}

	size += sizeOfList(p.AdditionalBarcodes) + sizeOfList(p.SourceImageURLs) + sizeOfList(p.PrimaryRegions)
	size += sizeOfMap(p.CanonicalImageURLs) + sizeOfMap(a.Nutrition)

	for region, names := range p.RegionalNames {
		size += sizeOfValue + sizeOfText(region) + sizeOfList(names)
	}

	for _, key := range n.Keys {
		size += sizeOfValue + len(key.Tier.String()) + 1 + sizeOfText(key.Value)
	}

	return size
}

func sizeOfList(texts []string) int {
	size := 0
	for _, text := range texts {
		size += sizeOfValue + sizeOfText(text)
	}

	return size
}

func sizeOfMap(texts map[string]string) int {
	size := 0
	for name, text := range texts {
		size += sizeOfValue + sizeOfText(name) + sizeOfText(text)
	}

	return size
}

// sizeOfText allows for the replacement characters, of three bytes, that a store may
// put where a text is not UTF-8.
func sizeOfText(text string) int {
	if utf8.ValidString(text) {
		return len(text)
	}

	return len("\ufffd") * len(text)
}
