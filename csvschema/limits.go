package csvschema

import "fmt"

// Defaults of [Limits] and [ReaderOptions].
const (
	// DefaultRecordBytes is one mebibyte: a product row with every column filled
	// to its limit is about a tenth of that.
	DefaultRecordBytes = 1 << 20
	// DefaultFieldBytes is eight times what a spreadsheet allows in a cell.
	DefaultFieldBytes = 256 << 10
	// DefaultFields is far beyond any product file; a spreadsheet has 16,384
	// columns.
	DefaultFields = 2048
	// DefaultHeaderBytes leaves room for two thousand columns of thirty letters.
	DefaultHeaderBytes = 64 << 10
	// DefaultMaxDecompressedBytes is six times the largest upload, 5 GiB, which
	// is about how much a product file shrinks.
	DefaultMaxDecompressedBytes = 32 << 30
)

// maxRecordBytes is the largest Limits.RecordBytes: the reader's buffer grows
// with it.
const maxRecordBytes = 256 << 20

// Limits bound what one record may cost. Zero fields mean the defaults; negative
// ones are refused with [ErrOptions]. There is no "unlimited".
type Limits struct {
	// RecordBytes bounds a record, counted as UTF-8 without its line end; at most
	// 256 MiB. Zero means DefaultRecordBytes. A reader holds up to one and a half
	// times as much in memory.
	RecordBytes int `json:"record_bytes,omitempty"`
	// FieldBytes bounds a field, counted as UTF-8 as it stands in the file,
	// without its outer quotes. Zero means DefaultFieldBytes.
	FieldBytes int `json:"field_bytes,omitempty"`
	// Fields bounds the fields of a record and thus the columns of a file. Zero
	// means DefaultFields.
	Fields int `json:"fields,omitempty"`
	// HeaderBytes bounds all cells of the header together. Zero means
	// DefaultHeaderBytes. It is enforced where the header is understood, in
	// [MapProductHeader].
	HeaderBytes int `json:"header_bytes,omitempty"`
}

// withDefaults returns the limits with zeros filled in; l may be nil.
func (l *Limits) withDefaults() (Limits, error) {
	var out Limits
	if l != nil {
		out = *l
	}
	for _, limit := range []struct {
		name     string
		value    *int
		fallback int
	}{
		{"RecordBytes", &out.RecordBytes, DefaultRecordBytes},
		{"FieldBytes", &out.FieldBytes, DefaultFieldBytes},
		{"Fields", &out.Fields, DefaultFields},
		{"HeaderBytes", &out.HeaderBytes, DefaultHeaderBytes},
	} {
		if *limit.value < 0 {
			return Limits{}, fmt.Errorf("%w: Limits.%s is %d", ErrOptions, limit.name, *limit.value)
		}
		if *limit.value == 0 {
			*limit.value = limit.fallback
		}
	}
	if out.RecordBytes > maxRecordBytes {
		return Limits{}, fmt.Errorf("%w: Limits.RecordBytes is %d, the most is %d",
			ErrOptions, out.RecordBytes, maxRecordBytes)
	}
	return out, nil
}
