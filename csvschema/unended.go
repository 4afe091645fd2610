package csvschema

// unended remembers a record that came to no end inside quotes, so that the lines
// behind its first one are not each scanned to the same dead end again. Without it, a
// file with an opening quote on every line would cost its size times the record limit.
//
// It rests on this: had the record been outside of quotes at any line end, it would
// have ended there. So at every line end up to where it was given up it was inside
// quotes, and a later record that reaches one of those line ends inside quotes is in
// the very same state and takes the same way from there.
type unended struct {
	state scan
	base  int64 // decoded position of the record's first byte
	limit bool  // given up at the record limit: there may be an end beyond
}

// until is the decoded position up to which the record was scanned.
func (u *unended) until() int64 { return u.base + int64(u.state.i) }

// resumeFrom returns the state as a record that begins at base sees it.
func (u *unended) resumeFrom(base int64) scan {
	s := u.state
	d := int(base - u.base)
	s.i -= d
	s.quote -= d
	// The bounds of fields are of no use: a record that does end is scanned anew.
	s.field, s.content = 0, 0
	return s
}

// scanRecord scans the record at the start of the window. Each byte is looked at a
// fixed number of times over the whole file.
func (r *Reader) scanRecord() (scan, outcome) {
	var s scan
	r.fields = r.fields[:0]
	out := r.run(&s, true)
	if out == joinsUnended {
		if !r.unended.limit {
			return s, openForGood
		}
		s = r.unended.resumeFrom(r.done)
		if out = r.run(&s, false); out != openForGood && out != openAtLimit && out != failed {
			// The end is within reach of this record, or it is too long outside of
			// quotes; either way all that is scanned now is consumed.
			s, r.fields = scan{}, r.fields[:0]
			out = r.run(&s, false)
		}
	}
	if out == openForGood || out == openAtLimit {
		given := unended{state: s, base: r.done, limit: out == openAtLimit}
		// A record with a stray quote is given up at its first line end, which may lie
		// within a longer one that later records still have to know of.
		if given.until() > r.unended.until() {
			r.unended = given
		}
	}
	return s, out
}
