// Package csvschema says what a CSV file of products, or of a store's inventory, is: how
// the file is written, what its columns mean, and which rows are good. It knows nothing of jobs, catalogues or
// storage, and can be used by itself.
//
// # Reading a file
//
// Three steps, each of use without the next:
//
//  1. [Detect] finds the [Dialect] from the head of the file.
//  2. A [Reader] streams the records, whatever they are about, in bounded memory and in
//     time proportional to the file. Every [Record] says where it begins and where the
//     next one does; a Reader started at that [Position] reads exactly the rest.
//  3. [MapProductHeader] understands the header record, and [ProductColumns.ParseRow]
//     makes a [ProductRow] of every further one. For inventories they are
//     [MapInventoryHeader], [InventoryColumns.ParseRow] and [InventoryRow].
//
// Rows that were in error go back to their author with a [ReportWriter]. The report can
// be corrected and imported as it is: the columns that it has added are told from those
// of the file, and the apostrophes that guard against formulas are taken off again. One
// that was not corrected imports nothing.
//
// # Dialects
//
// Encodings are UTF-8, UTF-16 and, for what is neither, Windows-1252. Bytes that are not
// UTF-8 in a file that is, are read as Windows-1252 record by record, which gives a
// warning. Delimiters are comma, semicolon, tab and pipe, or what a first line such as
// "sep=;" says. Line ends are LF, CRLF and CR, also mixed.
//
// gzip and zstd files are recognised by their magic bytes and decompressed on the fly,
// in bounded memory and up to ReaderOptions.MaxDecompressedBytes. A position in such a
// file counts the decompressed content, so that resuming reads the file from its start
// and skips forward; it costs the decompression, not the parsing.
//
// Quoting follows RFC 4180, with room for what people and programs write:
//
//   - A field is quoted if it begins with the quote. Anywhere else a quote is text.
//   - A doubled quote inside a quoted field is one. A single one, followed by neither a
//     delimiter nor a line end, is text in a field that ends on its first line. In one
//     that runs over a line end, it shows that the field lacks its closing quote.
//   - Spaces behind a closing quote are dropped. Spaces before an opening quote are
//     dropped if the field is closed on the same line; else the field is unquoted, and
//     spaces and quotes are text.
//   - Everything inside quotes stays as it is, line ends included.
//
// What cannot be read costs one record: a [RecordError] describes it, and reading goes
// on. A quoted field without an end costs the first physical line of its record only.
// A record over the limit outside of quotes costs everything up to its line end.
//
// # Rows
//
// Row numbers are those a spreadsheet shows: the header is row 1 and every record counts
// as one row, whatever its physical lines. Blank lines and records of empty fields count,
// but are no rows to import: the Reader skips them. White space and control characters
// are blank. A "sep=" line does not count.
//
// A record with fewer fields than the header has columns is filled up with empty ones.
// Header cells without a name are columns that are not imported, at the right edge too.
// Empty fields beyond the header are dropped; others are an error of the row.
//
// # Limits
//
// All of them can be set in [Limits] and [ReaderOptions]; see the Default constants. The
// lengths of product values are fixed: see MaxNameLength and the other constants.
//
// # Columns of a product file
//
// Header cells are trimmed and compared in lower case, with spaces, hyphens and
// underscores as the same thing, or left out: "Product Name", "product-name" and
// "ProductName" are one. In the prefix of a family, such as nutrition_*, none may be left
// out: "Nutrition Fat" is understood, "NutritionFat" is not. A full stop behind a word and
// a star or a colon at the end are ignored. These names are understood ([ProductSchema] has them for programs):
//
//	name (required)      product_name, product_title, title, item_name, नाम,
//	                     उत्पाद का नाम
//	brand                brand_name, product_brand, ब्रांड
//	category (required)  category_name, product_category, item_category, श्रेणी
//	barcode              barcode_number, product_barcode, ean, ean_8, ean_13, ean_code,
//	                     upc, upc_a, upc_code, gtin, gtin_8, gtin_12, gtin_13, बारकोड
//	additional_barcodes  additional_barcode, other_barcodes, alternative_barcodes,
//	                     alternate_barcodes
//	description          product_description, item_description
//	size                 product_size
//	unit                 uom, unit_of_measure
//	weight               net_weight, net_wt, product_weight
//	pack_size            package_size, packaging_size
//	manufacturer         manufacturer_name, manufactured_by, producer
//	country_of_origin    country, origin, origin_country, made_in
//	ingredients          ingredient_list, ingredients_text
//	image_url_1          image_1, image_link_1, img_url_1, and without a number:
//	                     image_url, image, image_link, img_url
//	image_url_2 ... 10   image_2, image_link_2, img_url_2, ...
//	nutrition_*          any nutrient of up to 64 characters: nutrition_fat,
//	                     nutrition_saturated_fat, ...
//	regional_names_*     regional_name_*; a region code of up to 32 characters:
//	                     regional_names_in-mh is IN-MH
//
// Other columns are unknown: they are kept for the error report, and one warning names
// them. A missing required column, a known one twice under whatever names, or more than
// 100 columns of a family make the file unusable: a [HeaderError] names it.
//
// # Columns of an inventory file
//
// name, brand, category and barcode, as in a product file, and these
// ([InventorySchema]):
//
//	quantity (required)  qty, stock, stock_qty, stock_quantity, quantity_in_stock,
//	                     qty_in_stock, in_stock, on_hand, qty_on_hand, quantity_on_hand,
//	                     stock_on_hand, current_stock, closing_stock, available_stock,
//	                     available_qty, available_quantity, मात्रा, स्टॉक
//	cost_price           cost, cp, purchase_price, purchase_rate, buying_price, cost_rate,
//	                     landing_cost, landing_price, लागत मूल्य, खरीद मूल्य, क्रय मूल्य
//	selling_price        price, sp, sale_price, sales_price, sell_price, selling_rate,
//	                     sale_rate, retail_price, विक्रय मूल्य, बिक्री मूल्य
//	reorder_level        reorder_point, min_stock, minimum_stock, min_stock_level,
//	                     minimum_stock_level, min_qty, min_quantity, minimum_quantity,
//	                     low_stock, low_stock_alert, alert_quantity, न्यूनतम स्टॉक
//	supplier             supplier_name, vendor, vendor_name, distributor,
//	                     distributor_name, सप्लायर, आपूर्तिकर्ता
//	location             shelf, shelf_location, rack, rack_no, rack_number, bin, aisle,
//	                     storage_location, godown, स्थान
//	notes                note, remarks, remark, comments, comment, टिप्पणी
//
// A file needs quantity, and name or barcode; a row needs a name or a barcode. Not
// understood on purpose: mrp, the price on the label, which need not be what the store
// takes, and rate, which is the price of buying in one file and that of selling in the
// next. Both stand beside the real prices in many files.
//
// # Values
//
// Values of one line lose white space at their edges, and every run of it inside becomes
// one space; description and ingredients keep their lines. Control characters are removed
// with a warning. Characters U+0080 to U+009F, which a wrong decoding leaves behind,
// become the letters that Windows-1252 has there, with a warning. HTML entities stay.
//
// A barcode has 8 to 13 digits of any script; spaces and hyphens are dropped. What a
// spreadsheet made of it is undone with a warning where every digit is there
// (8901030875391.0, 8,901,030,875,391, 8.901030875391E+12, ="8901030875391",
// '8901030875391), and is an error where not (8.90103E+12). A wrong GS1 check digit is a
// warning. additional_barcodes holds up to [MaxListValues] of them, parted by a pipe,
// semicolon, comma or line end; one that is no barcode, or is too long to be looked at, is
// left out with a warning.
//
// Image addresses are http or https ones with a host and without credentials; others are
// left out with a warning. Regional names are parted by pipes, up to [MaxListValues].
//
// Numbers of an inventory are 0 or more, in digits of any script, with up to
// [MaxWholeDigits] digits before the point; behind it quantities have up to
// [QuantityDecimals] and prices up to [PriceDecimals]. "₹1,299.00", "Rs. 45", "45/-",
// "1,29,900" and "1.299,00" are understood. A single point is the decimal point, and a
// single comma parts thousands: "12,50" can be read in two ways, and is an error, as are
// words and units ("5 kg").
//
// # Codes
//
// Every finding has a [Code]. Of files: file_empty, file_not_csv, file_compressed,
// file_too_large. Of headers: header_empty, header_too_long, header_too_wide,
// column_missing, column_duplicate, too_many_columns. Of records: quote_unterminated,
// record_too_long, field_too_long, too_many_fields. Of rows in error: name_missing,
// category_missing, value_too_long, too_many_values, row_too_large, extra_fields,
// barcode_scientific, barcode_too_short, barcode_too_long, barcode_invalid,
// quantity_missing, number_invalid, number_ambiguous, number_negative, number_too_large,
// number_too_precise. Warnings about a file: encoding_fallback, encoding_assumed,
// columns_unknown, columns_unnamed, rows_missing. Warnings about a row: encoding_repaired,
// encoding_damaged, control_characters, barcode_repaired, barcode_check_digit,
// barcode_placeholder, additional_barcode_invalid, image_url_invalid, identity_missing,
// price_below_cost.
package csvschema
