// Package dynamojobstore keeps job records in a table of Amazon DynamoDB, for any number of
// processes.
//
// # Items
//
// An item is the JSON of jobstore.Job, with maps, lists and numbers for its objects, arrays
// and numbers, so that a person can read it in the console. Three things differ: ttl is a
// number of seconds since 1970, rounded up, which is what DynamoDB's time to live works on;
// input_dialect is JSON as a text; and null and empty values are left out. In addition
// there are
//
//	created_by_user_id_gsi  created_by_user_id, where that is not empty
//	status_gsi              status
//	job_type_gsi            job_type, where that is not empty
//	created_at_gsi          2025-01-06T09:30:00.120000000Z#admin_import_20250106_abc123
//	recent_writes           the ids of the last eight writes, the latest first
//
// The first three are the partition keys of the indexes created_by_user_id_gsi-index,
// status_gsi-index and job_type_gsi-index, created_at_gsi is the sort key of all: the
// creation time to the nanosecond, and the id (its first 990 bytes or so) for jobs of the
// same moment. The indexes need to project nothing but keys. They may project more, but
// every write of a job, one every few seconds while it runs, is then a write of all three
// indexes too.
//
// The record of a user (jobstore.UserRecords) is an item with job_id user_record#, followed
// by the user's id, and none of the attributes of the indexes. Ids of jobs that begin like that
// are refused.
//
// # Items of others
//
// Other programs may write items, with attributes of their own, without a version, with
// times without a zone (which are UTC). They are read, and from the first Update on they
// have a version. An Update writes only what it changes: attributes that this package does
// not know survive, in maps and in elements of lists, too. A writer that does not count
// versions goes unnoticed; what it and an Update change at the same time is the
// Update's. Items without the attributes of the indexes are not listed before their
// first Update, nor is one with a status that jobstore does not know, unless a filter finds
// it. An item that cannot be read gives ErrUnreadable, and is left out of List with a line
// in the log.
//
// # Consistency
//
// Create, Get and Update see every write that has finished, and are atomic. Create is a
// put on condition that there is no item, or one that has expired. Update reads the
// item, consistently, and writes on condition that the version is still the same. If it is
// not, the answer has the item as it is now, and Update begins again with that after a
// short random wait, up to Options.Attempts times; then it gives jobstore.ErrConflict.
//
// The answer of a write may get lost. The SDK then sends it again, and the condition fails
// because of the write itself. Every write leaves its id in recent_writes, so that its
// writer knows it again, although others may have written since: change never takes
// effect twice. Only when eight or more others have, within the seconds of a retry, is
// that unknown, and Update gives ErrUnknownOutcome, which is neither success nor conflict.
//
// List is eventually consistent: it may show what was true a moment ago (mostly far less
// than a second), as a job with its former content, or in the list of its former
// status. It never shows a job that does not pass the filters as it was read.
//
// Records that have expired are gone for all methods at once, whenever DynamoDB comes to
// remove them (within days). Their files are for a life cycle rule of the bucket: the store
// is no jobstore.Expirer, so the engine's sweep leaves both alone.
//
// # Lists
//
// List reads one index: by user where the query names one, else by status, else by type. The
// other filters are applied to the records read, so that few that pass among many cost as
// much as the many; a call stops after 1,000 index entries or so, with a page that is
// short. Without any filter it reads the index of the statuses once for each status, and
// merges: the seven together hold all jobs, whatever their types. In the moment in which a
// job changes its status it may be missing from such a list.
//
// # Cost
//
// Capacity units for jobs on their way, of 3.5 KB, with indexes of keys; in brackets those
// of indexes that project whole items. BenchmarkCost measures them.
//
//	Create            1 request                               7 (16) WCU
//	Get               1 request                      1 RCU
//	Update            2 requests                     1 RCU    4 (16) WCU
//	  of the status   2 requests                     1 RCU    6 (20) WCU
//	List, n jobs      2 requests (3 for n = 100)     n/2 + 1 (n + 1) RCU
//	  no filter       8 requests                     n/2 + 4 RCU
//	UpdateUser        2 requests                     1 RCU    1 WCU
//
// A conflict costs another write, and no read. A job that is imported for an hour in chunks of
// some seconds is written about a thousand times.
//
// The sweep of the engine lists by status, and of the jobs that have ended those of the last two
// days: about fifty RCU for each hundred of them, each time. All jobs of one status share a
// partition of status_gsi-index. With indexes of keys it is written when a job takes up or
// leaves the status, not while it runs, and a partition takes 1,000 such writes a second,
// which no number of imports comes near; it serves the sweep 3,000 RCU a second. With indexes of whole
// items the partition of processing is written with every commit and heartbeat, and that limit is
// some 250 of them a second.
//
// # Limits
//
// A record of more than 400 KB, and a number beyond DynamoDB's range, give
// jobstore.ErrInvalid; nothing that the engine stores grows with the file.
//
// While the table is throttled, calls wait and try again beyond what the SDK does, as
// Options.Attempts says, and give ErrBusy in the end. ErrCredentials, ErrDenied and
// ErrNoTable come at once.
//
// # Permissions
//
// On the table: dynamodb:GetItem, dynamodb:BatchGetItem, dynamodb:PutItem and
// dynamodb:UpdateItem; on its indexes (table/NAME/index/*): dynamodb:Query. With a key of
// one's own for the table also kms:Decrypt on it.
package dynamojobstore
