package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// compareOn measures the contenders with some files, and prints a table.
func compareOn(ctx context.Context, o options, all []contender, title string, files []string, out io.Writer) error {
	rounds := make(map[string][]measurement)

	for range o.rounds {
		for _, c := range all {
			m, err := measureApart(ctx, c, files, o.workers)
			if err != nil {
				return fmt.Errorf("measure %s: %w", c.name, err)
			}

			rounds[c.name] = append(rounds[c.name], m)
		}
	}

	return printTable(out, title, files, o, all, rounds)
}

// measureApart runs one round of a contender in a process of its own, or in as many as
// there are workers.
func measureApart(ctx context.Context, c contender, files []string, workers int) (measurement, error) {
	if c.work == nil {
		return measureProgram(ctx, c, files, workers)
	}

	self, err := os.Executable()
	if err != nil {
		return measurement{}, err
	}

	list, err := json.Marshal(files)
	if err != nil {
		return measurement{}, err
	}

	var output bytes.Buffer

	command := exec.CommandContext(ctx, self, "-contender", c.name, "-workers", strconv.Itoa(workers))
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(list), &output, os.Stderr

	if err := command.Run(); err != nil {
		return measurement{}, err
	}

	var m measurement

	return m, json.Unmarshal(output.Bytes(), &m)
}

// measureProgram has vipsthumbnail work through the files, in a process for each worker.
// Its start, once for all files, counts; it is a few milliseconds.
func measureProgram(ctx context.Context, c contender, files []string, workers int) (measurement, error) {
	folder, err := os.MkdirTemp("", "imagebench")
	if err != nil {
		return measurement{}, err
	}
	defer func() { _ = os.RemoveAll(folder) }()

	peaks := make([]int64, workers)
	group, ctx := errgroup.WithContext(ctx)
	start := time.Now()

	for worker := range workers {
		group.Go(func() error {
			command := exec.CommandContext(ctx, "vipsthumbnail",
				"--size", fmt.Sprintf("%dx%d>", c.side, c.side),
				"--output", folder+"/%s.jpg[Q=85,strip]")
			for i := worker; i < len(files); i += workers {
				command.Args = append(command.Args, files[i])
			}

			// Two processes with a thread each use two cores best.
			command.Env = append(os.Environ(), "VIPS_CONCURRENCY=1")
			command.Stderr = os.Stderr

			if err := command.Run(); err != nil {
				return err
			}

			if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
				peaks[worker] = usage.Maxrss << 10
			}

			return nil
		})
	}

	if err := group.Wait(); err != nil {
		return measurement{}, err
	}

	m := measurement{PerSecond: float64(len(files)) / time.Since(start).Seconds()}
	for _, peak := range peaks {
		m.Peak += peak
	}

	return m, nil
}
