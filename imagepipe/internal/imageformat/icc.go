package imageformat

// MaxICC is the largest colour profile that is read, in bytes. Those of screens and cameras
// have a few hundred to a few thousand bytes, those of printing presses up to about 700,000.
const MaxICC = 1 << 20

// The parts of a profile that are looked at.
const (
	iccHeader    = 128
	iccSpaceAt   = 16
	iccMagicAt   = 36
	iccTagLength = 12
)

// fittingICC returns the profile where it is whole and for pictures of that many
// components, else nil: a profile that is wrong makes colours worse than none.
func fittingICC(profile []byte, components int) []byte {
	if !wholeICC(profile) {
		return nil
	}

	fits := 0

	switch string(profile[iccSpaceAt : iccSpaceAt+4]) {
	case "GRAY":
		fits = 1
	case "RGB ":
		fits = 3
	case "CMYK":
		fits = 4
	}

	if fits != components {
		return nil
	}

	return profile
}

// wholeICC reports whether the profile is of the length it says, and all of its tags lie
// within. ICC.1, sections 7.2 and 7.3.
func wholeICC(profile []byte) bool {
	size := uint64(len(profile))
	if size < iccHeader+4 || size > MaxICC || uint64(be32(profile)) != size ||
		string(profile[iccMagicAt:iccMagicAt+4]) != "acsp" {
		return false
	}

	count := uint64(be32(profile[iccHeader:]))
	tags := profile[iccHeader+4:]

	if count*iccTagLength > uint64(len(tags)) {
		return false
	}

	for range count {
		if uint64(be32(tags[4:]))+uint64(be32(tags[8:])) > size {
			return false
		}

		tags = tags[iccTagLength:]
	}

	return true
}
