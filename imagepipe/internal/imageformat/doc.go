// Package imageformat tells what a picture is from its bytes, without decoding a pixel,
// and takes the metadata out of JPEG files.
//
// [Inspect] is what a processor asks first: the format, the size that decoding would
// allocate, how the picture must be turned, its colour profile, and whether the file goes
// to its end. [StripJPEG] makes the file that may be published: the same pixels without
// place, time, comment, thumbnail or anything that was put behind the picture.
//
// # Hostile files
//
// All functions work on a slice and are safe for concurrent use. They do not modify their
// input. Whatever the bytes are, they do not panic, take time linear in the length of the
// input, and allocate by what is there, never by what a header claims. A colour profile is
// bounded by [MaxICC].
//
// The checks are those on which safety and right sizes depend. A file that passes can
// still fail to decode; what passes has the dimensions that Inspect told.
//
// # Sources
//
// ITU-T T.81 (JPEG), T.871 (JFIF) and T.872 (the Adobe segment), the W3C's PNG
// specification, GIF89a, RFC 9649 (WebP), CIPA DC-008 (Exif) and ICC.1 (profiles).
package imageformat
