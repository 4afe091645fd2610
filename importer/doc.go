// Package importer is the engine that turns an uploaded CSV into a clean
// catalogue: as a job in the background, in chunks, exactly once.
//
// A [Service] is what users talk to: it creates uploads, starts jobs, tells how
// they are doing, cancels them and has them go on. A [Worker] runs jobs. Both work on [Ports]: a
// job store, a store of files, a queue, and the [Kind] of each type of job. Service
// and Worker may share a process or be spread over many.
//
// # How a job runs
//
// CreateUpload makes a job and a place for its file; Process looks at the head of
// the file and queues the job; a Worker takes a lease on it and imports the file
// chunk by chunk:
//
//	read ──> prepare (parse, validate, look up, images) ──> apply (decide in file
//	order, create products) ──> commit (ledger segment, then checkpoint)
//
// The stages run side by side. Chunks are prepared in parallel, and applied and
// committed in file order. When the file is at its end, the ledger is proved and
// becomes the reports, the job ends, and the notifier is told.
//
// # Exactly once
//
// Only a commit counts. Behind the last checkpoint, after a crash, a few chunks may
// have been applied without one; they are applied again. A product's id follows
// from its job and row, and the product names both as its origin, so a row that
// was written before is found to be its own and is neither written nor counted
// twice. Commits carry the epoch of the lease: a worker that was paused for longer
// than its lease is refused, and what it wrote to the ledger lies beside the
// ledger of its successor, not in it.
//
// What another writer does to the catalogue between a crash and the resumption
// (deleting a product, say) is seen by the resumed run, as it would have been by a
// run that came later.
//
// A job that failed or was cancelled can go on from its checkpoint in the same way
// ([Service.Retry]). Its end is then another event.
//
// # Conservation
//
// Every data row ends as exactly one of successful, duplicate and error, and has
// one line in the job's ledger. Before a job ends as completed its ledger is read
// back: the segments must be those that were committed, follow each other without
// a gap in rows and bytes up to the end of the file, and add up to the counters.
// Otherwise the job fails.
//
// # Limits
//
// Memory is bounded by the chunks in flight (see [WorkerOptions]), whatever the
// size of the file. A Kind's outcomes must follow from the file, the catalogue and
// where chunks begin, and should not depend on the last.
//
// A user has only so many jobs at a time and a day ([ServiceOptions]).
//
// # Trying an import
//
// A [Validator] runs the session of a [Trier] over the first rows of a file. What such a
// session would write it only remembers, so the outcomes are those of the import, by the
// same rules.
//
// # Inventories of stores
//
// A second kind ([NewInventoryKind]) imports what one store has of the products. Its rows
// find their product in the catalogue, or create it, and put an item into the store's
// inventory. An item names the row that wrote it last and the row that inserted it, so
// that a repeated chunk never goes behind what came after it, and gets the answers that it
// got before. Jobs of a store are apart from all others for a [Caller] that is bound to
// it.
//
// # Images
//
// With an image pipeline ([Images]; imagepipe.Pipeline is one) the images of the rows are
// fetched while the chunks before are applied. Rows that are duplicates by barcode are
// not fetched. Images are optional: one that fails is a warning with its address and
// reason in results.csv, and costs no row. The hash of the first image is the second
// tier of the search for duplicates, except where more names share a picture than
// ProductKindOptions.SharedImage allows: that is a placeholder, and a warning.
//
// Images of rows that become no product are removed. [SweepImages] removes what a
// crash leaves of them, and the images of products that were deleted.
//
// A run that is to stop cuts the fetching of images off. What it had stored by then is
// removed where the job is cancelled, and is replaced by the next run otherwise.
package importer
