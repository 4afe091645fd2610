// Package s3blob keeps files in a bucket of Amazon S3, or of another server that speaks
// its protocol and is as consistent: a List or an Open sees every Put that was finished
// before.
//
// The content of key lies in the object Options.Prefix + key. Objects whose names are
// no keys (blob.CheckKey), such as the folders that the S3 console makes, are left alone
// and not listed.
//
// # Reading
//
// Open reads by ranges that are tied to the ETag of what was opened. A connection that
// breaks, or delivers nothing for Options.ReadTimeout, is replaced by another one from
// the byte on that comes next; what comes early to its end counts as broken. Content that
// was replaced or deleted meanwhile gives blob.ErrChanged.
//
// # Writing
//
// Put sends what fits into one part (Options.PartSize) by PutObject, and more as a
// multipart upload: it keeps up to Options.Concurrency + 1 parts in memory, so the largest
// content is 10,000 parts. Every request carries a CRC-32 that S3 checks. An upload that
// fails is aborted. One whose process was killed is left behind, invisible and paid for:
// give the bucket a lifecycle rule with AbortIncompleteMultipartUpload.
//
// Put may fail although S3 has done its work, where the connection is lost and all
// attempts to learn of it fail, too: the key then holds the new content. Of Puts at the
// same time S3 decides which is the last; for a multipart upload it may go by when that
// began.
//
// Where versions are kept in the bucket, Put adds one and Delete a marker; this
// package only sees the current version. A lifecycle rule with
// NoncurrentVersionExpiration removes the others.
//
// # ETags
//
// Those of S3. For objects that are not encrypted with a key of KMS they depend on the
// bytes alone (and on the sizes of the parts), so the same bytes put again have the same
// ETag.
//
// # Signed URLs
//
// Store is a blob.Signer and a blob.MultipartSigner. A URL lasts for 7 days at most, and
// not longer than temporary credentials that have signed it, such as those of a role.
// Browsers need a CORS rule on the bucket, which allows PUT and the header Content-Type
// and exposes ETag.
//
// # Permissions
//
// On arn:aws:s3:::BUCKET/PREFIX*:
//
//	s3:GetObject             Open, Stat, SignGet
//	s3:PutObject             Put, SignPut, the parts and the completion of uploads
//	s3:DeleteObject          Delete
//	s3:AbortMultipartUpload  Put that fails, AbortMultipart
//
// and on arn:aws:s3:::BUCKET:
//
//	s3:ListBucket            List, Check; without it S3 answers 403, and the methods
//	                         ErrDenied, for a key that does not exist;
//	                         Stat that S3 refuses, to tell credentials that have
//	                         expired from a permission that is missing
//
// What a URL may do is decided when it is used, by the permissions of the credentials
// that signed it. A bucket that encrypts by a key of KMS needs kms:GenerateDataKey and
// kms:Decrypt for that.
package s3blob
