// Package jobstore is the port of job records: what an import job is, its life
// cycle, its lease and checkpoint, and the interface of the stores that keep it.
//
// A backend implements the four methods of [Store]; jobstoretest.Run proves that
// it keeps the contract. All rules of the life cycle live here, over
// [Store.Update], so a backend holds none of them. Backends are leaf packages:
// memjobstore (memory) and pebblejobstore (embedded, durable).
//
// # Leases
//
// A worker takes a job with [Acquire] and writes through the [Holder] it gets.
// Time decides only when another worker may take over; what protects the record
// is the epoch, which every write of the holder checks in the same atomic step
// (a fencing token). A clock that runs wrong costs a hand-over, never a record.
//
// # Expiry
//
// A record with ExpiresAt in the past is gone for Get, Update and List, whether
// or not the backend has removed it yet; its id is free for Create.
package jobstore
