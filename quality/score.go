package quality

import "strings"

// Facts are what is known of a product. A text that is empty or nothing but
// white space is not known.
type Facts struct {
	Name            string
	Brand           string
	Category        string
	Barcode         string
	Description     string
	Weight          string
	Size            string
	Manufacturer    string
	CountryOfOrigin string
	// Images is the number of images. One is as good as ten.
	Images int
}

// PartCount is the number of parts of a score.
const PartCount = 10

// Result is the score of a product.
type Result struct {
	// Total is the sum of the points earned, 0 to 100.
	Total int `json:"total"`
	// Parts are what Total consists of, in the order of the package's table.
	Parts [PartCount]Part `json:"parts"`
}

// Part is what one field contributes to a score.
type Part struct {
	// Name is the field: "name", "brand", "images" and so on.
	Name string `json:"name"`
	// Earned is either 0 or Possible.
	Earned int `json:"earned"`
	// Possible is the weight of the field. The weights of all parts add up to
	// 100.
	Possible int `json:"possible"`
}

// Score scores a product.
func Score(f Facts) Result {
	result := Result{
		Parts: [PartCount]Part{
			text("name", 10, f.Name),
			text("brand", 10, f.Brand),
			text("category", 10, f.Category),
			text("barcode", 20, f.Barcode),
			part("images", 20, f.Images > 0),
			text("description", 10, f.Description),
			text("weight", 5, f.Weight),
			text("size", 5, f.Size),
			text("manufacturer", 5, f.Manufacturer),
			text("country_of_origin", 5, f.CountryOfOrigin),
		},
	}

	for _, part := range result.Parts {
		result.Total += part.Earned
	}

	return result
}

// text is the part of a field that holds text.
func text(name string, weight int, value string) Part {
	return part(name, weight, strings.TrimSpace(value) != "")
}

// part is a part that is earned where the field is known.
func part(name string, weight int, known bool) Part {
	earned := 0
	if known {
		earned = weight
	}

	return Part{Name: name, Earned: earned, Possible: weight}
}
