package quality_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/quality"
)

func TestBand(t *testing.T) {
	t.Parallel()

	tests := map[int]string{
		-1: "0-19", 0: "0-19", 19: "0-19", 20: "20-39", 39: "20-39", 40: "40-59",
		59: "40-59", 60: "60-79", 79: "60-79", 80: "80-100", 100: "80-100", 101: "80-100",
	}
	for score, want := range tests {
		require.Equal(t, want, quality.Band(score), "score %d", score)
	}
}

func TestDistributionCounts(t *testing.T) {
	t.Parallel()

	var d quality.Distribution

	require.Zero(t, d.Count())
	require.Zero(t, d.Mean(), "the mean of nothing")

	for _, score := range []int{0, 19, 20, 50, 100, 100, -5, 105} {
		d.Add(score)
	}

	require.EqualValues(t, 8, d.Count())
	require.EqualValues(t, 389, d.Sum())
	require.InDelta(t, 389.0/8, d.Mean(), 1e-9)
	require.Equal(t, map[string]int64{"0-19": 3, "20-39": 1, "40-59": 1, "60-79": 0, "80-100": 3}, d.ByBand())
}

func TestDistributionMerge(t *testing.T) {
	t.Parallel()

	var whole, first, second quality.Distribution

	for score := range 101 {
		whole.Add(score)

		if score < 37 {
			first.Add(score)
		} else {
			second.Add(score)
		}
	}

	first.Merge(second)
	require.Equal(t, whole, first)
}

func TestDistributionJSON(t *testing.T) {
	t.Parallel()

	var d quality.Distribution

	d.Add(30)
	d.Add(95)

	data, err := json.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, `{"count":2,"sum":125,"mean":62.5,`+
		`"bands":{"0-19":0,"20-39":1,"40-59":0,"60-79":0,"80-100":1}}`, string(data))

	var read quality.Distribution

	require.NoError(t, json.Unmarshal(data, &read))
	require.Equal(t, d, read)
}

func TestDistributionOf(t *testing.T) {
	t.Parallel()

	var d quality.Distribution

	d.Add(30)
	d.Add(95)

	read, err := quality.DistributionOf(d.ByBand(), d.Sum())
	require.NoError(t, err)
	require.Equal(t, d, read)

	empty, err := quality.DistributionOf(nil, 0)
	require.NoError(t, err)
	require.Zero(t, empty)
}

func TestDistributionOfImpossibleCounts(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name   string
		byBand map[string]int64
		sum    int64
	}{
		{"unknown band", map[string]int64{"0-9": 1}, 5},
		{"negative count", map[string]int64{"0-19": -1}, 0},
		{"negative sum", map[string]int64{"0-19": 1}, -1},
		{"sum too large", map[string]int64{"80-100": 1}, 101},
	}

	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()

			_, err := quality.DistributionOf(test.byBand, test.sum)
			require.ErrorIs(t, err, quality.ErrDistribution)
		})
	}

	var d quality.Distribution

	require.ErrorIs(t, json.Unmarshal([]byte(`{"bands":{"x":1}}`), &d), quality.ErrDistribution)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"bands":7}`), &d), quality.ErrDistribution)
}
