package csvschema

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// decode returns src as UTF-8. UTF-8 itself passes as it is: what is wrong in it is
// repaired record by record, so that one bad byte does not change the reading of a
// whole file.
func decode(src io.Reader, e Encoding) io.Reader {
	switch e {
	case UTF16LE:
		return transform.NewReader(src, utf16Decoder{order: binary.LittleEndian})
	case UTF16BE:
		return transform.NewReader(src, utf16Decoder{order: binary.BigEndian})
	case Windows1252:
		return charmap.Windows1252.NewDecoder().Reader(src)
	default:
		return src
	}
}

// utf16Decoder turns UTF-16 into UTF-8. Each unpaired surrogate becomes one U+FFFD, and so
// does an odd byte at the end. The decoder of x/text makes one U+FFFD of two surrogates
// that do not pair, which would leave encodedLen without a rule.
type utf16Decoder struct {
	transform.NopResetter
	order binary.ByteOrder
}

// Transform implements transform.Transformer.
func (d utf16Decoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		r, size := utf8.RuneError, 1
		if rest := src[nSrc:]; len(rest) >= 2 {
			r, size = rune(d.order.Uint16(rest)), 2
			if utf16.IsSurrogate(r) {
				if len(rest) < 4 && !atEOF {
					return nDst, nSrc, transform.ErrShortSrc
				}
				high := r
				r = utf8.RuneError
				if len(rest) >= 4 {
					if r = utf16.DecodeRune(high, rune(d.order.Uint16(rest[2:]))); r != utf8.RuneError {
						size = 4
					}
				}
			}
		} else if !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}

// encodedLen returns how many bytes of the file gave the decoded text. It only looks
// at the first byte of each character, so text may be cut anywhere.
//
// UTF-16 has two bytes for a character of the basic plane and four for the others;
// an unpaired surrogate became U+FFFD, which counts two as well. Windows-1252 has
// one byte for each.
func encodedLen(text []byte, e Encoding) int64 {
	switch e {
	case UTF16LE, UTF16BE:
		n := 0
		for _, c := range text {
			if c&0xc0 != 0x80 {
				n += 2
				if c >= 0xf0 {
					n += 2
				}
			}
		}
		return int64(n)
	case Windows1252:
		n := 0
		for _, c := range text {
			if c&0xc0 != 0x80 {
				n++
			}
		}
		return int64(n)
	default:
		return int64(len(text))
	}
}

// appendRepaired appends text as valid UTF-8, with each byte that does not belong to
// a character read as Windows-1252, and counts those bytes.
func appendRepaired(dst, text []byte) ([]byte, int) {
	if utf8.Valid(text) {
		return append(dst, text...), 0
	}
	repaired := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			repaired++
			dst = utf8.AppendRune(dst, charmap.Windows1252.DecodeByte(text[0]))
		} else {
			dst = append(dst, text[:size]...)
		}
		text = text[size:]
	}
	return dst, repaired
}

// trimCut removes an incomplete character from the end of a text that was cut
// anywhere.
func trimCut(text []byte) []byte {
	for back := 1; back <= utf8.UTFMax-1 && back <= len(text); back++ {
		c := text[len(text)-back]
		if utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-back:]) {
				return text[:len(text)-back]
			}
			return text
		}
	}
	return text
}

// indexLineEnd returns the index of the first LF or CR, or -1.
func indexLineEnd(text []byte) int {
	lf := bytes.IndexByte(text, '\n')
	if lf >= 0 {
		text = text[:lf]
	}
	if cr := bytes.IndexByte(text, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// countLineEnds counts LF, CR and CRLF, each as one.
func countLineEnds(text []byte) int64 {
	return int64(bytes.Count(text, []byte{'\n'}) +
		bytes.Count(text, []byte{'\r'}) - bytes.Count(text, []byte("\r\n")))
}
