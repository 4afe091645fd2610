// Package dynamo is what the backends on DynamoDB share: the narrow interface of
// the client that they use ([Client]), patience ([Retry]), batches of any length
// ([BatchGet]), the meaning of errors ([Explain]), the schema of the
// tables ([Products] and its neighbours), and a count of what it all costs
// ([Meter]).
//
// It knows nothing of what the items mean.
package dynamo
