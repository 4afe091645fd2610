package quality_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/quality"
)

func complete() quality.Facts {
	return quality.Facts{
		Name: "Maggi", Brand: "Nestle", Category: "Noodles", Barcode: "8901058000290",
		Description: "Instant noodles", Weight: "70 g", Size: "1", Manufacturer: "Nestle India",
		CountryOfOrigin: "India", Images: 1,
	}
}

func TestScoreOfSingleFields(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name  string
		facts quality.Facts
		want  int
	}{
		{"name", quality.Facts{Name: "x"}, 10},
		{"brand", quality.Facts{Brand: "x"}, 10},
		{"category", quality.Facts{Category: "x"}, 10},
		{"barcode", quality.Facts{Barcode: "x"}, 20},
		{"images", quality.Facts{Images: 1}, 20},
		{"description", quality.Facts{Description: "x"}, 10},
		{"weight", quality.Facts{Weight: "x"}, 5},
		{"size", quality.Facts{Size: "x"}, 5},
		{"manufacturer", quality.Facts{Manufacturer: "x"}, 5},
		{"country_of_origin", quality.Facts{CountryOfOrigin: "x"}, 5},
	}
	require.Len(t, tests, quality.PartCount)

	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			result := quality.Score(test.facts)
			require.Equal(t, test.want, result.Total)

			for k, part := range result.Parts {
				require.Equal(t, tests[k].name, part.Name)
				require.Equal(t, tests[k].want, part.Possible)

				if k == i {
					require.Equal(t, part.Possible, part.Earned)
				} else {
					require.Zero(t, part.Earned)
				}
			}
		})
	}
}

func TestScoreOfWholeProducts(t *testing.T) {
	t.Parallel()

	require.Zero(t, quality.Score(quality.Facts{}).Total)
	require.Equal(t, 100, quality.Score(complete()).Total, "the weights add up to 100")

	facts := complete()
	facts.Images = 10
	require.Equal(t, 100, quality.Score(facts).Total, "one image is as good as ten")

	facts = complete()
	facts.Images = -1
	facts.Brand = " \t\n\u00a0"
	require.Equal(t, 70, quality.Score(facts).Total, "white space is not known")
}

func TestScoreAllocatesNothing(t *testing.T) {
	facts := complete()
	total := 0

	require.Zero(t, testing.AllocsPerRun(100, func() { total += quality.Score(facts).Total }))
	require.NotZero(t, total)
}

func BenchmarkScore(b *testing.B) {
	facts := complete()

	b.ReportAllocs()

	for b.Loop() {
		quality.Score(facts)
	}
}
