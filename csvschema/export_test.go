package csvschema

// Scanned returns how many bytes the reader has scanned.
func (r *Reader) Scanned() int64 { return r.scanned }

// WindowBytes returns the size of the reader's buffer.
func (r *Reader) WindowBytes() int { return len(r.window.buf) }
