package imageformat

// iccPart is how many bytes of a profile fit into one segment: its length counts itself,
// and the name, number and count come before.
const iccPart = 0xffff - 2 - len(iccName) - 2

// EmbedICC returns the JPEG with the colour profile in it, in memory of its own, in place
// of one that it may have. The profile stands behind the JFIF segment, which must be first
// where there is one. An empty profile takes away the one that is there.
//
// It fails with an [*Error]: of kind ErrFormat for what is no JPEG, of kind ErrCorrupt when
// the JPEG has no picture, or the profile is damaged or larger than MaxICC. It looks at the
// JPEG only as far as its first scan.
func EmbedICC(jpeg, profile []byte) ([]byte, error) {
	if Sniff(jpeg) != JPEG {
		return nil, unread("The file is not a JPEG.")
	}

	if len(profile) > 0 && !wholeICC(profile) {
		return nil, corrupt("The colour profile is damaged.")
	}

	count := (len(profile) + iccPart - 1) / iccPart
	out := make([]byte, 0, len(jpeg)+len(profile)+count*(4+len(iccName)+2))
	out = append(out, jpeg[:2]...)

	walk := newSegments(jpeg)
	embedded := false

	for {
		s, err := walk.next()
		if err != nil || s.marker == eoi {
			return nil, corrupt("The JPEG has no picture in it.")
		}

		if !embedded && !isJFIF(s) {
			out = appendICC(out, profile, count)
			embedded = true
		}

		if s.marker == sos {
			out = append(out, s.whole...)

			return append(out, walk.rest()...), nil
		}

		if !isICC(s) {
			out = append(out, s.whole...)
		}
	}
}

func appendICC(out, profile []byte, count int) []byte {
	for number := 1; number <= count; number++ {
		part := profile[:min(len(profile), iccPart)]
		profile = profile[len(part):]
		length := 2 + len(iccName) + 2 + len(part)

		out = append(out, 0xff, app2, byte(length>>8), byte(length))
		out = append(out, iccName...)
		out = append(out, byte(number), byte(count))
		out = append(out, part...)
	}

	return out
}
