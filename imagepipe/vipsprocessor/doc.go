// Package vipsprocessor processes pictures by libvips, for those who have it.
//
// It exists in builds with the tag vips alone, and is empty in all others:
//
//	apt-get install libvips-dev
//	go build -tags vips ./...
//
// It needs cgo, a C compiler and libvips 8.10 or later; 8.14, that of Debian 12, is what it
// is tested with. It keeps the contract of imagepipe.Processor as package goprocessor does,
// which needs none of that, and gives the same sizes. Hashes of the two can differ by a bit
// or two of 64: a service that compares hashes over time stays with one of them.
//
// # What hostile files reach
//
// libvips has readers for more than a hundred formats, many of them by other libraries.
// Only those for JPEG, PNG, GIF and WebP are ever asked: a file is inspected in Go first,
// for its format, its dimensions and its end, and the reader is chosen by what was found.
// These four are C code all the same. Where that is a concern, use goprocessor.
//
// # libvips is one for the process
//
// The first call of New starts it: without its cache of operations, which would keep memory
// of pictures that are done with, and with one thread for each picture, since there are
// several pictures at a time. A program that uses libvips for other things too, and has
// started it before, keeps its own settings.
package vipsprocessor
