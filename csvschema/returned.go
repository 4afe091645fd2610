package csvschema

import "strings"

// A record that could not be read is in the report only as far as it can be shown, and
// its values may be cut or in wrong columns. A person has to say that they are right now,
// by emptying the cell error_code; otherwise an untouched report would import them.

// unreadAdvice is what a [ReportWriter] puts behind the message of such a record.
const unreadAdvice = "; correct the row, then empty its cell in error_code"

// isRecordCode says whether a code is that of a [RecordError].
func isRecordCode(code Code) bool {
	switch code {
	case CodeQuoteUnterminated, CodeRecordTooLong, CodeFieldTooLong, CodeTooManyFields:
		return true
	}
	return false
}

// unreadBefore returns the error of a row of a report that was not read when the report
// was written and that nobody has vouched for since, or nil.
func (c *Columns) unreadBefore(rec Record) *RowError {
	if !c.IsReport() {
		return nil
	}
	code := Code(trimEdges(c.cell(rec, c.own[reportCode])))
	if !isRecordCode(code) {
		return nil
	}
	message, _ := cleanLine(c.cell(rec, c.own[reportMessage]))
	message = strings.TrimSuffix(message, unreadAdvice)
	if message == "" {
		message = "the row could not be read"
	}
	return &RowError{Row: rec.Start.Row, Code: code, Message: cut(message, shownValueRunes)}
}
