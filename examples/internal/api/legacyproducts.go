package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vyapaarai/bulkimport/csvschema"
)

// legacyRequest is the body of a legacy import: products, as cells by column.
type legacyRequest struct {
	source   string
	products []map[string]string
	// columns are those that any of the products has, sorted.
	columns []string
}

// readLegacy reads the body of a legacy import.
func readLegacy(w http.ResponseWriter, r *http.Request) (*legacyRequest, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLegacyBody))

	var tooLarge *http.MaxBytesError

	switch {
	case errors.As(err, &tooLarge):
		return nil, &problem{
			status: http.StatusRequestEntityTooLarge, code: "body_too_large",
			message: "The body is larger than 8 MiB; upload a file at " + Base + "/upload-url.",
		}
	case err != nil:
		return nil, badRequest("body_unreadable", "The body ended before it was complete; send the request again.")
	}

	var fields struct {
		Products []map[string]json.RawMessage `json:"products"`
		Source   string                       `json:"source"`
	}
	if err := decodeObject(body, "The request", &fields); err != nil {
		return nil, err
	}

	if n := len(fields.Products); n == 0 || n > maxLegacyProducts {
		return nil, badRequest("products_invalid", "A request has 1 to %d products, not %d; larger imports begin at %s/upload-url.",
			maxLegacyProducts, n, Base)
	}

	request := &legacyRequest{source: strings.TrimSpace(fields.Source), products: make([]map[string]string, len(fields.Products))}
	if err := checkSource(request.source); err != nil {
		return nil, err
	}

	columns := legacyColumns{}

	for i, product := range fields.Products {
		if request.products[i], err = columns.cellsOf(product, i); err != nil {
			return nil, err
		}
	}

	request.columns = slices.Sorted(maps.Keys(columns.fields))

	return request, request.checkColumns(columns.fields)
}

// checkColumns returns an error for products whose file would be refused, in terms of their
// fields: it is made before there is a job, of which the caller knows nothing.
func (l *legacyRequest) checkColumns(fields map[string]string) error {
	_, _, err := csvschema.MapProductHeader(l.columns, nil)

	bad, ok := errors.AsType[*csvschema.HeaderError](err)
	if !ok {
		return err
	}

	switch {
	case bad.Code == csvschema.CodeColumnMissing:
		return badRequest("products_invalid", "No product has the field %s, which every one needs.", quoted(bad.Missing, " or "))
	case len(bad.Cells) > 1:
		return l.sameColumn(fields, l.columns[bad.Cells[0]], l.columns[bad.Cells[1]])
	case bad.Column != "":
		return badRequest("products_invalid", "The products have too many different fields %.60q together.", bad.Column)
	}

	return badRequest("products_invalid", "The names of the products' fields cannot be read.")
}

// sameColumn says that two columns mean the same. A product that has both is named; else
// some products have the one and some the other.
func (l *legacyRequest) sameColumn(fields map[string]string, one, other string) error {
	both := quoted([]string{fields[one], fields[other]}, " and ")

	for i, product := range l.products {
		_, hasOne := product[one]
		_, hasOther := product[other]

		if hasOne && hasOther {
			return badRequest("product_invalid", "Number %d of products has the fields %s, which mean the same; keep one of them.", i+1, both)
		}
	}

	return badRequest("products_invalid", "Some products have one and some the other of the fields %s, which mean the same; use one of them.", both)
}

// quoted returns names in quotes, with a word between them.
func quoted(names []string, between string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = fmt.Sprintf("%.60q", name)
	}

	return strings.Join(texts, between)
}

// maxSource is the longest source, in bytes.
const maxSource = 100

// checkSource refuses a source that could not be shown as part of a file name.
func checkSource(source string) error {
	unfit := func(r rune) bool { return !unicode.IsGraphic(r) || r == '/' || r == '\\' }
	if len(source) > maxSource || strings.ContainsFunc(source, unfit) {
		return badRequest("source_invalid", "Field \"source\" has at most %d bytes, and no slashes or control characters.", maxSource)
	}

	return nil
}

// filename is what the job's file is called.
func (l *legacyRequest) filename() string {
	if l.source == "" {
		return "bulk-import.csv"
	}

	return "bulk-import " + l.source + ".csv"
}

// legacyColumns are the columns of a file of products: those that any of them has. Every
// row has a field for each, so that they are bounded before there is a row.
type legacyColumns struct {
	// fields are the fields of the request that became the columns, by their names.
	fields map[string]string
	bytes  int // of all names together
}

// add adds a column, unless the file would then have more than an import reads.
func (l *legacyColumns) add(column, field string) error {
	if _, there := l.fields[column]; there {
		return nil
	}

	switch {
	case len(l.fields) == csvschema.DefaultFields:
		return fmt.Errorf("the products have more than %d different fields together", csvschema.DefaultFields)
	case l.bytes+len(column) > csvschema.DefaultHeaderBytes:
		return fmt.Errorf("the names of the fields have more than %d bytes together", csvschema.DefaultHeaderBytes)
	case l.fields == nil:
		l.fields = map[string]string{}
	}

	l.fields[column] = field
	l.bytes += len(column)

	return nil
}

