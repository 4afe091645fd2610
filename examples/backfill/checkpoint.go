package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// checkpoint is how far a pass through a table has come.
type checkpoint struct {
	ProductsTable string `json:"products_table"`
	KeysTable     string `json:"keys_table"`
	// Orphans: the pass is one through the table of keys.
	Orphans bool `json:"orphans,omitempty"`
	// Segments are all segments of the table, in order.
	Segments []segment `json:"segments"`
	Totals   totals    `json:"totals"`

	// file is where it is kept; empty for nowhere.
	file string
}

// segment is how far one segment has come.
type segment struct {
	// After is the id of the last product looked at, or the key of the last claim; or
	// empty.
	After string `json:"after,omitempty"`
	Done  bool   `json:"done,omitempty"`
}

// totals are counts over the whole pass, the runs before that were stopped included. In a
// pass for orphans Scanned are claims, and Keys those that were released.
type totals struct {
	Scanned   int `json:"scanned"`
	Products  int `json:"products"`
	Keys      int `json:"keys"`
	Conflicts int `json:"conflicts"`
	Problems  int `json:"problems"`
}

func (t totals) sentence(conf config) string {
	would := ""
	if conf.dryRun {
		would = "would be "
	}

	if conf.orphans {
		return fmt.Sprintf("%d claims looked at; %d of products that do not exist %sreleased; %d problems",
			t.Scanned, t.Keys, would, t.Problems)
	}

	return fmt.Sprintf("%d products looked at; %d keys of %d products %sclaimed; %d conflicts, %d problems",
		t.Scanned, t.Keys, t.Products, would, t.Conflicts, t.Problems)
}

// openCheckpoint reads the checkpoint, or begins a new one where there is none, or one
// of a pass that is through, which it says.
func openCheckpoint(conf config, stderr io.Writer) (*checkpoint, error) {
	fresh := &checkpoint{
		ProductsTable: conf.productsTable, KeysTable: conf.keysTable, Orphans: conf.orphans,
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

	if kept.Orphans != conf.orphans {
		return nil, fmt.Errorf("the checkpoint %s is of a pass with -orphans=%t: go on with that, or remove it",
			conf.checkpoint, kept.Orphans)
	}

	if kept.through() {
		fmt.Fprintf(stderr, "backfill: the pass of the checkpoint %s is through; a new one begins\n", conf.checkpoint)

		return fresh, nil
	}

	kept.file = conf.checkpoint

	return &kept, nil
}

// through reports whether there is nothing left to go on with.
func (c *checkpoint) through() bool {
	return !slices.ContainsFunc(c.Segments, func(s segment) bool { return !s.Done })
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
