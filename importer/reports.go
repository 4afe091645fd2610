package importer

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/internal/ledger"
)

// reportKeys are where the reports of a job are stored; empty for one that does
// not exist.
type reportKeys struct{ errors, results string }

// writeReports makes results.csv and, where rows failed, errors.csv of the ledger,
// while it proves it. The reports are stored only if the proof holds; otherwise
// the error wraps ledger.ErrCorrupt.
func (r *run) writeReports(ctx context.Context) (reportKeys, error) {
	keys := reportKeys{results: folder(r.kind, r.job.ID) + "/results.csv"}
	if r.job.Progress.Errors > 0 {
		keys.errors = folder(r.kind, r.job.ID) + "/errors.csv"
	}

	group, ctx := errgroup.WithContext(ctx)

	results := r.upload(ctx, group, keys.results)
	failed := r.upload(ctx, group, keys.errors)

	group.Go(func() error {
		err := guard(func() error { return r.copyLedger(ctx, results, failed) })

		// A nil error ends the files; any other makes their Put fail, so that
		// nothing is stored.
		_ = results.CloseWithError(err) // returns nil always
		_ = failed.CloseWithError(err)

		return err
	})

	if err := group.Wait(); err != nil {
		return reportKeys{}, fmt.Errorf("importer: write reports: %w", err)
	}

	return keys, nil
}

// upload stores under key what is written into the pipe it returns. With an empty
// key what is written is dropped.
func (r *run) upload(ctx context.Context, group *errgroup.Group, key string) *io.PipeWriter {
	source, sink := io.Pipe()

	group.Go(func() error {
		var err error
		if key == "" {
			_, err = io.Copy(io.Discard, source)
		} else {
			_, err = r.worker.ports.Files.Put(ctx, key, source, &blob.PutOptions{ContentType: "text/csv; charset=utf-8"})
		}

		// Unblocks the writer where the store stopped reading.
		_ = source.CloseWithError(err) // returns nil always

		return err
	})

	return sink
}

// reportBuffer is how much of a report is collected before it goes through the
// pipe, in bytes.
const reportBuffer = 64 << 10

// copyLedger writes both reports from the ledger.
func (r *run) copyLedger(ctx context.Context, results, failed io.Writer) error {
	resultsBuffer := bufio.NewWriterSize(results, reportBuffer)
	resultsCSV := csv.NewWriter(resultsBuffer)
	failedCSV := csvschema.NewReportWriter(bufio.NewWriterSize(failed, reportBuffer), r.session.Header())

	withItems := r.job.StoreID != ""

	if err := resultsCSV.Write(resultsHeader(withItems)); err != nil {
		return err
	}

	err := r.proveLedger(ctx, func(e *ledger.Entry) error {
		if e.Outcome == ledger.Error {
			code, message := entryProblems(e)
			if err := failedCSV.Write(e.Row, e.Values, code, message); err != nil {
				return err
			}
		}

		return resultsCSV.Write(resultsLine(e, withItems))
	})
	if err != nil {
		return err
	}

	resultsCSV.Flush()

	if err := resultsCSV.Error(); err != nil {
		return err
	}

	if err := resultsBuffer.Flush(); err != nil {
		return err
	}

	return failedCSV.Flush()
}

// resultsHeader names the columns of results.csv; the last, of jobs of a store alone,
// says what became of the store's item. Its cells are the engine's own (numbers, ids and
// codes), so none needs to be neutralised but the details, which hold text of the file.
func resultsHeader(withItems bool) []string {
	header := []string{"row_number", "outcome", "product_id", "matched_by", "error_code", "warnings", "details"}
	if withItems {
		header = append(header, "item")
	}

	return header
}

func resultsLine(e *ledger.Entry, withItem bool) []string {
	code, _ := entryProblems(e)

	line := []string{
		strconv.FormatInt(e.Row, 10), outcomeName(e.Outcome), e.ProductID, e.MatchedBy, code, strings.Join(e.Warnings, ";"),
		csvschema.NeutraliseCell(strings.Join(e.Details, "; ")),
	}
	if withItem {
		line = append(line, itemName(e.Item))
	}

	return line
}

// itemName says in the file what became of an item; rows in error have none.
func itemName(i ledger.Item) string {
	switch i {
	case ledger.Inserted:
		return "added"
	case ledger.Updated:
		return "updated"
	}

	return ""
}

func outcomeName(o ledger.Outcome) string {
	switch o {
	case ledger.Success:
		return "successful"
	case ledger.Duplicate:
		return "duplicate"
	case ledger.Error:
		return "error"
	}

	return string(o) // proveLedger lets no other pass
}

func entryProblems(e *ledger.Entry) (code, message string) {
	if len(e.Problems) == 0 {
		return "", ""
	}

	codes, messages := make([]string, len(e.Problems)), make([]string, len(e.Problems))
	for i, p := range e.Problems {
		codes[i], messages[i] = p.Code, p.Message
	}

	return joinProblems(codes, messages)
}
