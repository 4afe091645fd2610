// Package pebblejobstore keeps job records in a Pebble database: durable, and
// embedded in one process.
//
// The database may be shared: every key of the store begins with the byte 'j'.
// One database takes one Store at a time, since the atomicity of Update rests on
// locks in the Store; Pebble's own file lock keeps other processes out.
//
// Every write is one batch, synced before the call returns: a call that returned
// nil survives a crash of the process and of the machine. Every call sees what
// finished calls have written, List too.
//
// # When the database cannot go on
//
// A failed write of its log, as on a full disk, leaves the database in a state that
// nothing can be added to. There is no error for that: Pebble calls Fatalf of its
// pebble.Options.Logger, which must not return, and by default, as in the programs of
// this module, says why on standard error and ends the process with exit code 1,
// whatever else the process does. What calls had returned by then is on disk, and the
// next start goes on from it.
//
// # Layout
//
//	'j' 'r' id                      the record: version byte 1, then JSON
//	'j' 'i' filters fields time id  one entry for each set of filters of a Query
//	'j' 'x' time id                 records with ExpiresAt, by that time
//	'j' 'u' id                      the record of a user: version byte 1, then JSON
//
// filters is a byte with a bit for each filter, fields are the values of those
// filters, each behind its length in two bytes. time is twelve bytes that sort
// as times do, and the id, being last, needs no escaping. The indexes have no
// values.
//
// # Cost
//
// A record has eight index entries of about fifty bytes: one for each of the
// eight sets of filters (creator, status, type). Create writes them all, Update
// those that changed, which is none but for a change of status (four). In
// return every List, whatever its filters, reads only the records it returns,
// one more, and those in its range that have expired and that nobody has removed
// yet. A job of a store has one entry more, for the queries that name a store; those
// read the jobs of the store that their other filters leave out as well. Call
// Expired and Delete now and then (importer.Service.Sweep does).
package pebblejobstore
