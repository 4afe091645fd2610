// Package api serves the import engine over HTTP: it translates requests into
// calls of an importer.Service and what that returns into JSON. Nothing of the
// engine is done here, and nowhere else are errors given an HTTP status.
//
// # Answers
//
// Answers are JSON objects with "success", but for reports and the template, which
// are CSV files. Times are RFC 3339 in UTC, or null while unknown. Errors have the
// form
//
//	{"success":false,"error":"A sentence for people.","code":"snake_case"}
//
// and one of these statuses:
//
//	400  the request is wrong; the sentence says where
//	401  no token, or one that proves nothing
//	403  the role is not allowed, or a signed URL is wrong or has expired
//	404  no such address, job or report; a job of somebody else is no such job
//	405  the address does not take this method
//	408  the upload was too slow or stopped
//	409  the job is not in a status for this, or its file is missing
//	413  the body, or the file, is too large
//	415  the body says that it is something other than JSON
//	422  the file cannot be imported at all; its job has failed, but for validate
//	429  too many requests or jobs of this user; Retry-After says for how many seconds
//	500  the server is at fault; its log has the reason under the request's id
//	503  the server, or the identity provider, is out of breath; try again
//
// # Requests
//
// Bodies are JSON objects, whose fields may be null where they may be left out, which is
// the same. Their type is application/json, or one that a tool gives unasked: see
// checkMediaType. A parameter of the query that is there has a value, save for an empty
// cursor.
//
// # Endpoints
//
// Below Base, with a token in the header Authorization:
//
// GET /upload-url?filename=products.csv&size=25 creates a job. upload_url takes a PUT
// of the file with upload_headers, again and again until the job is started or
// expires_in seconds have passed. size, in bytes, may be left out.
//
//	{"success":true,"upload_url":"...","job_id":"...","s3_key":"...","expires_in":600,
//	 "upload_headers":{}}
//
// Where the files lie on S3 and the size is over 5 GiB, upload_url is empty, and the
// answer has places for parts of the file, each of which takes a PUT:
//
//	"multipart":{"part_size":67108864,"parts":[{"part_number":1,"url":"..."},...]}
//
// POST /{job_id}/upload/complete {"parts":[{"part_number":1,"etag":"..."},...]} puts
// the parts together then; the etag is the header ETag of the answer to the PUT.
//
//	{"success":true,"job_id":"...","size_bytes":6442450944}
//
// POST /validate {"job_id":"...","rows":1000,"options":{...}} tells what that would do
// with the first rows, or with "all", and writes nothing:
//
//	{"success":true,"job_id":"...","rows_checked":0,"complete":false,"estimated_rows":0,
//	 "columns":[{"position":1,"header":"...","column":"name","status":"recognised",
//	             "samples":["..."]}],
//	 "outcomes":{"successful":0,"duplicates":0,"errors":0},"duplicates_by_tier":{...},
//	 "error_codes":[{"code":"...","count":0}],"errors":[...],"warnings":[...],
//	 "quality":{...},"failure":null}
//
// POST /process {"job_id":"...","options":{...}} starts it: 202, or 200 where it
// was started before, which changes nothing. The options, none of which is
// required, are those of importer.OptionsPatch. With the header Idempotency-Key a
// repeated request gets the answer that it got.
//
//	{"success":true,"job_id":"...","status":"queued","estimated_rows":27555,"message":"..."}
//
// GET /{job_id}/status tells how it is doing:
//
//	{"success":true,"job_id":"...","job_type":"admin_product_import","status":"...",
//	 "filename":"products.csv","created_by":"...","store_id":null,"batch_id":null,
//	 "progress":{"total_rows":0,"processed_rows":0,"successful":0,"duplicates":0,
//	             "errors":0,"percentage":0},
//	 "duplicates_by_tier":{"barcode":0,"image_hash":0,"name_brand":0},
//	 "error_codes":[{"code":"...","count":0}],
//	 "images":{"processed":0,"failed":0,"reused":0},
//	 "quality":{"count":0,"sum":0,"mean":0,"bands":{"0-19":0,...,"80-100":0}},
//	 "timestamps":{"created_at":"...","started_at":null,"estimated_completion":null,
//	               "completed_at":null},
//	 "completed_at":null,
//	 "warnings":[{"code":"...","column":"","message":"...","count":0,"rows":[]}],
//	 "options":{...},"failure":null,
//	 "error_report_url":null,"results_url":null,
//	 "recent_errors":[{"row_number":2,"barcode":"","name":"","error_code":"...",
//	                   "error_message":"..."}],
//	 "audit":[{"at":"...","by":"...","action":"started","detail":""}]}
//
// total_rows is an estimate until the job has ended. The URLs are signed and good
// for an hour. failure has the code and message of a job that failed.
//
// GET ?limit=20&cursor=&status= lists the jobs, newest first, each as in its status
// but without URLs, recent_errors and audit. A super_admin sees those of everybody.
//
//	{"success":true,"jobs":[...],"next_cursor":null}
//
// DELETE /{job_id} cancels: 200 when that is done, 202 when the worker was asked to
// stop. What was imported stays.
//
//	{"success":true,"job_id":"...","status":"...","message":"..."}
//
// POST /{job_id}/retry has a job that failed or was cancelled go on: 202 with the answer
// of process, or 200 where it is under way.
//
// POST /batches {"job_ids":["..."],"options":{...}} starts several jobs, and GET
// /batches/{batch_id} tells of them together:
//
//	{"success":true,"batch_id":"...","jobs":[{"job_id":"...","status":"queued","error":null}]}
//	{"success":true,"batch_id":"...","created_at":"...","status":"...","progress":{...},"jobs":[...]}
//
// GET /{job_id}/errors and /{job_id}/results are the reports, or redirects (307) to them; GET
// /template is a CSV with every column.
//
// GET AnalyticsPath?days=30&type= adds up the jobs of the last days, of one type or all; POST LegacyPath imports the
// products of a request, and is deprecated.
//
// All of these are below StoresBase/{store_id}/inventory/import as well, for the
// inventory of a store: see area. The status has the counts of its rows in "inventory",
// which is null for imports of products:
//
//	"inventory":{"created":0,"matched":0,"updated":0}
//
// GET StoresBase/{store_id}/inventory?limit=20&cursor= lists what the store has:
//
//	{"success":true,"store_id":"...","items":[{"product_id":"...","name":"...",
//	 "quantity":"12.5","cost_price":null,"selling_price":"45",...}],"next_cursor":null}
//
// For anybody, GET ImagesBase/{product_id}/{size}.jpg, and
// .../{product_id}/{n}/{size}.jpg for the n-th image from 2, are the images of
// products, with ranges, conditional requests and HEAD; GET /healthz says that the process lives, GET /readyz whether its
// stores answer.
package api
