package dirblob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/blob/internal/bound"
)

// readBatch is how many entries of a folder are read at a time.
const readBatch = 512

// List implements blob.Store. It reads the folders on the way to the page and
// keeps at most two pages of names of each in memory, however many there are.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blob.Info, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("dirblob: list: %w", err)
	}

	if err := blob.CheckPrefix(prefix); err != nil {
		return nil, err
	}

	l := listing{ctx: ctx, store: s, prefix: prefix, after: after, limit: bound.Page(limit)}

	// The folder that the prefix names holds all of the keys.
	start := prefix[:strings.LastIndexByte(prefix, '/')+1]
	if err := l.walk(start); err != nil {
		return nil, fmt.Errorf("dirblob: list %q: %w", prefix, err)
	}

	return l.page, nil
}

// listing is one call of List.
type listing struct {
	ctx    context.Context
	store  *Store
	prefix string
	after  string
	limit  int

	page []blob.Info
}

// entry is a file or folder. Its order is that of the keys: a folder is named
// with the slash that follows its name in every key below it, so that the folder
// "a/" comes behind the file "a-b", as "a/x" does.
type entry string

func (e entry) isFolder() bool {
	return strings.HasSuffix(string(e), "/")
}

// walk appends the keys below folder, which is "" or ends with a slash, to the
// page until that is full.
func (l *listing) walk(folder string) error {
	for from := entry(""); ; {
		entries, err := l.smallest(folder, from)
		if err != nil {
			return err
		}

		for _, e := range entries {
			if err := l.visit(e); err != nil || len(l.page) == l.limit {
				return err
			}
		}

		// Folders without keys and files that were deleted meanwhile add nothing,
		// so the page may need more entries than its limit.
		if len(entries) < l.limit {
			return nil
		}

		from = entries[len(entries)-1]
	}
}

// visit appends the file e, or what is below the folder e.
func (l *listing) visit(e entry) error {
	if err := context.Cause(l.ctx); err != nil {
		return err
	}

	if e.isFolder() {
		return l.walk(string(e))
	}

	info, err := l.store.stat(string(e))
	if errors.Is(err, blob.ErrNotFound) {
		return nil
	}

	if err != nil {
		return err
	}

	l.page = append(l.page, info)

	return nil
}

// smallest returns, in order, the first entries of folder behind from that may
// contribute to the page, at most as many as the page has room for in all.
func (l *listing) smallest(folder string, from entry) ([]entry, error) {
	dir, err := l.store.root.Open(cmp.Or(strings.TrimSuffix(folder, "/"), "."))
	if isMissing(err) {
		return nil, nil
	}

	if err != nil {
		return nil, err
	}

	entries, err := l.collect(dir, folder, from)

	return entries, errors.Join(err, dir.Close())
}

// collect does the work of smallest on the open folder. It sorts and cuts
// whenever twice the limit has come together, which costs no more than a heap
// and is simpler.
func (l *listing) collect(dir *os.File, folder string, from entry) ([]entry, error) {
	var entries []entry

	cut := func() {
		slices.Sort(entries)
		entries = entries[:min(len(entries), l.limit)]
	}

	for {
		batch, err := dir.ReadDir(readBatch)
		if err == io.EOF || isMissing(err) {
			cut()
			return entries, nil
		}

		if err != nil {
			return nil, err
		}

		for _, found := range batch {
			if e, ok := l.wanted(folder, found); ok && e > from {
				entries = append(entries, e)
			}
		}

		if len(entries) >= 2*l.limit {
			cut()
		}
	}
}

// wanted returns the entry for what was found in folder, and whether it may
// contribute to the page.
func (l *listing) wanted(folder string, found fs.DirEntry) (entry, bool) {
	name := folder + found.Name()

	// Other names, such as that of the temporary files, are not ours.
	if blob.CheckKey(name) != nil {
		return "", false
	}

	switch {
	case found.Type().IsRegular():
		return entry(name), name > l.after && strings.HasPrefix(name, l.prefix)
	case found.IsDir():
		name += "/"
		// All keys below begin with name, so those on both sides of "after" are
		// where that begins with it, too. The walk began in the folder of the
		// prefix, which cannot end further below.
		return entry(name), (name > l.after || strings.HasPrefix(l.after, name)) && strings.HasPrefix(name, l.prefix)
	default:
		return "", false
	}
}
