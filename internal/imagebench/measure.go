package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// measurement is one round of a contender.
type measurement struct {
	// PerSecond is in photos.
	PerSecond float64
	// Allocations and Bytes are those of Go, for each photo. They are zero for programs
	// that are not in Go.
	Allocations, Bytes float64
	// Peak is the resident memory at its highest, in bytes.
	Peak int64
}

// measure processes the files, which are read from the disk's cache meanwhile.
func measure(ctx context.Context, process processFile, files []string, workers int) (measurement, error) {
	runtime.GOMAXPROCS(workers)

	const warmUp = 20

	if err := processAll(ctx, process, files[:min(warmUp, len(files))], workers); err != nil {
		return measurement{}, err
	}

	var before, after runtime.MemStats

	runtime.ReadMemStats(&before)

	start := time.Now()
	if err := processAll(ctx, process, files, workers); err != nil {
		return measurement{}, err
	}

	took := time.Since(start)

	runtime.ReadMemStats(&after)

	peak, err := peakMemory()
	n := float64(len(files))

	return measurement{
		PerSecond:   n / took.Seconds(),
		Allocations: float64(after.Mallocs-before.Mallocs) / n,
		Bytes:       float64(after.TotalAlloc-before.TotalAlloc) / n,
		Peak:        peak,
	}, err
}

func processAll(ctx context.Context, process processFile, files []string, workers int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)

	for _, path := range files {
		group.Go(func() error {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}

			if err := process(ctx, data); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}

			return nil
		})
	}

	return group.Wait()
}

// peakMemory returns the highest resident memory of this process, in bytes, or 0 where the
// system does not tell.
func peakMemory() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, nil //nolint:nilerr // Linux alone has it, and the rest is worth its time.
	}

	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), "VmHWM:"); found {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)

			return kilobytes << 10, err
		}
	}

	return 0, nil
}
