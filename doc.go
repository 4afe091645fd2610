// Package bulkimport is the root of a module that imports product catalogues from CSV
// files of any size: as jobs in the background, in chunks with checkpoints, with
// duplicates found, quality scored, and every bad row reported so that it can be fixed
// and uploaded again.
//
// The root holds no code. Begin with package importer, the engine; its example is a
// whole program. The other packages also stand by themselves:
//
//   - csvschema reads CSV files as they are: dialects, encodings, headers, typed rows
//   - dedupe makes the identity keys of a product and matches rows by them
//   - quality scores how complete a product is
//   - imagepipe fetches, checks, sizes and stores pictures
//   - jobstore keeps job records, with their life cycle, lease and checkpoint
//   - importer/catalog, importer/blob, importer/queue and importer/notify are the ports
//     of the engine
//
// Each port has a backend in memory, where it stores something an embedded durable one,
// and one on AWS; a conformance suite beside it proves a backend of your own.
package bulkimport
