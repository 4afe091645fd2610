// Package imagepipe turns the image address of a product into checked, sized and
// stored pictures, and into the perceptual hash by which equal pictures are found.
//
// A [Pipeline] does it with three parts, each an interface:
//
//   - a [Fetcher] downloads what an address names. Package httpfetch is the one for
//     the open internet: it reaches no address that is not public.
//   - a [Processor] reads the picture and makes its renditions. Package goprocessor
//     does it in Go alone; package vipsprocessor, in builds with the tag vips, by
//     libvips.
//   - a [Store] keeps the renditions. Package importer/imagestore does, in files.
//
// With the parts of this module:
//
//	fetcher, err := httpfetch.New(nil)
//	pipeline := imagepipe.New(fetcher, goprocessor.New(nil), imagestore.New(files, "https://cdn.example.in", nil), nil)
//	result, err := pipeline.Process(ctx, imagepipe.Request{ProductID: "prod_1", URLs: urls})
//
// Nothing here knows of imports: whoever has products and addresses can use it.
//
// # Renditions and keys
//
// Each picture is kept in three sizes, as JPEG: see [Size]. Those of a product's first
// address lie at "{product_id}/{size}.jpg", those of its n-th (from 2) at
// "{product_id}/{n}/{size}.jpg". An address that gives no picture leaves its keys empty;
// the product's main picture is then the next one, see [Result.URLs].
//
// # Errors
//
// What is wrong with one picture is an [*Error], which wraps one of the sentinels and
// has a sentence for the user. Any other error concerns the surroundings: the store is
// out of reach, or the context has ended.
package imagepipe
