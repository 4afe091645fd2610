package csvschema

import (
	"bytes"
	"errors"
	"strings"
)

// sampleRecords is how many records decide about delimiter and quote.
const sampleRecords = 100

// separatorLine recognises a first line such as "sep=;" and returns its delimiter and
// its length with the line end, or zeros.
func separatorLine(text []byte) (Symbol, int) {
	end := indexLineEnd(text)
	if end != 5 && end != 7 {
		return 0, 0
	}
	line := text[:end]
	if end == 7 { // in quotes
		if line[0] != '"' || line[6] != '"' {
			return 0, 0
		}
		line = line[1:6]
	}
	if !bytes.EqualFold(line[:4], []byte("sep=")) || !isDelimiter(line[4]) {
		return 0, 0
	}
	if bytes.HasPrefix(text[end:], []byte("\r\n")) {
		end++
	}
	return Symbol(line[4]), end + 1
}

// sample is how a text looks when read with some delimiter and quote.
type sample struct {
	delimiter, quote Symbol
	// score is higher the more the records agree with the header, and the more
	// fields they have; 0 where the header has one field.
	score float64
	// damaged says that quotes do not fit.
	damaged bool
	// needed says that quotes do work: they hold delimiters or line ends, or the
	// first field of the header.
	needed bool
	// report says that the header is that of an error report.
	report bool
}

// detectSymbols finds the delimiter, unless it is given, and the quote.
func detectSymbols(text []byte, complete bool, delimiter Symbol) (Symbol, Symbol) {
	delimiters := []Symbol{',', ';', '\t', '|'}
	if delimiter != 0 {
		delimiters = []Symbol{delimiter}
	}

	double := bestSample(text, complete, delimiters, '"')
	if double.report || double.needed && !double.damaged {
		return double.delimiter, '"'
	}
	// Apostrophes abound in text, and spreadsheets put them before numbers: they
	// are quotes only where that makes better sense of the file.
	single := bestSample(text, complete, delimiters, '\'')
	if single.needed && !single.damaged && single.score >= double.score {
		return single.delimiter, '\''
	}
	return double.delimiter, '"'
}

// bestSample reads the text with each delimiter. The earlier wins among equals.
func bestSample(text []byte, complete bool, delimiters []Symbol, quote Symbol) sample {
	var best sample
	for i, delimiter := range delimiters {
		s := takeSample(text, complete, delimiter, quote)
		// The rows of an error report may all be wider than its header, and its header is
		// certain.
		if i == 0 || s.report && !best.report || s.report == best.report && s.score > best.score {
			best = s
		}
	}
	return best
}

// takeSample reads the first records of a text.
func takeSample(text []byte, complete bool, delimiter, quote Symbol) sample {
	s := sample{delimiter: delimiter, quote: quote}
	r, err := NewReader(bytes.NewReader(text), Dialect{Delimiter: delimiter, Quote: quote}, nil)
	if err != nil {
		return s // a delimiter that is the quote: no candidate
	}

	var header, records, agreeing int
	separators := string(rune(delimiter)) + "\r\n"
	for record, err := range r.Records() {
		if !complete && r.window.eof && len(r.window.bytes()) == 0 && records > 0 {
			break // the last record is cut off, perhaps
		}
		if records == sampleRecords {
			break
		}
		records++
		var bad *RecordError
		if errors.As(err, &bad) {
			if !complete && r.unended.until() >= int64(len(text)) {
				break // a quoted field that ends beyond the head
			}
			s.damaged = true
			continue
		}
		if err != nil {
			break // reading from memory has no other errors
		}
		if header == 0 {
			header = len(record.Fields)
			s.report = ownColumns(normaliseHeader(record.Fields)) != nil
			// The quote of a quoted field is gone.
			s.needed = text[record.Start.Offset] == byte(quote) &&
				!strings.HasPrefix(record.Fields[0], string(rune(quote)))
		}
		if len(record.Fields) == header {
			agreeing++
		}
		for _, field := range record.Fields {
			s.needed = s.needed || strings.ContainsAny(field, separators)
		}
	}
	if header > 1 {
		s.score = float64(agreeing) / float64(records) * (1 - 1/float64(header))
	}
	return s
}
