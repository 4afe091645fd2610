// Package awstest gives tests the clients of real servers that speak the protocols
// of AWS, and faults between the two.
//
// Where a server is, the environment says:
//
//	BULKIMPORT_DYNAMODB_ENDPOINT  DynamoDB
//	BULKIMPORT_S3_ENDPOINT        S3
//	BULKIMPORT_MOTO_ENDPOINT      SQS, SNS and CloudFormation
//
// each as a URL such as http://127.0.0.1:8001. A test whose server is not named is
// skipped; `make integration` starts all of them and runs the tests. A client talks to
// the named address alone and has credentials of its own, [AccessKey] and [SecretKey]:
// neither the configuration of the machine nor its proxies take part, so that a test
// never reaches an account of somebody.
//
// Tests share the servers and run side by side: whatever they make has a name of its
// own ([Name]) and goes away with the test ([Bucket], [Queue], [Topic], [DropTables]).
// [PutItems] fills a table.
//
// [Faults] makes calls fail between client and server, in a chosen place and way. It is
// a transport of clients ([Through]) and of the loopback server of [Proxy], which
// other processes and presigned URLs can go through.
package awstest
