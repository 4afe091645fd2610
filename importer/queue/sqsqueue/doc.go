// Package sqsqueue dispatches jobs through a standard queue of Amazon SQS, to any
// number of processes.
//
// # Messages
//
// A message is a JSON object, {"job_id":"admin_import_20250106_abc123"}; [Encode] and
// [Decode] are its codec, for a Lambda function that is handed the messages by an event
// source mapping and has no use for a Queue.
//
// SQS delays a message by at most [MaxSendDelay]. A longer delay is written into the
// message (not_before), and a receiver that gets it too early hides it for the rest;
// such delays go by the clocks of sender and receiver. What Nack cannot hide for long
// enough (SQS hides a message for [MaxHold] since it was received) is sent anew and then
// removed.
//
// # Receiving
//
// Receivers that wait at the same time share one long poll of up to 20 seconds, which
// asks for as many messages as there are receivers, 10 at most: a message that nobody is
// free for stays in the queue for other processes. A receiver whose context ends leaves
// at once. The poll goes on, since a request that is cut off may have taken a message
// with it; what it brings that nobody waits for any more is given back at once. Only
// Close cuts a poll off. A message that was on its way then comes again after the
// visibility time-out.
//
// A receiver of a message has it for Options.Visibility, and longer by Extend, up to
// 12 hours in all: then Extend gives queue.ErrSettled, and the message comes again. The
// engine finds the job leased and drops the message.
//
// # Dead letters
//
// A message that is not one of this package (no JSON, no job id, too long) is logged by
// its id, with the reason, and left alone. It comes again after the visibility time-out, as
// does one that kills its receiver every time, until the queue's redrive policy moves
// it to a dead-letter queue. Without such a policy both come for as long as the queue
// retains messages. Give the queue one:
//
//	RedrivePolicy {"deadLetterTargetArn": "arn:aws:sqs:...", "maxReceiveCount": "10"}
//
// with a dead-letter queue that retains messages for 14 days, and an alarm on its
// length. maxReceiveCount counts every hand-over, also the ones given back during a
// shutdown and those that came before their time, so it should not be lower than 5. A
// dead letter loses no import: the engine's sweep sends another message while the job
// is unfinished.
//
// # Permissions
//
// On the queue: sqs:SendMessage for a process that starts jobs or sweeps,
// sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility for one that runs
// them; one that does both, as a worker that sends itself on before its time is up, needs
// all four. sqs:GetQueueAttributes is for Depth alone. A queue encrypted with a key of one's own also needs kms:GenerateDataKey (to
// send) and kms:Decrypt on that key.
//
// # Cost
//
// One request each for Send, Extend, Ack and Nack; for receiving, one every 20 seconds
// while idle (130,000 a month) and one for every batch.
//
// Throttling and broken connections are tried again by the SDK's retryer, as the client
// is configured. Credentials that have expired give an error that says so.
package sqsqueue
