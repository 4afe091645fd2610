package processortest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

func refusalCases() []testCase {
	return []testCase{
		{Name: "files that are no pictures", Run: noPictures},
		{Name: "pictures of other formats", Run: otherFormats},
	}
}

func noPictures(t testing.TB, h Harness) {
	t.Helper()

	p := h.New(t, Limits{})

	for name, data := range map[string][]byte{
		"nil":          nil,
		"empty":        {},
		"a byte":       {0xff},
		"zeros":        make([]byte, 4096),
		"text":         []byte("The picture was moved."),
		"page":         []byte("<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>"),
		"json":         []byte(`{"error": "not found"}`),
		"script":       []byte("#!/bin/sh\necho GIF89a\n"),
		"pdf":          []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"),
		"archive":      []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00"),
		"wave in riff": []byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"),
		"only magic":   []byte("\x89PNX\r\n\x1a\n"),
	} {
		require.ErrorIs(t, refusedBy(t, p, data), imagepipe.ErrFormat, name)
	}
}

// otherFormats are pictures all right, but each more format is a risk; those that are
// drawn, by reading other files.
func otherFormats(t testing.TB, h Harness) {
	t.Helper()

	const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="64" height="48"/></svg>`

	p := h.New(t, Limits{})

	for name, data := range map[string][]byte{
		"svg":               []byte(drawing),
		"svg with prologue": []byte("<?xml version='1.0'?>\n<!-- a drawing -->\n" + drawing),
		"bmp":               []byte("BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x01\x00\x18\x00" + strings.Repeat("\x00", 40)),
		"tiff":              []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		"tiff, other order": []byte("MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"),
		"ico":               []byte("\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00"),
		"avif":              []byte("\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1miaf"),
		"heic":              []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"),
		"jpeg xl":           []byte("\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"),
		"jpeg 2000":         []byte("\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a"),
		"netpbm":            bytes.Repeat([]byte("P6 2 2 255 abcdefghijkl"), 2),
	} {
		require.ErrorIs(t, refusedBy(t, p, data), imagepipe.ErrFormat, name)
	}
}
