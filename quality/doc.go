// Package quality says how complete a product is, as a score from 0 to 100 with
// its parts, and how the scores of many products are distributed.
//
// The score counts what is there, not whether it is right. Each part is earned
// in full or not at all:
//
//	name                10
//	brand               10
//	category            10
//	barcode             20
//	images              20   at least one
//	description         10
//	weight               5
//	size                 5
//	manufacturer         5
//	country_of_origin    5
package quality
