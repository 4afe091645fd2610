package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// checkpoint is how far a backfill has come.
type checkpoint struct {
	ProductsTable string `json:"products_table"`
	KeysTable     string `json:"keys_table"`
	// Segments are all segments of the table, in order.
	Segments []segment `json:"segments"`
	Totals   totals    `json:"totals"`

	// file is where it is kept; empty for nowhere.
	file string
}

// segment is how far one segment has come.
type segment struct {
	// After is the id of the last product looked at, or empty.
	After string `json:"after,omitempty"`
	Done  bool   `json:"done,omitempty"`
}

// totals are counts over the whole backfill, the runs before included.
type totals struct {
	Scanned   int `json:"scanned"`
	Products  int `json:"products"`
	Keys      int `json:"keys"`
	Conflicts int `json:"conflicts"`
	Problems  int `json:"problems"`
}

func (t totals) sentence(dryRun bool) string {
	claimed := "claimed"
	if dryRun {
		claimed = "would be claimed"
	}

	return fmt.Sprintf("%d products looked at; %d keys of %d products %s; %d conflicts, %d problems",
		t.Scanned, t.Keys, t.Products, claimed, t.Conflicts, t.Problems)
}

// openCheckpoint reads the checkpoint, or begins a new one where there is none.
func openCheckpoint(conf config) (*checkpoint, error) {
	fresh := &checkpoint{
		ProductsTable: conf.productsTable, KeysTable: conf.keysTable,
		Segments: make([]segment, conf.segments), file: conf.checkpoint,
	}

	if conf.checkpoint == "" {
		return fresh, nil
	}

	data, err := os.ReadFile(conf.checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return fresh, nil
	}

	if err != nil {
		return nil, fmt.Errorf("read the checkpoint: %w", err)
	}

	var kept checkpoint
	if err := json.Unmarshal(data, &kept); err != nil {
		return nil, fmt.Errorf("read the checkpoint %s: %w", conf.checkpoint, err)
	}

	if kept.ProductsTable != conf.productsTable || kept.KeysTable != conf.keysTable || len(kept.Segments) != conf.segments {
		return nil, fmt.Errorf("the checkpoint %s is of the tables %s and %s in %d segments: go on with those, or remove it",
			conf.checkpoint, kept.ProductsTable, kept.KeysTable, len(kept.Segments))
	}

	kept.file = conf.checkpoint

	return &kept, nil
}

// save keeps the checkpoint: whole, or not at all.
func (c *checkpoint) save() (err error) {
	if c.file == "" {
		return nil
	}

	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}

	temporary, err := os.CreateTemp(filepath.Dir(c.file), filepath.Base(c.file)+".*")
	if err != nil {
		return fmt.Errorf("save the checkpoint: %w", err)
	}

	defer func() {
		if err != nil {
			err = fmt.Errorf("save the checkpoint: %w", errors.Join(err, os.Remove(temporary.Name())))
		}
	}()

	if _, err := temporary.Write(append(data, '\n')); err != nil {
		return errors.Join(err, temporary.Close())
	}

	if err := errors.Join(temporary.Sync(), temporary.Close()); err != nil {
		return err
	}

	return os.Rename(temporary.Name(), c.file)
}
