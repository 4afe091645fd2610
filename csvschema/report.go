package csvschema

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// utf8BOM makes spreadsheets read a file as UTF-8.
const utf8BOM = "\ufeff"

// ReportWriter writes an error report: the rows of a file that were in error, as they
// were, with the columns row_number, error_code and error_message added. The report is
// made to be opened in a spreadsheet, corrected and uploaded again: UTF-8 with a byte
// order mark, commas, lines ended by CRLF as RFC 4180 has them, and cells protected by
// [NeutraliseCell]. [MapProductHeader] recognises it.
//
// A report that is uploaded untouched imports nothing. Values beyond the header are
// written beyond the columns added, without a header cell, so that they are surplus
// again. What is shown of a record that could not be read (its code is one of a
// [RecordError]) may be cut or in wrong columns: such a row stays in error until its cell
// in error_code is emptied, and its message says so.
//
// A ReportWriter is not safe for concurrent use.
type ReportWriter struct {
	w      *bufio.Writer
	header []string // nil once it is written
	width  int
	line   []byte
}

// NewReportWriter returns a writer of a report on a file with the given header, which is
// [Columns.Header]. The header is written with the first row or by Flush.
func NewReportWriter(w io.Writer, header []string) *ReportWriter {
	full := append(append(make([]string, 0, len(header)+len(reportColumns)), header...), reportColumns[:]...)
	return &ReportWriter{w: bufio.NewWriterSize(w, 64<<10), header: full, width: len(header)}
}

// Write adds a row: its number, its values, which are [Columns.Original], and what is
// wrong with it. Missing values are empty; those beyond the header are surplus. It fails
// with the error of the underlying writer.
func (w *ReportWriter) Write(row int64, values []string, code, message string) error {
	if isRecordCode(Code(code)) {
		message += unreadAdvice
	}
	if err := w.writeHeader(); err != nil {
		return err
	}
	w.line = w.line[:0]
	for i := range w.width {
		if i < len(values) {
			w.line = appendCell(w.line, NeutraliseCell(values[i]))
		}
		w.line = append(w.line, ',')
	}
	w.line = strconv.AppendInt(w.line, row, 10)
	w.line = append(w.line, ',')
	w.line = appendCell(w.line, NeutraliseCell(code))
	w.line = append(w.line, ',')
	w.line = appendCell(w.line, NeutraliseCell(message))
	for _, surplus := range values[min(len(values), w.width):] {
		w.line = append(w.line, ',')
		w.line = appendCell(w.line, NeutraliseCell(surplus))
	}
	w.line = append(w.line, "\r\n"...)
	_, err := w.w.Write(w.line)
	return err
}

// Flush writes what is buffered, and the header where no row was written. Call it at the
// end.
func (w *ReportWriter) Flush() error {
	if err := w.writeHeader(); err != nil {
		return err
	}
	return w.w.Flush()
}

func (w *ReportWriter) writeHeader() error {
	if w.header == nil {
		return nil
	}
	for i, cell := range w.header {
		w.header[i] = NeutraliseCell(cell)
	}
	line := appendRecord([]byte(utf8BOM), w.header)
	w.header = nil
	_, err := w.w.Write(line)
	return err
}

// appendRecord appends a record with commas and CRLF.
func appendRecord(dst []byte, cells []string) []byte {
	for i, cell := range cells {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCell(dst, cell)
	}
	return append(dst, "\r\n"...)
}

// appendCell appends a cell, in quotes where it needs them. A semicolon or a tab needs
// them too: with it, a reader that guesses the delimiter is not misled.
func appendCell(dst []byte, cell string) []byte {
	if !strings.ContainsAny(cell, ",;|\t\"\r\n") && !strings.HasPrefix(cell, " ") && !strings.HasSuffix(cell, " ") {
		return append(dst, cell...)
	}
	dst = append(dst, '"')
	for {
		i := strings.IndexByte(cell, '"')
		if i < 0 {
			break
		}
		dst = append(append(dst, cell[:i]...), `""`...)
		cell = cell[i+1:]
	}
	return append(append(dst, cell...), '"')
}
