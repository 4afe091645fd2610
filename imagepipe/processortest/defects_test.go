package processortest

import (
	"errors"

	"github.com/vyapaarai/bulkimport/imagepipe"
)

// defects lists what a processor may get wrong, at least one for each case.
func defects() []defect {
	return []defect{
		{name: "swaps red and blue", caughtBy: []string{
			"jpeg 4*", "jpeg progressive", "jpeg restart", "jpeg rgb", "jpeg cmyk", "jpeg ycck",
			"png colour", "png alpha", "png palette*", "png with *", "png 8 bits colour*", "png 16 bits *colour*",
			"png 2 bits palette*", "png 8 bits palette*", "png 16 bits with alpha",
			"gif *", "webp *",
		}, after: redrawn(85, swapChannels)},
		{name: "is a little dark", caughtBy: []string{
			"jpeg grey", "jpeg 444", "png 1 *", "png 2 bits *", "png 4 *", "png 8 *", "png 16 *", "png wholly transparent",
		}, after: redrawn(85, darken)},
		{name: "has alpha on black", caughtBy: []string{
			"png alpha", "png 16 bits with alpha", "png palette with alpha", "png with a transparent colour",
			"png wholly transparent", "png * alpha*", "gif transparent", "webp alpha*",
		}, before: onBlack},
		{name: "takes the last frame", caughtBy: []string{"gif animated"}, before: lastFrame},
		{name: "takes the frame for the screen", caughtBy: []string{"gif with a frame smaller*"}, before: frameAlone},
		{name: "leaves the rows as they are stored", caughtBy: []string{"gif interlaced"}, before: notInterlaced},
		{name: "reads no animations", caughtBy: []string{"webp animated", "png with an animation"}, after: refuses("ANIM", "acTL")},
		{name: "sees drawings everywhere", caughtBy: []string{"content that claims two formats"}, after: refuses("<svg")},
		{name: "calls what it does not read damaged", caughtBy: []string{
			"jpeg of kinds that are not read", "files that are no pictures", "pictures of other formats",
		}, after: otherKind(imagepipe.ErrFormat, imagepipe.ErrCorrupt)},
		{name: "reads everything", caughtBy: []string{
			"files that are no pictures", "pictures of other formats", "jpeg of kinds that are not read",
			"cut short*", "pictures that are cut, large", "headers that lie", "the limit of pixels", "bombs",
		}, after: placeholder},
		{name: "has errors of its own", caughtBy: []string{"files that are no pictures", "damaged*"}, after: opaqueErrors},

		{name: "rounds down", caughtBy: []string{"sizes of large pictures"}, after: resized(floorSize)},
		{name: "enlarges", caughtBy: []string{"small pictures are not enlarged"}, after: resized(fullSize)},
		{name: "makes squares", caughtBy: []string{"thin pictures*", "sizes of large pictures"}, after: resized(squareSize)},
		{name: "shifts by a pixel", caughtBy: []string{"every corner survives*", "smaller renditions are sharp"}, after: redrawn(90, shift(1, 0))},
		{name: "cuts the last row", caughtBy: []string{"every corner survives*"}, after: redrawn(90, shift(0, -1))},

		{name: "is blind to orientation", caughtBy: []string{
			"orientation 2", "orientation 3", "orientation 4", "orientation 5", "orientation 6", "orientation 7", "orientation 8",
			"orientation of large pictures", "hash of a picture that is turned",
		}, before: withoutExif},
		{name: "turns whatever has a camera", caughtBy: []string{"orientation 1", "orientations that make no sense"}, after: turnsAll},
		{name: "turns to the other side", caughtBy: []string{"orientation 6", "orientation 8"}, after: turnsOnwards},

		{name: "publishes the upload", caughtBy: []string{
			"metadata of jpeg", "metadata of a jpeg that is turned", "metadata between the scans*",
			"jpeg with data behind the end", "an original that needs more*",
		}, after: uploadAsOriginal},
		{name: "copies comments", caughtBy: []string{"metadata of *"}, after: copiesSecret},
		{name: "encodes all originals anew", caughtBy: []string{"a clean original is kept"}, after: originalOf(100)},
		{name: "encodes originals coarsely", caughtBy: []string{"an original that is encoded anew loses little"}, after: originalOf(20)},
		{name: "drops profiles", caughtBy: []string{
			"colour profile of jpeg", "colour profile of png", "colour profile of webp", "colour profile of more*",
		}, after: withoutProfile},
		{name: "keeps what is called a profile", caughtBy: []string{"colour profile that does not fit"}, after: anyProfile},

		{name: "blurs", caughtBy: []string{"smaller renditions are sharp"}, after: redrawn(95, blur)},
		{name: "sharpens", caughtBy: []string{"smaller renditions are sharp"}, after: redrawn(95, sharpen)},
		{name: "takes the next pixel", caughtBy: []string{"smaller renditions have no patterns*", "smaller renditions are sharp"}, after: nearest},
		{name: "shifts colours", caughtBy: []string{"colours stay on their shapes"}, after: redrawn(90, shiftColors)},

		{name: "hashes bytes", caughtBy: []string{"hash of the same pixels*", "hash of another quality*", "hash of a picture that is turned"}, after: hashOfBytes},
		{name: "has one hash for all", caughtBy: []string{"hash of other pictures", "uniform*"}, after: hashIs("0123456789abcdef")},
		{name: "has no hashes", caughtBy: []string{"hash of *"}, after: hashIs("")},
		{name: "writes hashes in capitals", caughtBy: []string{"hash of *"}, after: hashIs("0123456789ABCDEF")},

		{name: "counts one more", caughtBy: []string{"the limit of pixels"}, limits: func(l *Limits) { l.MaxPixels++ }},
		{name: "counts one less", caughtBy: []string{"the limit of pixels"}, limits: func(l *Limits) { l.MaxPixels-- }},
		{name: "has other defaults", caughtBy: []string{"the default limit of pixels"}, limits: func(l *Limits) { l.MaxPixels = 41e6 }},
		{name: "calls what is too large damaged", caughtBy: []string{"a side that no JPEG can have", "bombs"},
			after: otherKind(imagepipe.ErrTooLarge, imagepipe.ErrCorrupt)},
		{name: "allocates first", caughtBy: []string{"bombs", "data that unpack to very much"}, process: allocates},
		{name: "speaks to programmers", caughtBy: []string{"files that are no pictures"}, after: reason("goprocessor: unexpected EOF")},

		{name: "ignores the context", caughtBy: []string{"a context that*"}, process: withoutContext},
		{name: "looks at the context first", caughtBy: []string{"a context that ends in the queue"}, process: contextFirst},
		{name: "blames the picture", caughtBy: []string{"a context that has ended"}, after: blames},
		{name: "writes to the upload", caughtBy: []string{"the upload is not modified"}, process: writesUpload},
		{name: "writes behind the upload", caughtBy: []string{"the upload is not modified"}, process: writesBehind},
		{name: "keeps the upload", caughtBy: []string{"renditions have memory of their own"}, process: keepsUpload},
		{name: "has one buffer", caughtBy: []string{"renditions have memory of their own"}, process: oneBuffer()},
		{name: "mixes up what is processed at a time", caughtBy: []string{"many at a time"}, process: mixesUp()},
	}
}

var errOpaque = errors.New("something went wrong")
