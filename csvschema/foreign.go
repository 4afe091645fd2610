package csvschema

import (
	"bytes"
	"fmt"
)

// signature tells a foreign format by how its files begin.
type signature struct {
	prefix string
	what   string // "the file is " + what
	advice string
}

const (
	adviceExport    = "save the table as CSV (UTF-8) and upload that file"
	adviceUnpack    = "unpack it and upload the CSV file inside"
	adviceGzip      = "upload the CSV file itself, or compressed with gzip or zstd"
	adviceReencoded = "save it as UTF-8"
)

// signatures are published magic numbers, most specific first.
var signatures = []signature{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", adviceExport},
	{"%PDF-", "a PDF document", adviceExport},
	{"{\\rtf", "an RTF document", adviceExport},
	{"PAR1", "a Parquet file", adviceExport},
	{"SQLite format 3\x00", "a SQLite database", adviceExport},
	{"\x89PNG\r\n", "an image", adviceExport},
	{"\xff\xd8\xff", "an image", adviceExport},
	{"GIF8", "an image", adviceExport},
	{"Rar!\x1a\x07", "a RAR archive", adviceUnpack},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive", adviceUnpack},
	{"BZh", "compressed with bzip2", adviceGzip},
	{"\xfd7zXZ\x00", "compressed with xz", adviceGzip},
	{"\xff\xfe\x00\x00", "encoded as UTF-32", adviceReencoded},
	{"\x00\x00\xfe\xff", "encoded as UTF-32", adviceReencoded},
}

// markup tells formats by their first characters behind blanks, in lower case.
var markup = []signature{
	{"<!doctype html", "a web page (HTML)", adviceExport},
	{"<html", "a web page (HTML)", adviceExport},
	{"<head", "a web page (HTML)", adviceExport},
	{"<table", "a web page (HTML)", adviceExport},
	{"<?xml", "an XML document", adviceExport},
	{"{\"", "a JSON document", adviceExport},
	{"[{", "a JSON document", adviceExport},
	{"[[", "a JSON document", adviceExport},
}

// foreignFormat returns an error where head begins a file that is not CSV.
func foreignFormat(head []byte) error {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return notCSV(zipSignature(head))
	}
	for _, s := range signatures {
		// "BZh" and the like could begin a header; a binary file has bytes to match.
		if bytes.HasPrefix(head, []byte(s.prefix)) && (!isLetters(s.prefix) || hasControls(head)) {
			return notCSV(s)
		}
	}

	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	text = bytes.ToLower(bytes.TrimSpace(text[:min(len(text), 256)]))
	compact := bytes.Join(bytes.Fields(text), nil)
	for _, s := range markup {
		if bytes.HasPrefix(text, []byte(s.prefix)) || bytes.HasPrefix(compact, []byte(s.prefix)) {
			return notCSV(s)
		}
	}
	return nil
}

// zipSignature tells workbooks from other zip archives by the names inside.
func zipSignature(head []byte) signature {
	head = head[:min(len(head), 8<<10)]
	switch {
	case bytes.Contains(head, []byte("xl/")), bytes.Contains(head, []byte("[Content_Types].xml")):
		return signature{what: "an Excel workbook (.xlsx)", advice: adviceExport}
	case bytes.Contains(head, []byte("opendocument.spreadsheet")):
		return signature{what: "an OpenDocument spreadsheet (.ods)", advice: adviceExport}
	default:
		return signature{what: "a zip archive", advice: adviceUnpack}
	}
}

func notCSV(s signature) error {
	return &FileError{
		Code:     CodeFileNotCSV,
		Message:  fmt.Sprintf("the file is %s, not CSV; %s", s.what, s.advice),
		sentinel: ErrNotCSV,
	}
}

// isLetters says whether s is made of ASCII letters and digits, as a header could be.
func isLetters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// hasControls says whether text holds control characters that no text has.
func hasControls(text []byte) bool {
	return bytes.ContainsFunc(text, isBinary)
}

// isBinary says whether r is a control character other than blanks and line ends.
func isBinary(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != '\v' || r == 0x7f
}

// checkText returns an error where a twentieth of the text is control characters: no CSV
// file, but a binary file of an unknown kind.
func checkText(text []byte) error {
	binary := 0
	for _, c := range text {
		if c < 0x80 && isBinary(rune(c)) {
			binary++
		}
	}
	if binary*20 > len(text) {
		return notCSV(signature{what: "a binary file", advice: adviceExport})
	}
	return nil
}
