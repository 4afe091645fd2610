// Package webhooknotify posts completion events to a URL, signed, so that the receiver
// knows who sent them and that nobody altered or repeated them.
//
// # The request
//
//	POST (the URL)
//	Content-Type: application/json
//	Bulkimport-Event-Id: admin_import_20250106_abc123-ended
//	Bulkimport-Timestamp: 1736155800
//	Bulkimport-Signature: v1=1f8b…
//
//	{"id":"admin_import_20250106_abc123-ended","job_id":"admin_import_20250106_abc123",…}
//
// The body is a notify.Event. Its message, why a job failed as a sentence, may quote the file:
// a receiver that logs events logs failure_code in its place. The timestamp is the time of this try, in seconds since
// 1970. The signature is
//
//	"v1=" + lower-case hexadecimal of HMAC-SHA256(secret, timestamp + "." + body)
//
// over the bytes of the header Bulkimport-Timestamp, a full stop, and the bytes of the
// body as they were sent. Several signatures may stand in the header, separated by commas:
// one that is right is enough. Parts with another name than v1 are to be passed over, so
// that a later scheme can be sent beside this one.
//
// # Receivers
//
// A receiver in Go uses a [Verifier]. Another computes the signature from the bytes it
// got, before it parses them, compares it in constant time, refuses timestamps more than
// five minutes from its own clock, and drops events whose id it has seen: a captured
// request can be repeated within those five minutes, and an event is sent again, with the
// same id, where the sender could not know that it arrived. Its tries are minutes apart,
// but go on after a stop of the sender too, for as long as the record of the job is kept: 30
// days by default. A receiver keeps the ids for longer than that, or notes with its own
// record of the job which it has seen.
//
// Answer any 2xx as soon as the event is stored, and work on it afterwards.
//
// # What the answer means
//
//   - 2xx: delivered.
//   - 408, 429, 5xx, and no answer at all: to be tried again, not before Retry-After.
//   - Anything else, redirects with it: rejected, and not sent again. Redirects are not
//     followed, since they would take the event to where its operator did not send it.
//
// A Notifier makes one try for each call. The engine makes the next, from the job's
// record, which survives crashes and holds no worker up; see importer.WorkerOptions.
//
// # What it may contact
//
// The addresses that images may be fetched from: public ones (see internal/netguard for
// what that means) by https. Receivers within the network, or that speak http, are named
// in Options.AllowHosts.
package webhooknotify
