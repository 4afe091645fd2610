package imageformat

import "bytes"

// Format is a format of pictures that is read.
type Format uint8

// The formats. Unknown, the zero value, is everything else.
const (
	Unknown Format = iota
	JPEG
	PNG
	GIF
	WebP
)

// String returns the stable name: "jpeg", "png", "gif", "webp" or "unknown".
func (f Format) String() string {
	switch f {
	case JPEG:
		return "jpeg"
	case PNG:
		return "png"
	case GIF:
		return "gif"
	case WebP:
		return "webp"
	case Unknown:
	}

	return "unknown"
}

// What files of the formats begin with.
const (
	jpegMagic = "\xff\xd8\xff"
	pngMagic  = "\x89PNG\r\n\x1a\n"
	gif87     = "GIF87a"
	gif89     = "GIF89a"
)

// Sniff tells the format by the first 12 bytes. That they are right does not mean that a
// picture follows; [Inspect] says more.
func Sniff(data []byte) Format {
	switch {
	case begins(data, jpegMagic):
		return JPEG
	case begins(data, pngMagic):
		return PNG
	case begins(data, gif87), begins(data, gif89):
		return GIF
	case len(data) >= 12 && begins(data, "RIFF") && begins(data[8:], "WEBP"):
		return WebP
	}

	return Unknown
}

func begins(data []byte, prefix string) bool {
	return bytes.HasPrefix(data, []byte(prefix))
}
