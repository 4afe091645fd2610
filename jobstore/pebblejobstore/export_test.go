package pebblejobstore

import "github.com/vyapaarai/bulkimport/jobstore"

// RecordKey returns the key under which a record is stored.
func RecordKey(id string) []byte { return recordKey(id) }

// EncodeRecord returns the stored form of a record.
func EncodeRecord(j *jobstore.Job) ([]byte, error) { return encodeRecord(j) }

// DecodeRecord reads the stored form of a record.
func DecodeRecord(value []byte) (jobstore.Job, error) { return decodeRecord(value) }
