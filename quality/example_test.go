package quality_test

import (
	"fmt"

	"github.com/vyapaarai/bulkimport/quality"
)

func ExampleScore() {
	result := quality.Score(quality.Facts{
		Name:     "Maggi 2-Minute Noodles",
		Brand:    "Nestle",
		Category: "Noodles",
		Barcode:  "8901058000290",
	})

	fmt.Println("score:", result.Total)

	for _, part := range result.Parts {
		if part.Earned < part.Possible {
			fmt.Printf("missing: %s (%d)\n", part.Name, part.Possible)
		}
	}
	// Output:
	// score: 50
	// missing: images (20)
	// missing: description (10)
	// missing: weight (5)
	// missing: size (5)
	// missing: manufacturer (5)
	// missing: country_of_origin (5)
}

func ExampleDistribution() {
	var d quality.Distribution

	for _, score := range []int{35, 50, 55, 90} {
		d.Add(score)
	}

	fmt.Println(d.ByBand())
	fmt.Println(d.Mean())
	// Output:
	// map[0-19:0 20-39:1 40-59:2 60-79:0 80-100:1]
	// 57.5
}
