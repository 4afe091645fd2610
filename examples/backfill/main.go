// Command backfill claims the identity keys of products that are in a DynamoDB table
// already, so that imports need not ask its indexes for duplicates any more.
//
//	go run ./examples/backfill -dry-run                    # what it would do
//	go run ./examples/backfill -checkpoint backfill.json -conflicts conflicts.csv
//	go run ./examples/backfill -orphans -dry-run           # claims whose product is gone
//
// It goes through the products table (GLOBAL_PRODUCTS_TABLE) in segments, side by
// side. Each product that has no claims yet gets those that follow from its barcodes,
// image hash, brand and name, in the table of keys (IDENTITY_KEYS_TABLE) and as its attribute
// claimed_keys, in one transaction; nothing else of it is touched. Imports may go on
// meanwhile, with the option GSIFallback; it is switched off when the backfill is through, in all
// processes. Writers that are not of this project must claim keys from then on, or
// what they write is not seen as a duplicate: run the backfill again after them.
//
// It may be run again at any time: where a product has its claims nothing is written. Claims
// that a product says it holds, and that are not there, are made again. With -checkpoint it also
// goes on where it was stopped, by an interrupt or an error; once it is through, the next run with
// the same file is a new pass. Credentials and region come from the usual places of the AWS
// SDK. The permissions: Scan, UpdateItem and ConditionCheckItem on the products table,
// BatchGetItem and PutItem on the table of keys.
//
// # Orphans
//
// With -orphans it goes through the table of keys instead, and releases the claims of products that
// do not exist: somebody deleted them past the catalogue, or the products table is an older
// one that was restored. Each is written to -conflicts as a line without a product. A claim
// is deleted in one transaction with the check that its product is still absent. Look at a
// -dry-run first: with the wrong products table every claim would seem to be one (the backfill makes
// them again). The permissions: BatchGetItem and ConditionCheckItem on the products table, Scan
// and DeleteItem on the table of keys.
//
// # Conflicts
//
// Of several products with the same key the first one found gets it. The others are written to
// -conflicts (by default the standard output) as lines of CSV: key, holder, product. They are
// duplicates that the catalogue has had before; what to do with them is for people
// to decide. Whichever of a pair is deleted, delete it through the catalogue, so that
// its keys are released. A line may be there twice when a run was stopped at that point.
//
// # Speed and price
//
// -rcu and -wcu bound the capacity units a second; 0 is no bound. A scan takes half a unit of
// reading for each 4 KiB of the table, and each claim that a product says it holds a unit more; a
// product with two keys to claim takes some six units of writing, and more where the product is
// larger than 1 KiB. -orphans reads each product that has claims once, at a unit for each 4
// KiB of it; a claim that is released takes two units of writing, and the check of its
// product two more.
//
// The exit code is 0 when all products were looked at, conflicts included; 1 after an
// error, or where a product could not be claimed for, which the standard error says;
// 2 for a wrong command line; 130 after an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
	"github.com/vyapaarai/bulkimport/internal/dynamo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

	// The first signal asks for an orderly end, a second one enforces it.
	context.AfterFunc(ctx, stop)

	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// The exit codes of run.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// run is the whole program.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	conf, err := parseArgs(args, getenv, stderr)

	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "backfill: %s\n", err)

		return exitUsage
	}

	totals, err := backfill(ctx, conf, stdout, stderr)

	fmt.Fprintf(stderr, "backfill: %s\n", totals.sentence(conf))

	switch {
	case err != nil && ctx.Err() != nil:
		fmt.Fprintln(stderr, "backfill: interrupted")

		return exitInterrupted
	case err != nil:
		fmt.Fprintf(stderr, "backfill: %s\n", err)

		return exitFailed
	case totals.Problems > 0:
		return exitFailed
	}

	return exitOK
}

// backfill goes through the table.
func backfill(ctx context.Context, conf config, stdout, stderr io.Writer) (_ totals, err error) {
	var meter dynamo.Meter

	client, err := newClient(ctx, conf, &meter)
	if err != nil {
		return totals{}, err
	}

	store, err := dynamocatalog.New(client, conf.productsTable, conf.keysTable, nil)
	if err != nil {
		return totals{}, err
	}

	at, err := openCheckpoint(conf, stderr)
	if err != nil {
		return totals{}, err
	}

	conflicts, err := openConflicts(conf.conflicts, stdout)
	if err != nil {
		return at.Totals, err
	}

	defer func() { err = errors.Join(err, conflicts.close()) }()

	w := &walk{
		backfill: store.NewBackfill(conf.dryRun), page: conf.page, pace: newPace(conf.rcu, conf.wcu, &meter),
		at: at, conflicts: conflicts, stderr: stderr,
	}

	err = w.run(ctx)

	return w.at.Totals, err
}

// newClient returns the client of the account that the environment names.
func newClient(ctx context.Context, conf config, meter *dynamo.Meter) (*dynamodb.Client, error) {
	loaded, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the configuration of AWS: %w", err)
	}

	return dynamodb.NewFromConfig(loaded, meter.Measure, func(o *dynamodb.Options) {
		if conf.endpoint != "" {
			o.BaseEndpoint = aws.String(conf.endpoint)
		}
	}), nil
}
