package ledger

import (
	"bytes"
	"strconv"
)

// Nearly all lines of a ledger are plain: nothing in them is escaped. Reading those
// without encoding/json makes the proof of a ledger several times as fast.

// parsePlain reads a line that Builder.addPlain wrote. It returns false for any other,
// which is then left to encoding/json.
func parsePlain(line []byte, e *Entry) bool {
	p := plainParser{rest: bytes.TrimSuffix(line, []byte{'\n'})}

	row, ok := p.between(`{"r":`, ',')
	if !ok || len(row) == 0 || len(row) > 1 && row[0] == '0' {
		return false
	}

	number, err := strconv.ParseInt(string(row), 10, 64)
	if err != nil || number < 0 {
		return false
	}

	outcome, ok := p.between(`"o":"`, '"')
	if !ok {
		return false
	}

	*e = Entry{Row: number, Outcome: knownOutcome(outcome)}

	if product, ok := p.between(`,"p":"`, '"'); ok {
		e.ProductID = string(product)
	}

	if tier, ok := p.between(`,"t":"`, '"'); ok {
		e.MatchedBy = string(tier)
	}

	if item, ok := p.between(`,"i":"`, '"'); ok {
		if e.Item = knownItem(item); e.Item == "" {
			return false
		}
	}

	for code, ok := p.between(`,"w":["`, '"'); ok; code, ok = p.between(`,"`, '"') {
		e.Warnings = append(e.Warnings, string(code))
	}

	end := "}"
	if len(e.Warnings) > 0 {
		end = "]}"
	}

	return e.Outcome != "" && string(p.rest) == end
}

// knownOutcome saves a copy of the letter for each row.
func knownOutcome(b []byte) Outcome {
	switch string(b) {
	case string(Success):
		return Success
	case string(Duplicate):
		return Duplicate
	}

	return "" // rows in error have more than a plain line can hold
}

// knownItem is to items what knownOutcome is to outcomes.
func knownItem(b []byte) Item {
	switch string(b) {
	case string(Inserted):
		return Inserted
	case string(Updated):
		return Updated
	}

	return ""
}

type plainParser struct{ rest []byte }

// between takes what lies behind the prefix, up to the end byte. It takes nothing where
// the prefix is not there, or where what follows would need decoding.
func (p *plainParser) between(prefix string, end byte) ([]byte, bool) {
	if len(p.rest) < len(prefix) || string(p.rest[:len(prefix)]) != prefix {
		return nil, false
	}

	for i := len(prefix); i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == end:
			value := p.rest[len(prefix):i]
			p.rest = p.rest[i+1:]

			return value, true
		case c < ' ' || c > '~' || c == '\\':
			return nil, false
		}
	}

	return nil, false
}
