// Package httpfetch downloads pictures from addresses that strangers chose: the
// imagepipe.Fetcher for the open internet.
//
// # Reach
//
// It contacts public addresses only, on ports 80 and 443, and follows redirects by the
// same rules; hosts of an intranet are exceptions that Options.AllowHosts names. It sends
// no cookies, credentials or Referer, uses no proxy, and speaks HTTP/1.1.
//
// # Bounds
//
// Servers are taken to be slow, broken or hostile. An attempt ends after a fixed time,
// whatever trickles in. A body is read up to a cap, whatever length was declared, and is
// never inflated: one that comes compressed although "identity" was asked for is refused.
// The number of downloads is bounded, in all and for each host.
//
// Memory is taken from a common budget as bytes arrive, never by what a header declares,
// so that a server occupies at most about twice what it has sent, and 64 KiB at first.
// When the budget is used up, downloads wait, except for one at a time that may overdraw
// it. Hence they cannot block each other for good, and all contents together have at most
// MemoryBudget + MaxBytes. The most that servers can do by sending much and then nothing
// is to hold everybody up until their time is over. Waiting, for memory or for a turn,
// does not count as time of the download.
//
// # Trying again
//
// Answers 429, 500, 502, 503 and 504, broken connections and servers that do not answer
// in time are tried again, after a growing pause and what Retry-After asks for. Nothing
// else is: neither refused addresses nor other answers, names that do not exist, invalid
// certificates, nor downloads that took too long in all, as they would again. A host that
// fails many times in a row is left alone for a while, so that a dead server costs an
// import seconds rather than hours.
package httpfetch
