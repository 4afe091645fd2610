package importer

import (
	"context"
	"encoding/json"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/dedupe"
	"github.com/vyapaarai/bulkimport/importer/catalog"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Kind is what the rows of one type of job mean. The engine knows rows, outcomes
// and chunks; which columns there are, and how a chunk of records becomes
// outcomes, is a Kind's. [NewProductKind] is the one for products, [NewInventoryKind]
// the one for the inventories of stores.
//
// Implementations are safe for concurrent use.
type Kind interface {
	// Type is the type of job this is for.
	Type() jobstore.Type

	// Naming says how jobs of this type and their files are called.
	Naming() Naming

	// CheckHeader looks at the header record of an uploaded file. An error that
	// wraps csvschema.ErrHeader refuses the file, with the words of the error.
	CheckHeader(header []string, limits *csvschema.Limits) ([]csvschema.Warning, error)

	// Begin starts or resumes the import of a file. An error that wraps
	// csvschema.ErrHeader fails the job.
	Begin(ctx context.Context, start Start) (Session, error)
}

// StoreKind is a Kind whose jobs are of one store each. Jobs of other kinds are of none.
type StoreKind interface {
	Kind
	// ForStore marks the kind; it is not called.
	ForStore()
}

// OptionsKind is a Kind with options of its own. The jobs of other kinds begin with
// DefaultOptions and may have any options.
type OptionsKind interface {
	Kind

	// DefaultOptions returns the options of a job whose user named none.
	DefaultOptions() jobstore.Options

	// CheckOptions returns an error that wraps ErrInvalid for options that jobs of this
	// kind cannot have. They are sound in themselves.
	CheckOptions(o jobstore.Options) error
}

// Start is what a Session begins with.
type Start struct {
	Job jobstore.Job
	// Header is the header record of the file.
	Header []string
	// Limits are those of the Worker.
	Limits *csvschema.Limits
	// Carry is the Chunk.Carry of the last chunk that was committed; empty at the
	// beginning of a file.
	Carry json.RawMessage
}

// Naming are the prefixes of one type of job.
type Naming struct {
	// JobID begins the ids of the jobs, such as "admin_import".
	JobID string
	// Folder is the folder of the files of all jobs, such as "admin-imports".
	Folder string
}

// Session is one run over one file.
//
// A run may repeat chunks whose outcome was not committed before a crash. The
// same rows must then end in the same outcomes, and nothing be written twice: see
// catalog.Origin for how products are recognised as the row's own.
type Session interface {
	// Header returns the original columns of the file, for the error report.
	Header() []string

	// Original returns the values of a record under the columns of Header.
	Original(rec csvschema.Record) []string

	// IsRow reports whether a record is a data row. One that is not has a row number,
	// and nothing else comes of it.
	IsRow(rec csvschema.Record) bool

	// MaxRows is the largest number of rows that a chunk of this session may have;
	// 0 leaves it to the Worker. It is for sessions whose rows take long: nothing
	// is committed, nor a cancellation final, before the chunk is through.
	MaxRows() int

	// Prepare does the part of a chunk's work that needs no order: parse,
	// validate, look up, fetch. It writes nothing that others can see. Several
	// chunks may be prepared at the same time. Its context also ends when the run
	// is to stop, and Prepare must then return soon; the chunk is not applied.
	Prepare(ctx context.Context, c *Chunk) error

	// Apply decides and writes the chunk, in the order of its rows, and sets every
	// row's Outcome. Chunks are applied one at a time and in file order. An error
	// leaves the outcomes undefined and ends the run; the chunk comes again.
	Apply(ctx context.Context, c *Chunk) error

	// Touched reports whether an earlier run has already written something for a
	// row of this chunk, which is not prepared. It lets a cancelled job end in a
	// state where its ledger accounts for everything that was written.
	Touched(ctx context.Context, c *Chunk) (bool, error)

	// Drop gives up a chunk that is not going to be applied, because the job is
	// cancelled: what Prepare stored for it is removed, also where Prepare was cut
	// off.
	Drop(ctx context.Context, c *Chunk) error
}

// Chunk is a run of consecutive records: what is prepared, applied and committed
// together.
type Chunk struct {
	// Start and End are the positions of the first record and behind the last.
	// Chunks follow each other without a gap.
	Start, End csvschema.Position
	// Rows are the data rows. Records without content are left out.
	Rows []Row
	// State is the session's own, from Prepare to Apply.
	State any
	// Carry, where Apply sets it, is what the session must know of this chunk and
	// those before to go on behind it. It is committed with the chunk, and a later
	// run begins with it. Keep it small: each ledger segment holds one. It must
	// follow from the file and the outcomes so far, not from the time or the
	// process, or a crash would change what comes after.
	Carry json.RawMessage

	// blank is how many records between Start and End are no data rows. It is counted
	// apart from Rows, so that a row that gets lost is noticed.
	blank int64
	// last says that the file ends with this chunk.
	last bool
	// failure, with last, is why the file cannot be read on.
	failure error
	// sourceRead is how much of the stored file was read by the end of the chunk,
	// in bytes. It differs from End.Offset where the file is compressed.
	sourceRead int64
}

// Row is one data row of a chunk.
type Row struct {
	Record csvschema.Record
	// Malformed says that the record could not be read as CSV; the engine has
	// set its Outcome, and the session passes over it.
	Malformed bool
	Outcome   Outcome
}

// Result is what a row ended as.
type Result uint8

// The results of a row.
const (
	// Succeeded: the row is in the catalogue as Outcome.ProductID.
	Succeeded Result = 1 + iota
	// Duplicate: the row is the product Outcome.ProductID, which was there before.
	Duplicate
	// Failed: the row is in error.
	Failed
)

// Outcome is what became of a row.
type Outcome struct {
	Result Result
	// ProductID is the product that the row became or duplicates.
	ProductID string
	// MatchedBy is the tier by which the product of a duplicate was found, or that of a
	// row of an inventory.
	MatchedBy dedupe.Tier
	// Item is what became of the store's item for the product, where the job is of a
	// store.
	Item catalog.ItemResult
	// Quality is the quality score of a product that was created.
	Quality int
	// Warnings cost the row nothing.
	Warnings []csvschema.Warning
	// Details are sentences on this row in particular, for results.csv, where the
	// codes of Warnings do not say all.
	Details []string
	// Images are the images of a row that succeeded.
	Images jobstore.ImageCounts
	// Problems are what is wrong with a row that failed, at least one.
	Problems []*csvschema.RowError
	// Name and Barcode are the row's, as far as known, to show with its error.
	Name, Barcode string
}
