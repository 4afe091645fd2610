package csvschema_test

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/vyapaarai/bulkimport/csvschema"
)

func ExampleDetect() {
	head := "sep=;\r\nname;category;weight\r\nTea, green;Drinks;0,5\r\n"
	d, warnings, err := csvschema.Detect([]byte(head), true)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, delimiter %q, %d warnings\n", d.Encoding, rune(d.Delimiter), len(warnings))

	_, _, err = csvschema.Detect([]byte("%PDF-1.7"), false)
	fmt.Println(err)
	// Output:
	// utf-8, delimiter ';', 0 warnings
	// the file is a PDF document, not CSV; save the table as CSV (UTF-8) and upload that file
}

// A Reader is of use for any CSV file, not only for products.
func ExampleReader() {
	file := "city,people\nPune,\"3,124,458\"\n\"Nagpur,2405665\nKochi,602046\n"

	r, err := csvschema.NewReader(strings.NewReader(file), csvschema.Dialect{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = r.Close() }()

	for record, err := range r.Records() {
		var damaged *csvschema.RecordError
		switch {
		case errors.As(err, &damaged):
			fmt.Println("skipped:", damaged)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Printf("row %d: %q\n", record.Start.Row, record.Fields)
		}
	}
	// Output:
	// row 1: ["city" "people"]
	// row 2: ["Pune" "3,124,458"]
	// skipped: row 3 (line 3): a field begins with the quote " and has no closing one
	// row 4: ["Kochi" "602046"]
}

// Reading goes on at the end of any record, in another process too.
func ExampleNewReader_resume() {
	file := "a,1\nb,2\nc,3\n"

	first, err := csvschema.NewReader(strings.NewReader(file), csvschema.Dialect{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	record, err := first.Read()
	if err != nil {
		log.Fatal(err)
	}
	checkpoint := record.End

	rest := strings.NewReader(file[checkpoint.Offset:])
	second, err := csvschema.NewReader(rest, csvschema.Dialect{}, &csvschema.ReaderOptions{Start: checkpoint})
	if err != nil {
		log.Fatal(err)
	}
	for record, err := range second.Records() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(record.Start.Row, record.Fields)
	}
	// Output:
	// 2 [b 2]
	// 3 [c 3]
}

func ExampleMapProductHeader() {
	columns, warnings, err := csvschema.MapProductHeader([]string{"Product Name", "Category", "EAN-13", "MRP"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range columns.Mapping() {
		fmt.Printf("%s (%s) %s\n", m.Header, m.Use, cmp.Or(m.Column, "-"))
	}
	fmt.Println(warnings[0].Message)

	_, _, err = csvschema.MapProductHeader([]string{"Product Name", "Price"}, nil)
	fmt.Println(err)
	// Output:
	// Product Name (known) name
	// Category (known) category
	// EAN-13 (known) barcode
	// MRP (unknown) -
	// unknown columns are not imported: "MRP"
	// the column "category" is missing; the first row must name the columns, and it has "Product Name", "Price"
}

func ExampleProductColumns_ParseRow() {
	columns, _, err := csvschema.MapProductHeader([]string{"name", "category", "barcode"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i, fields := range [][]string{
		{"  Green   Tea ", "Drinks", "2000000000015.0"},
		{"Rice", "Food", "2.00000E+12"},
	} {
		row, warnings, errs := columns.ParseRow(csvschema.Record{
			Fields: fields, Start: csvschema.Position{Row: int64(i + 2)},
		})
		for _, e := range errs {
			fmt.Println("error:", e)
		}
		for _, w := range warnings {
			fmt.Println("warning:", w.Message)
		}
		if len(errs) == 0 {
			fmt.Println(row.Name, row.Barcode)
		}
	}
	// Output:
	// warning: barcode was written like a number or a formula and is read as its digits
	// Green Tea 2000000000015
	// error: row 3, column barcode: barcode is in scientific notation and has lost digits; format the column as text and enter the barcode again
}

func ExampleReportWriter() {
	var report strings.Builder
	w := csvschema.NewReportWriter(&report, []string{"name", "category", "note"})
	if err := w.Write(17, []string{"", "Drinks", "=1+1"}, string(csvschema.CodeNameMissing), "name is empty"); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	// The report begins with a byte order mark and has lines ended by CRLF.
	fmt.Print(strings.NewReplacer("\ufeff", "", "\r", "").Replace(report.String()))
	// Output:
	// name,category,note,row_number,error_code,error_message
	// ,Drinks,'=1+1,17,name_missing,name is empty
}

func ExampleNeutraliseCell() {
	cell := csvschema.NeutraliseCell("=1+1")
	fmt.Println(cell, csvschema.RestoreCell(cell), csvschema.NeutraliseCell("-5"))
	// Output: '=1+1 =1+1 -5
}

func ExampleTemplate() {
	template := string(csvschema.Template())
	header, _, _ := strings.Cut(template, ",barcode,")
	fmt.Println(strings.TrimPrefix(header, "\ufeff"))
	// Output: name,brand,category
}

func ExampleMapInventoryHeader() {
	columns, _, err := csvschema.MapInventoryHeader([]string{"EAN", "Qty.", "Sale Price"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for i, fields := range [][]string{{"2000000000015", "24", "₹1,299.00"}, {"2000000000022", "1,5", "45/-"}} {
		row, _, errs := columns.ParseRow(csvschema.Record{Fields: fields, Start: csvschema.Position{Row: int64(i + 2)}})
		for _, e := range errs {
			fmt.Println(e)
		}
		if len(errs) == 0 {
			fmt.Println(row.Product.Barcode, row.Quantity, row.SellingPrice.Decimal)
		}
	}
	// Output:
	// 2000000000015 24 1299
	// row 3, column quantity: quantity can be read in more than one way; write it with a point before the decimals and without other marks, as in 1299.50
}
