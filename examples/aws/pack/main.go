// Command pack builds the programs of the functions and packs each into the ZIP file
// that AWS Lambda takes:
//
//	go run ./examples/aws/pack -arch arm64 -out DIR
//
// The same sources give the same bytes, wherever and whenever they are packed: paths,
// build ids, revisions and times are left out. So the digest of a file, which is part of
// its name, says whether the program has changed.
//
// DIR/keys has a line "program key" for each, such as
//
//	lambdaworker lambdaworker/arm64/5f0c…e1.zip
//
// and DIR the files, by the last part of their keys.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// run is the whole program.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("pack", flag.ContinueOnError)
	flags.SetOutput(stderr)

	arch := flags.String("arch", "arm64", "`arm64 or amd64`")
	out := flags.String("out", "", "put the files into the folder `DIR`")

	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	case *out == "" || flags.NArg() > 0 || *arch != "arm64" && *arch != "amd64":
		fmt.Fprintln(stderr, "Usage: pack -arch arm64|amd64 -out DIR")

		return exitUsage
	}

	if err := packAll(ctx, *arch, *out, stderr); err != nil {
		fmt.Fprintln(stderr, "pack:", err)

		return exitFailed
	}

	return exitOK
}