// cellsOf returns the cells of a product, and adds their columns.
func (l *legacyColumns) cellsOf(product map[string]json.RawMessage, index int) (map[string]string, error) {
	cells := legacyCells{columns: l, texts: map[string]string{}}

	for _, field := range slices.Sorted(maps.Keys(product)) {
		if err := cells.add(field, product[field]); err != nil {
			return nil, badRequest("product_invalid", "Number %d of products, field %.60q: %s.", index+1, field, err.Error())
		}
	}

	// A row without a value is none, and would shift those behind it.
	for _, text := range cells.texts {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
			return cells.texts, nil
		}
	}

	return nil, badRequest("product_invalid", "Number %d of products is empty.", index+1)
}

// legacyCells are the cells of one product under way.
type legacyCells struct {
	columns *legacyColumns
	texts   map[string]string
}

// set sets the cell of one column, which comes from a field. Two fields may mean the same one, such as image_url_1 and the first of
// images; where both have a value and the values differ, neither is to be preferred.
func (c *legacyCells) set(column, field, text string) error {
	switch before := c.texts[column]; {
	case before != "" && text != "" && before != text:
		return fmt.Errorf("it and another field give %.60q different values; keep one of them", column)
	case before == "":
		c.texts[column] = text
	}

	return c.columns.add(column, field)
}

// listSeparator is between the values of one cell.
const listSeparator = "|"

// add adds the cells of one field: a scalar is one, images are one each, further
// barcodes are a list in one, and regional names and nutrition one for each member.
func (c *legacyCells) add(field string, value json.RawMessage) error {
	if !utf8.ValidString(field) || strings.TrimSpace(field) == "" {
		return errors.New("it has no name")
	}

	switch strings.ToLower(field) {
	case "images", "image_urls":
		urls, err := texts(value)
		if err != nil {
			return err
		}

		for i, url := range urls {
			if err := c.set(fmt.Sprintf("image_url_%d", i+1), field, url); err != nil {
				return err
			}
		}

		return nil
	case "additional_barcodes":
		codes, err := texts(value)
		if err != nil {
			return err
		}

		return c.set(field, field, strings.Join(codes, listSeparator))
	case "regional_names", "nutrition":
		return c.addFamily(field, value)
	}

	text, err := scalar(value)
	if err != nil {
		return err
	}

	return c.set(field, field, text)
}

// addFamily adds a cell for each member of an object.
func (c *legacyCells) addFamily(field string, value json.RawMessage) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(value, &members); err != nil {
		return errors.New("it must be an object")
	}

	for _, member := range slices.Sorted(maps.Keys(members)) {
		values, err := texts(members[member])
		if err != nil {
			return err
		}

		if strings.TrimSpace(member) == "" {
			return errors.New("a member has no name")
		}

		if err := c.set(strings.ToLower(field)+"_"+member, field+"."+member, strings.Join(values, listSeparator)); err != nil {
			return err
		}
	}

	return nil
}

// texts returns the values of an array of scalars, or of one scalar.
func texts(value json.RawMessage) ([]string, error) {
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) != nil {
		elements = []json.RawMessage{value}
	}

	var values []string

	for _, element := range elements {
		text, err := scalar(element)
		if err != nil {
			return nil, err
		}

		if text != "" {
			values = append(values, text)
		}
	}

	return values, nil
}

// scalar returns the text of a string, a number (as it is spelled), true, false or null.
func scalar(value json.RawMessage) (string, error) {
	switch {
	case len(value) == 0 || string(value) == "null":
		return "", nil
	case value[0] == '"':
		var text string
		err := json.Unmarshal(value, &text)

		return text, err
	case value[0] == '{' || value[0] == '[':
		return "", errors.New("it must be a string, a number, true, false or null")
	}

	return string(value), nil
}

const (
	byteOrderMark = "\ufeff"
	// legacyPreamble says that the file is UTF-8, and that commas are between its
	// fields, so that neither is guessed from the products.
	legacyPreamble = byteOrderMark + "sep=,\r\n"
)

// file returns the products as CSV, with a column for each field that any has.
func (l *legacyRequest) file() (io.Reader, error) {
	var b bytes.Buffer

	b.WriteString(legacyPreamble)

	w := csv.NewWriter(&b)
	if err := w.Write(l.columns); err != nil {
		return nil, fmt.Errorf("api: write products: %w", err)
	}

	record := make([]string, len(l.columns))

	for _, product := range l.products {
		for i, column := range l.columns {
			record[i] = product[column]
		}

		if err := w.Write(record); err != nil {
			return nil, fmt.Errorf("api: write products: %w", err)
		}
	}

	w.Flush()

	return &b, w.Error()
}
