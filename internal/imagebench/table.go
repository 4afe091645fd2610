package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// row is what the table tells of a contender.
type row struct {
	name, does string
	// perSecond is the median, and lowest and highest what the rounds had.
	perSecond, lowest, highest float64
	allocations, bytes, peak   float64
}

// bothName is a row that is made of two others: the time to make both sizes.
const bothName = "vipsthumbnail 800 + 200"

// printTable prints medians, and how many times as fast as the others a contender is.
func printTable(out io.Writer, title string, files []string, o options, all []contender, rounds map[string][]measurement) error {
	rows := make([]row, 0, len(all)+1)
	for _, c := range all {
		rows = append(rows, rowOf(c, rounds[c.name]))
	}

	if both, found := bothSizes(rounds); found {
		rows = append(rows, both)
	}

	average, err := averageSize(files)
	if err != nil {
		return err
	}

	var b strings.Builder

	fmt.Fprintf(&b, "\n%d %s, %.0f KB on average; %d workers; medians of %d rounds\n\n", len(files), title, average/1e3, o.workers, o.rounds)
	fmt.Fprintf(&b, "| | makes | photos/s | lowest - highest | / straightforward | / libvips 800 + 200 | / libvips 800 | allocations | KiB allocated | peak MiB |\n")
	fmt.Fprintf(&b, "|---|---|---|---|---|---|---|---|---|---|\n")

	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %.1f | %.1f - %.1f | %s | %s | %s | %s | %s | %.0f |\n",
			r.name, r.does, r.perSecond, r.lowest, r.highest,
			r.ratio(rows, straightforwardName), r.ratio(rows, bothName), r.ratio(rows, vips800Name),
			orDash(r.allocations), orDash(r.bytes/1024), r.peak/(1<<20))
	}

	_, err = io.WriteString(out, b.String())

	return err
}

func rowOf(c contender, rounds []measurement) row {
	r := row{name: c.name, does: c.does}
	r.perSecond, r.lowest, r.highest = middle(rounds, func(m measurement) float64 { return m.PerSecond })
	r.allocations, _, _ = middle(rounds, func(m measurement) float64 { return m.Allocations })
	r.bytes, _, _ = middle(rounds, func(m measurement) float64 { return m.Bytes })
	r.peak, _, _ = middle(rounds, func(m measurement) float64 { return float64(m.Peak) })

	return r
}

// bothSizes is as if vipsthumbnail made one size after the other.
func bothSizes(rounds map[string][]measurement) (row, bool) {
	medium, thumbnail := rounds[vips800Name], rounds[vips200Name]
	if len(medium) == 0 || len(medium) != len(thumbnail) {
		return row{}, false
	}

	both := make([]measurement, len(medium))
	for i := range both {
		both[i].PerSecond = 1 / (1/medium[i].PerSecond + 1/thumbnail[i].PerSecond)
		both[i].Peak = max(medium[i].Peak, thumbnail[i].Peak)
	}

	return rowOf(contender{name: bothName, does: "both, one after the other"}, both), true
}

// middle returns the median, the lowest and the highest of a figure.
func middle(rounds []measurement, figure func(measurement) float64) (median, lowest, highest float64) {
	var all []float64
	for _, m := range rounds {
		all = append(all, figure(m))
	}

	slices.Sort(all)

	n := len(all)

	return (all[(n-1)/2] + all[n/2]) / 2, all[0], all[n-1]
}

// ratio is how many times as fast as another one a contender is.
func (r row) ratio(rows []row, other string) string {
	for _, o := range rows {
		if o.name == other {
			return fmt.Sprintf("%.2f", r.perSecond/o.perSecond)
		}
	}

	return "-"
}

func orDash(figure float64) string {
	if figure == 0 {
		return "-"
	}

	return fmt.Sprintf("%.0f", figure)
}

func averageSize(files []string) (float64, error) {
	var sum int64

	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}

		sum += info.Size()
	}

	return float64(sum) / float64(len(files)), nil
}
