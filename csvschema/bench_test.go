package csvschema_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/csvschema"
)

const benchRows = 20_000

// benchFile is made of rows such as real catalogues have.
func benchFile() []byte {
	var b bytes.Buffer
	b.WriteString("name,category,brand,barcode,description,weight,image_url_1,nutrition_fat\n")
	for i := range benchRows {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "Green Tea %d,Drinks,Example,%013d,,100 g,,1.5\n", i, i)
		case 1:
			fmt.Fprintf(&b, "\"Tea, green %d\",\"Drinks, hot\",Example,%013d,Loose leaves,100 g,https://images.example.com/%d.jpg,\n", i, i, i)
		case 2:
			fmt.Fprintf(&b, "चाय पत्ती %d,पेय,Example,%013d,,100 g,https://images.example.com/%d.jpg,\n", i, i, i)
		case 3:
			fmt.Fprintf(&b, "\"Pipe, 5\"\" long %d\",Tools,Example,,\"line 1\nline 2\",,,\n", i)
		}
	}
	return b.Bytes()
}

func BenchmarkReader(b *testing.B) {
	file := benchFile()
	for _, bc := range []struct {
		name string
		d    csvschema.Dialect
	}{
		{"utf-8", csvschema.Dialect{}},
		{"utf-16", csvschema.Dialect{Encoding: csvschema.UTF16LE}},
		{"gzip", csvschema.Dialect{Compression: csvschema.Gzip}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			stored := compress(b, encode(b, string(file), bc.d.Encoding), bc.d.Compression)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			rows := 0
			for b.Loop() {
				r, err := csvschema.NewReader(bytes.NewReader(stored), bc.d, nil)
				require.NoError(b, err)
				for {
					_, err := r.Read()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				require.NoError(b, r.Close())
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkParseRow(b *testing.B) {
	file := benchFile()
	records := readAll(b, bytes.NewReader(file), csvschema.Dialect{}, nil).records
	columns, _, err := csvschema.MapProductHeader(records[0].Fields, nil)
	require.NoError(b, err)
	records = records[1:]
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		for _, record := range records {
			if _, _, errs := columns.ParseRow(record); len(errs) > 0 {
				b.Fatal(errs[0])
			}
			rows++
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkHostileReader reads a file in which every line leads a naive reader to the
// record limit and back.
func BenchmarkHostileReader(b *testing.B) {
	file := bytes.Repeat([]byte("a\",\"b\n"), 1<<20)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		r, err := csvschema.NewReader(bytes.NewReader(file), csvschema.Dialect{}, nil)
		require.NoError(b, err)
		for err != io.EOF {
			_, err = r.Read()
		}
	}
}
