package catalog

import (
	"maps"
	"slices"
)

// Clone returns a copy of the product that shares no slice or map with it.
func (p Product) Clone() Product {
	p.AdditionalBarcodes = slices.Clone(p.AdditionalBarcodes)
	p.CanonicalImageURLs = maps.Clone(p.CanonicalImageURLs)
	p.SourceImageURLs = slices.Clone(p.SourceImageURLs)
	p.Attributes.Nutrition = maps.Clone(p.Attributes.Nutrition)
	p.PrimaryRegions = slices.Clone(p.PrimaryRegions)
	p.RegionalNames = maps.Clone(p.RegionalNames)

	for region, names := range p.RegionalNames {
		p.RegionalNames[region] = slices.Clone(names)
	}

	return p
}
