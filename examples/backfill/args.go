package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/vyapaarai/bulkimport/importer/catalog"
)

// config is the command line.
type config struct {
	productsTable, keysTable string
	endpoint                 string
	segments, page           int
	checkpoint, conflicts    string
	rcu, wcu                 float64
	orphans, dryRun          bool
}

// maxSegments bounds the segments: each has a worker of its own.
const maxSegments = 64

// parseArgs reads the command line. The help asked for with -h is written to stderr;
// the error is then flag.ErrHelp.
func parseArgs(args []string, getenv func(string) string, stderr io.Writer) (config, error) {
	var conf config

	flags := flag.NewFlagSet("backfill", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&conf.productsTable, "products-table", getenv("GLOBAL_PRODUCTS_TABLE"), "the `TABLE` of the products (GLOBAL_PRODUCTS_TABLE)")
	flags.StringVar(&conf.keysTable, "keys-table", getenv("IDENTITY_KEYS_TABLE"), "the `TABLE` of the identity keys (IDENTITY_KEYS_TABLE)")
	flags.StringVar(&conf.endpoint, "endpoint", "", "`URL` of a DynamoDB server other than that of AWS")
	flags.IntVar(&conf.segments, "segments", 4, "how many segments of the table to scan side by side")
	flags.IntVar(&conf.page, "page", 200, "how many products, or claims, to look at between two checkpoints of a segment")
	flags.StringVar(&conf.checkpoint, "checkpoint", "", "go on from what `FILE` says, and keep it up to date")
	flags.StringVar(&conf.conflicts, "conflicts", "", "append conflicts to the CSV `FILE` (default: the standard output)")
	flags.Float64Var(&conf.rcu, "rcu", 100, "read capacity units a second to use at most; 0: no bound")
	flags.Float64Var(&conf.wcu, "wcu", 200, "write capacity units a second to use at most; 0: no bound")
	flags.BoolVar(&conf.orphans, "orphans", false, "go through the table of keys instead, and release claims of products that do not exist")
	flags.BoolVar(&conf.dryRun, "dry-run", false, "write nothing to the tables, and keep no checkpoint")

	if err := flags.Parse(args); err != nil {
		return config{}, err
	}

	switch {
	case flags.NArg() > 0:
		return config{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case conf.productsTable == "":
		return config{}, fmt.Errorf("name the table of the products: -products-table, or GLOBAL_PRODUCTS_TABLE")
	case conf.keysTable == "":
		return config{}, fmt.Errorf("name the table of the keys: -keys-table, or IDENTITY_KEYS_TABLE")
	case conf.segments < 1 || conf.segments > maxSegments:
		return config{}, fmt.Errorf("-segments is %d, want 1 to %d", conf.segments, maxSegments)
	case conf.page < 1 || conf.page > catalog.MaxPage:
		return config{}, fmt.Errorf("-page is %d, want 1 to %d", conf.page, catalog.MaxPage)
	case !(conf.rcu >= 0) || !(conf.wcu >= 0):
		return config{}, fmt.Errorf("-rcu is %g and -wcu %g, want 0 or more", conf.rcu, conf.wcu)
	case conf.dryRun && conf.checkpoint != "":
		return config{}, fmt.Errorf("a dry run keeps no checkpoint")
	}

	return conf, nil
}
