package quality

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrDistribution reports counts that no distribution can have.
var ErrDistribution = errors.New("quality: invalid distribution")

const (
	bandCount = 5
	bandWidth = 20
)

// bandNames are the bands by their lowest and highest scores. The last one is a
// point wider, so that 100 has no band of its own.
func bandNames() [bandCount]string {
	return [bandCount]string{"0-19", "20-39", "40-59", "60-79", "80-100"}
}

// Band returns the name of the band that a score falls into: "0-19", "20-39",
// "40-59", "60-79" or "80-100". A score outside of 0 to 100 counts as the nearest
// one inside.
func Band(score int) string { return bandNames()[bandOf(score)] }

func bandOf(score int) int { return min(clamp(score)/bandWidth, bandCount-1) }

func clamp(score int) int { return min(max(score, 0), 100) }

// Distribution counts scores by band. The zero value is empty and ready for use.
// It is a plain value: copies are independent, and equal ones compare equal.
type Distribution struct {
	counts [bandCount]int64
	sum    int64
}

// DistributionOf returns the distribution that has these counts by band, which
// [Distribution.ByBand] gave, and this sum of scores. A name that is no band, a
// negative count, or a sum that such counts cannot have give an error that wraps
// [ErrDistribution].
func DistributionOf(byBand map[string]int64, sum int64) (Distribution, error) {
	d := Distribution{sum: sum}
	known := 0

	for i, name := range bandNames() {
		count, ok := byBand[name]
		if !ok {
			continue
		}

		if count < 0 {
			return Distribution{}, fmt.Errorf("%w: %d scores in band %s", ErrDistribution, count, name)
		}

		d.counts[i] = count
		known++
	}

	if known < len(byBand) {
		return Distribution{}, fmt.Errorf("%w: a band that does not exist", ErrDistribution)
	}

	if sum < 0 || sum > 100*d.Count() {
		return Distribution{}, fmt.Errorf("%w: sum %d of %d scores", ErrDistribution, sum, d.Count())
	}

	return d, nil
}

// Add counts a score. One outside of 0 to 100 counts as the nearest one inside.
func (d *Distribution) Add(score int) {
	d.counts[bandOf(score)]++
	d.sum += int64(clamp(score))
}

// Merge adds what other has counted.
func (d *Distribution) Merge(other Distribution) {
	for i := range d.counts {
		d.counts[i] += other.counts[i]
	}

	d.sum += other.sum
}

// Count returns the number of scores.
func (d Distribution) Count() int64 {
	var count int64
	for _, n := range d.counts {
		count += n
	}

	return count
}

// Sum returns the sum of the scores.
func (d Distribution) Sum() int64 { return d.sum }

// Mean returns the mean score, 0 where there is none.
func (d Distribution) Mean() float64 {
	count := d.Count()
	if count == 0 {
		return 0
	}

	return float64(d.sum) / float64(count)
}

// ByBand returns the counts by the names of the bands (see [Band]); every band is
// there.
func (d Distribution) ByBand() map[string]int64 {
	byBand := make(map[string]int64, bandCount)
	for i, name := range bandNames() {
		byBand[name] = d.counts[i]
	}

	return byBand
}

// distributionJSON is a distribution in JSON. The mean is for readers; it is not
// read back.
type distributionJSON struct {
	Count int64            `json:"count"`
	Sum   int64            `json:"sum"`
	Mean  float64          `json:"mean"`
	Bands map[string]int64 `json:"bands"`
}

// MarshalJSON writes an object with count, sum, mean and the counts by band, in
// ascending order of the bands.
func (d Distribution) MarshalJSON() ([]byte, error) {
	return json.Marshal(distributionJSON{Count: d.Count(), Sum: d.sum, Mean: d.Mean(), Bands: d.ByBand()})
}

// UnmarshalJSON reads what MarshalJSON wrote; count and mean are worked out anew.
func (d *Distribution) UnmarshalJSON(data []byte) error {
	var stored distributionJSON
	if err := json.Unmarshal(data, &stored); err != nil {
		return fmt.Errorf("%w: %w", ErrDistribution, err)
	}

	read, err := DistributionOf(stored.Bands, stored.Sum)
	if err != nil {
		return err
	}

	*d = read

	return nil
}
