package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/vyapaarai/bulkimport/csvschema"
	"github.com/vyapaarai/bulkimport/importer/catalog/dynamocatalog"
)

// conflictWriter writes conflicts as lines of CSV.
type conflictWriter struct {
	csv  *csv.Writer
	file *os.File // nil: the standard output
}

// openConflicts opens the file of conflicts, at its end where there is one. Without a
// name it is stdout.
func openConflicts(name string, stdout io.Writer) (*conflictWriter, error) {
	var (
		w     = &conflictWriter{csv: csv.NewWriter(stdout)}
		fresh = true
	)

	if name != "" {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open the file of conflicts: %w", err)
		}

		info, err := file.Stat()
		if err != nil {
			return nil, fmt.Errorf("open the file of conflicts: %w", errors.Join(err, file.Close()))
		}

		w.file, w.csv, fresh = file, csv.NewWriter(file), info.Size() == 0
	}

	if !fresh {
		return w, nil
	}

	if err := w.write([]string{"key", "holder", "product"}); err != nil {
		return nil, errors.Join(err, w.close())
	}

	return w, nil
}

// add writes conflicts, and has them on disk when it returns.
func (w *conflictWriter) add(conflicts []dynamocatalog.Conflict) error {
	lines := make([][]string, 0, len(conflicts))
	for _, c := range conflicts {
		lines = append(lines, []string{
			csvschema.NeutraliseCell(c.Key.String()), csvschema.NeutraliseCell(c.Holder), csvschema.NeutraliseCell(c.Product),
		})
	}

	return w.write(lines...)
}

// addReleased writes claims that were released, as lines without a product.
func (w *conflictWriter) addReleased(claims []dynamocatalog.Claim) error {
	conflicts := make([]dynamocatalog.Conflict, len(claims))
	for i, claim := range claims {
		conflicts[i] = dynamocatalog.Conflict{Key: claim.Key, Holder: claim.Holder}
	}

	return w.add(conflicts)
}

func (w *conflictWriter) write(lines ...[]string) error {
	if len(lines) == 0 {
		return nil
	}

	err := w.csv.WriteAll(lines)
	if err == nil && w.file != nil {
		err = w.file.Sync()
	}

	if err != nil {
		return fmt.Errorf("write conflicts: %w", err)
	}

	return nil
}

func (w *conflictWriter) close() error {
	if w.file == nil {
		return nil
	}

	return w.file.Close()
}
