package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/imagepipe/httpfetch"
	"github.com/vyapaarai/bulkimport/importer"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// stdinName is the FILE that stands for the standard input.
const stdinName = "-"

// config is the command line.
type config struct {
	// files are the FILE arguments, at least one.
	files []string
	// data is the folder of the embedded backends; empty for memory.
	data string
	// reports is the folder that error reports are written to.
	reports string
	// progress is how often an import says where it is, where there is no terminal.
	progress time.Duration
	// json asks for one status object for each file in place of the summaries.
	json bool
	// images: images are fetched, and kept in the data folder. imageURL begins their
	// addresses, imageHosts are the "host:port" that they may come from although they
	// are not public.
	images     bool
	imageURL   string
	imageHosts []string
	// kind is what the files are: kindProducts or kindInventory, which is that of the
	// store.
	kind, store string
	// options are those of the imports.
	options importer.OptionsPatch
}

// What files may be.
const (
	kindProducts  = "products"
	kindInventory = "inventory"
)

// jobType is the type of the imports.
func (c *config) jobType() jobstore.Type {
	if c.kind == kindInventory {
		return jobstore.TypeStoreInventoryUpload
	}

	return jobstore.TypeAdminProductImport
}

// errUsage reports a wrong command line that was explained already.
var errUsage = errors.New("wrong usage")

// usageExits ends the help.
const usageExits = `
Exit codes: 0 every file was imported, rows in error included (their report says what to
fix); 1 a file could not be imported; 2 wrong usage; 130 interrupted, and with -data the
next start goes on.
`

// parseArgs reads the command line. What is wrong with it, and the help asked for
// with -h, is written to stderr; the error is then errUsage or flag.ErrHelp.
func parseArgs(args []string, stderr io.Writer) (config, error) {
	var (
		conf           config
		skipDuplicates bool
		conflict       string
		region         string
		imageHosts     string
	)

	flags := flag.NewFlagSet("importcsv", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: importcsv [flags] FILE...\n\nImports CSVs of products, or of a store's inventory. FILE may be - for the standard input.\n\n")
		flags.PrintDefaults()
		fmt.Fprint(stderr, usageExits)
	}

	flags.StringVar(&conf.data, "data", "", "keep catalogue and jobs in the folder `DIR` (default: in memory)")
	flags.StringVar(&conf.kind, "kind", kindProducts, "what the files are: `products or inventory`")
	flags.StringVar(&conf.store, "store", "", "id of the store `S` whose inventory it is")
	flags.StringVar(&conf.reports, "reports", ".", "write error reports to the folder `DIR`")
	flags.DurationVar(&conf.progress, "progress", 2*time.Second, "where there is no terminal for a bar, say how far an import is every `INTERVAL`")
	flags.BoolVar(&conf.json, "json", false, "print the status of each file as a line of JSON")
	flags.BoolVar(&skipDuplicates, "skip-duplicates", true, "leave out rows that match a product")
	flags.StringVar(&conflict, "barcode-conflict", string(dedupe.ConflictDuplicate),
		"what an equal name and brand with another barcode is: `duplicate or distinct`")
	flags.BoolVar(&conf.images, "images", false, "fetch the images of the products and keep them in the data folder; needs -data")
	flags.StringVar(&conf.imageURL, "image-url", "/images", "what the addresses of kept images begin with, such as `https://import.example.in/images`")
	flags.StringVar(&imageHosts, "image-hosts", "", "`HOST:PORT,...` that images may come from although they are not public")
	flags.StringVar(&region, "region", "", "primary region of products that name none, such as `IN-MH`")

	if err := flags.Parse(args); err != nil {
		return config{}, err
	}

	wrong := func(format string, args ...any) (config, error) {
		fmt.Fprintf(stderr, "importcsv: %s; see importcsv -h\n", fmt.Sprintf(format, args...))

		return config{}, errUsage
	}

	conf.files = flags.Args()
	if len(conf.files) == 0 {
		return wrong("name at least one FILE")
	}

	// Package flag stops at the first FILE, so a flag behind it would be taken for
	// another one. The first may have such a name, behind "--".
	for _, file := range conf.files[1:] {
		if strings.HasPrefix(file, "-") && file != stdinName {
			return wrong("flags go before files, but %s comes behind one (write ./%s for a file of that name)", file, file)
		}
	}

	if first := slices.Index(conf.files, stdinName); first >= 0 && slices.Contains(conf.files[first+1:], stdinName) {
		return wrong("the standard input can be read only once")
	}

	if _, err := dedupe.ParseBarcodeConflict(conflict); err != nil {
		return wrong("-barcode-conflict must be duplicate or distinct, not %q", conflict)
	}

	if problem := conf.checkKind(); problem != "" {
		return wrong("%s", problem)
	}

	if conf.images && conf.data == "" {
		return wrong("-images needs -data: in memory the images would be gone at the end")
	}

	hosts, err := httpfetch.ParseAllowHosts(imageHosts)
	if err != nil {
		return wrong("-image-hosts must be a list such as images.intern:8080,10.0.0.7:80 (%v)", err)
	}

	conf.imageHosts = hosts

	conf.options = importer.OptionsPatch{
		SkipDuplicates: &skipDuplicates, BarcodeConflict: &conflict, DefaultRegion: &region,
	}

	return conf, nil
}

// checkKind says what is wrong with the kind and what goes with it, or "".
func (c *config) checkKind() string {
	switch {
	case c.kind != kindProducts && c.kind != kindInventory:
		return fmt.Sprintf("-kind must be %s or %s, not %q", kindProducts, kindInventory, c.kind)
	case c.kind == kindProducts && c.store != "":
		return "-store goes with -kind inventory"
	case c.kind == kindInventory && c.images:
		return "-images goes with -kind products"
	case c.kind == kindInventory && importer.CheckStoreID(c.store) != nil:
		return "-kind inventory needs -store with the id of a store: 1 to 128 letters, digits, hyphens, underscores and points"
	}

	return ""
}

// usageExit returns the exit code for an error of parseArgs.
func usageExit(err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}

	return exitUsage
}
