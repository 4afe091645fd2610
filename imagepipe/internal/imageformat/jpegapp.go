package imageformat

// jfifLength is how long the payload of a JFIF segment is without its thumbnail.
const jfifLength = 14

// adobeLength is how long the payload of an Adobe segment is.
const adobeLength = 12

const (
	jfifName = "JFIF\x00"
	iccName  = "ICC_PROFILE\x00"
)

func isJFIF(s segment) bool {
	return s.marker == app0 && begins(s.payload, jfifName)
}

func isAdobe(s segment) bool {
	return s.marker == app14 && len(s.payload) >= adobeLength && begins(s.payload, "Adobe")
}

func isExif(s segment) bool {
	return s.marker == app1 && begins(s.payload, exifPrefix)
}

func isICC(s segment) bool {
	return s.marker == app2 && begins(s.payload, iccName)
}

// iccParts puts a profile together that lies in several segments, each with its number
// and their count. ICC.1, section B.4.
type iccParts struct {
	// parts has count entries, by number.
	parts [][]byte
	found int
	size  int
	bad   bool
}

func (p *iccParts) add(payload []byte) {
	part := payload[len(iccName):]
	if p.bad || len(part) < 2 {
		p.bad = true

		return
	}

	number, count := int(part[0]), int(part[1])
	if p.parts == nil {
		p.parts = make([][]byte, count)
	}

	part = part[2:]
	if number < 1 || number > count || count != len(p.parts) || len(part) == 0 || p.parts[number-1] != nil {
		p.bad = true

		return
	}

	p.parts[number-1] = part
	p.found++
	p.size += len(part)
	p.bad = p.size > MaxICC
}

// profile returns the profile, or nil where there is none that fits.
func (p *iccParts) profile(components int) []byte {
	if p.bad || p.found == 0 || p.found != len(p.parts) {
		return nil
	}

	whole := p.parts[0]
	if len(p.parts) > 1 {
		whole = make([]byte, 0, p.size)
		for _, part := range p.parts {
			whole = append(whole, part...)
		}
	}

	return fittingICC(whole, components)
}
