// Package dedupe decides which products are the same. A product has identity
// keys ([Key]); two products that share one are the same product.
//
// # Tiers
//
// Keys come in three tiers, strongest first: the barcode ([BarcodeKey]), the
// perceptual hash of the first image ([ImageKey]), and the normalised brand and
// name ([NameBrandKey]). [Identity.Keys] makes all of them for one product.
//
// # Matching
//
// A [Matcher] answers, for the rows of a file in file order, which product a row
// repeats: one that the catalogue holds (looked up beforehand through an
// [Index]) or one that an earlier row of the file is about to become. The first
// of two equal rows wins. A Matcher does no input or output and knows no clock,
// so its answers depend on nothing but the calls made to it.
//
// # Keys are stored
//
// Catalogues keep the text of keys for years. Any change to what a function of
// this package returns for a given input therefore needs a backfill of every
// catalogue, and is a breaking change. The tests pin the form of the keys.
package dedupe
