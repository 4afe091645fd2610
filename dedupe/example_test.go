package dedupe_test

import (
	"fmt"

	"github.com/vyapaarai/bulkimport/dedupe"
)

func ExampleBarcodeKey() {
	upc, _ := dedupe.BarcodeKey("036000291452")
	ean, _ := dedupe.BarcodeKey("0036000291452")

	fmt.Println(upc)
	fmt.Println(upc == ean)
	// Output:
	// barcode:00036000291452
	// true
}

func ExampleImageKey() {
	key, ok := dedupe.ImageKey("A1B2C3D4E5F60718")

	fmt.Println(key, ok)
	// Output: image_hash:a1b2c3d4e5f60718 true
}

func ExampleNameBrandKey() {
	key, _ := dedupe.NameBrandKey("Nestlé", "Maggi 2-Minute Noodles")
	_, ok := dedupe.NameBrandKey("", "Maggi 2-Minute Noodles")

	fmt.Println(key.Value)
	fmt.Println(ok)
	// Output:
	// nestle#maggi2minutenoodles
	// false
}

func ExampleIdentity_Keys() {
	identity := dedupe.Identity{
		Barcodes: []string{"8901058000290"},
		Brand:    "पतंजलि",
		Name:     "दन्त कान्ति",
	}

	for _, key := range identity.Keys() {
		fmt.Println(key)
	}
	// Output:
	// barcode:08901058000290
	// name_brand:पतंजलि#दन्तकान्ति
}

// Rows in file order: the second repeats a product of the catalogue, the third
// repeats the first.
func ExampleMatcher() {
	barcode, _ := dedupe.BarcodeKey("8901058000290")
	matcher := dedupe.NewMatcher(map[dedupe.Key]string{barcode: "product-7"})

	rows := []dedupe.Identity{
		{Brand: "Nestle", Name: "Maggi"},
		{Brand: "Nestle", Name: "KitKat", Barcodes: []string{"8901058000290"}},
		{Brand: "NESTLÉ", Name: "maggi!"},
	}
	for i, row := range rows {
		keys := row.Keys()

		if match, ok := matcher.Match(keys); ok {
			fmt.Printf("row %d repeats %s by %s\n", i+2, match.ProductID, match.Tier)
			continue
		}

		matcher.Claim(keys, fmt.Sprintf("row-%d", i+2))
		fmt.Printf("row %d is new\n", i+2)
	}
	// Output:
	// row 2 is new
	// row 3 repeats product-7 by barcode
	// row 4 repeats row-2 by name_brand
}
