package imageformat

import (
	"image"
	"math"
)

// Info is what a file tells about its picture; of an animation, about its first frame.
type Info struct {
	Format Format
	// Width and Height are the pixels as they are stored, before they are turned by
	// Orientation. They are positive. Of GIF and animated WebP they are those of the
	// canvas. No part of the picture is larger.
	Width, Height int
	// Frame is where the decoded pixels lie on the canvas: all of it, but for GIF and
	// animated WebP. It is never empty and never goes outside.
	Frame image.Rectangle
	// Orientation is that of the Exif standard, 1 to 8: 1 is upright, and what is told
	// where there is none or one that makes no sense.
	Orientation int

	// Components is how many channels a decoded pixel has besides alpha: 1 is grey, 3
	// colour, 4 inks.
	Components int
	// BitDepth is how many bits of a channel are stored: 1, 2, 4, 8 or 16. For pictures
	// with a palette it is that of the index, for GIF 8.
	BitDepth int
	// Color says what the channels are.
	Color Color
	// HasAlpha reports that pixels may be transparent. It may be set where none is.
	HasAlpha bool
	// Animated reports that there are more frames than the one that is described. An
	// animated WebP needs FirstFrame to be decoded, even when it has one frame.
	Animated bool

	// Baseline reports a JPEG that any decoder reads: sequential, at most two tables of
	// each kind. Progressive reports a progressive JPEG, or an interlaced PNG or GIF.
	Baseline, Progressive bool
	// Sampling has the sampling factors of a JPEG's components.
	Sampling [4]Sampling
	// Scans counts how often the data of a JPEG go over the picture. It is at most
	// MaxScans.
	Scans int

	// Complete reports that the picture goes to its end: JPEG and PNG have their end
	// marker, and of GIF and WebP the first frame is there whole. A file that was cut in
	// the middle has none of it; decoders would fail, or fill the rest with grey.
	Complete bool
	// HasMetadata reports that there is more than a picture and its colour profile:
	// Exif, XMP, comments, thumbnails, data behind the end. It is for statistics: what
	// is to be published goes through StripJPEG or an encoder whatever this says.
	HasMetadata bool
	// ICC is the colour profile, or nil. It is whole, bounded by MaxICC, and fits
	// Components. It may share memory with the file.
	ICC []byte

	// colorsDisputed is set for a JPEG whose segments contradict each other about Color.
	colorsDisputed bool
}

// Color is what the channels of a picture mean.
type Color uint8

// The meanings. CMYK and YCCK are those of JPEG; where an Adobe segment is present, and
// most decoders read no others, 255 stands for no ink.
const (
	Gray Color = iota
	YCbCr
	RGB
	CMYK
	YCCK
)

// String returns a name for logs and test failures.
func (c Color) String() string {
	switch c {
	case Gray:
		return "gray"
	case YCbCr:
		return "ycbcr"
	case RGB:
		return "rgb"
	case CMYK:
		return "cmyk"
	case YCCK:
		return "ycck"
	}

	return "unknown"
}

// Sampling is how many samples of a component lie on a unit, across and down.
type Sampling struct{ H, V int }

// MaxScans is the largest number of scans a JPEG may have. Encoders write about ten; each
// one costs a walk over all pixels, for a few bytes, and so a small file of thousands can
// keep a decoder busy for minutes.
const MaxScans = 100

// Inspect reads all that can be told without decoding pixels. It fails with an [*Error] of
// kind ErrFormat for what is not read and ErrCorrupt for what is damaged. A file that is
// cut within the data of its pixels is no error: see Info.Complete.
func Inspect(data []byte) (Info, error) {
	switch Sniff(data) {
	case JPEG:
		return inspectJPEG(data)
	case PNG:
		return inspectPNG(data)
	case GIF:
		return inspectGIF(data)
	case WebP:
		return inspectWebP(data)
	case Unknown:
	}

	const read = "only JPEG, PNG, GIF and WebP pictures are read."

	switch what := Describe(data); {
	case what == "":
		return Info{}, unread("The file is of an unknown kind; " + read)
	case len(data) == 0:
		return Info{}, unread("The file is empty.")
	default:
		return Info{}, unread("The file is " + what + "; " + read)
	}
}

// Pixels is Width times Height.
func (i *Info) Pixels() int64 { return int64(i.Width) * int64(i.Height) }

// Samples is how many samples, of all channels, a decoder of the whole picture holds. For
// JPEG it counts the padding to whole units, which for narrow pictures is most of it. Each
// sample takes one byte, two where BitDepth is 16; for a progressive JPEG a decoder keeps a
// coefficient of two to four bytes besides.
func (i *Info) Samples() int64 {
	if i.Format == JPEG {
		return i.jpegSamples()
	}

	channels := int64(i.Components)
	if i.HasAlpha {
		channels++
	}

	if i.Pixels() > math.MaxInt64/channels { // PNG allows sides of 31 bits
		return math.MaxInt64
	}

	return i.Pixels() * channels
}

// KeepAsJPEG reports whether the file, after StripJPEG, can be published as it is, since
// every viewer shows it right: a complete JPEG, baseline or progressive, with 8 bits,
// grey or YCbCr beyond doubt, that need not be turned.
func (i *Info) KeepAsJPEG() bool {
	return i.Format == JPEG && i.Complete && i.Orientation == 1 && i.BitDepth == 8 &&
		(i.Baseline || i.Progressive) &&
		(i.Color == Gray || i.Color == YCbCr) && !i.colorsDisputed
}
