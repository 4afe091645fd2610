// Package integration holds the tests of the engine on the backends of AWS together:
// imports on S3, DynamoDB, SQS and SNS, spoken by real servers, come out exactly as they
// do on the embedded backends, whatever happens on the way. It has no code of its own.
//
// The tests are skipped without the servers; `make integration` starts them.
package integration
