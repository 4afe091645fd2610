// Imagebench compares ways to process photos: the processors of package imagepipe, what one
// would write in an afternoon with the usual libraries, and libvips. scripts/bench-images
// runs it.
//
// Each contender works in a process of its own, so that its memory can be told, on as many
// cores as there are workers. The rounds of the contenders alternate, so that a busy
// machine is busy for all of them; the figures are medians.
//
// It measures with the small photos of a folder, and with large ones that it makes of them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

// options are those of the command line.
type options struct {
	photos  string
	large   int
	kept    string
	rounds  int
	workers int

	// contender and files are for the processes that measure.
	contender string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "imagebench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	var o options

	flags := flag.NewFlagSet("imagebench", flag.ContinueOnError)
	flags.StringVar(&o.photos, "photos", "../shared/data/images", "the `folder` of the small photos, JPEG")
	flags.IntVar(&o.large, "large", 150, "how `many` large photos to make of the small ones; 0 leaves them out")
	flags.StringVar(&o.kept, "keep", "", "a `folder` for the large photos, for further runs; empty makes them anew")
	flags.IntVar(&o.rounds, "rounds", 3, "how `many` times each contender is measured")
	flags.IntVar(&o.workers, "workers", 2, "how `many` photos are processed at a time, on as many cores")
	flags.StringVar(&o.contender, "contender", "", "measure this `one`, with the files on standard input, and write JSON")

	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}

		return err
	}

	if o.rounds < 1 || o.workers < 1 || o.large < 0 {
		return errors.New("-rounds and -workers must be positive, and -large not negative")
	}

	if o.contender != "" {
		return measureHere(ctx, o, in, out)
	}

	return compare(ctx, o, out)
}

// measureHere is what the processes for the contenders do.
func measureHere(ctx context.Context, o options, in io.Reader, out io.Writer) error {
	var files []string
	if err := json.NewDecoder(in).Decode(&files); err != nil {
		return fmt.Errorf("read the list of files: %w", err)
	}

	for _, c := range contenders() {
		if c.name == o.contender && c.work != nil {
			result, err := measure(ctx, c.work(o.workers), files, o.workers)
			if err != nil {
				return err
			}

			return json.NewEncoder(out).Encode(result)
		}
	}

	return fmt.Errorf("there is no contender %q", o.contender)
}

// compare measures all contenders with both kinds of photos, and prints a table for each.
func compare(ctx context.Context, o options, out io.Writer) error {
	small, err := filepath.Glob(filepath.Join(o.photos, "*.jpg"))
	if err != nil {
		return fmt.Errorf("look for photos: %w", err)
	}

	if len(small) == 0 {
		_, err := fmt.Fprintf(out, "skipped: there are no photos in %s; name a folder with -photos\n", o.photos)

		return err
	}

	present, err := presentContenders(out)
	if err != nil {
		return err
	}

	if err := compareOn(ctx, o, present, "small photos, as they are", small, out); err != nil {
		return err
	}

	if o.large == 0 {
		return nil
	}

	folder, remove, err := largeFolder(o.kept)
	if err != nil {
		return err
	}
	defer remove()

	large, err := makeLarge(ctx, small, folder, o.large)
	if err != nil {
		return err
	}

	return compareOn(ctx, o, present, fmt.Sprintf("large photos, %d x %d", largeSide, largeSide), large, out)
}

// presentContenders are those that can be measured here. Of the others it says why not.
func presentContenders(out io.Writer) ([]contender, error) {
	var present []contender

	for _, c := range contenders() {
		if c.missing == "" {
			present = append(present, c)

			continue
		}

		if _, err := fmt.Fprintf(out, "without %s: %s\n", c.name, c.missing); err != nil {
			return nil, err
		}
	}

	return present, nil
}

// largeFolder returns the folder for the large photos, and what removes it.
func largeFolder(kept string) (string, func(), error) {
	if kept != "" {
		return kept, func() {}, os.MkdirAll(kept, 0o755)
	}

	folder, err := os.MkdirTemp("", "imagebench")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for the large photos: %w", err)
	}

	return folder, func() { _ = os.RemoveAll(folder) }, nil
}
