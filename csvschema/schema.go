package csvschema

import "strings"

// A schema is the set of columns that one kind of file has. The product schema is in
// product_columns.go and that of an inventory in inventory_columns.go; another one is
// another such file: it lists its columns with their rules, of which rows.go makes a
// reader of headers and rows.

// column is one column that a schema knows.
type column struct {
	// name is the canonical name: lower case, words joined by underscores.
	name string
	// aliases are further names, in the same form.
	aliases  []string
	required bool
	// maxRunes bounds a value.
	maxRunes int
}

// shown is the name for a message.
func (c *column) shown() string { return cut(c.name, shownNameRunes) }

// family is a set of columns whose names share a prefix, such as nutrition_*.
type family struct {
	prefix  string
	aliases []string // further prefixes
	// suffix returns the canonical form of what follows the prefix, or false where
	// that names no column.
	suffix   func(string) (string, bool)
	maxRunes int // bounds a value
	// maxColumns bounds the members in one file: every row may have a value of each.
	maxColumns int
}

type schema struct {
	columns  []column
	families []family
}

// reportColumns are the columns that the error report adds to those of the file. A
// header that has all of them is that of an error report.
var reportColumns = [...]string{"row_number", reportCode: "error_code", reportMessage: "error_message"}

// Places in reportColumns.
const (
	reportCode    = 1
	reportMessage = 2
)

// joined is a name without its underscores: two names that agree in it are the same,
// so that ProductName finds product_name.
func joined(name string) string { return strings.ReplaceAll(name, "_", "") }

// names maps the joined form of each name and alias to the canonical name.
func (s *schema) names() map[string]string {
	names := make(map[string]string)
	for _, c := range s.columns {
		names[joined(c.name)] = c.name
		for _, alias := range c.aliases {
			names[joined(alias)] = c.name
		}
	}
	return names
}

// member returns the canonical name of a column that belongs to a family, and the family.
func (s *schema) member(name string) (string, *family) {
	for i := range s.families {
		f := &s.families[i]
		for _, prefix := range append([]string{f.prefix}, f.aliases...) {
			rest, ok := strings.CutPrefix(name, prefix)
			if !ok {
				continue
			}
			if suffix, ok := f.suffix(rest); ok {
				return f.prefix + suffix, f
			}
		}
	}
	return "", nil
}
