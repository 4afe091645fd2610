package awstest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Fault is what goes wrong with some calls, and with which. The kinds may be combined:
// a call is delayed first, then one of Refuse, Answer, LoseAnswer, Cut and Unprocessed
// happens to it, the first of them that is set.
type Fault struct {
	// Operation is the name of the calls that are meant, as Operation returns it. ""
	// means all.
	Operation string
	// Match, where not nil, has to agree as well. It is called one call at a time and
	// must leave the request as it is.
	Match func(*http.Request) bool
	// Skip is how many of those calls come through before the first that fails.
	Skip int
	// Times is how many fail then. 0 means one, Always all that follow.
	Times int

	// Delay is how long a call waits before it goes on.
	Delay time.Duration
	// Refuse breaks the connection before the server has seen the call.
	Refuse bool
	// Answer, where not nil, is given instead of the server's, which does not see the
	// call.
	Answer *Answer
	// LoseAnswer breaks the connection after the server has carried the call out.
	LoseAnswer bool
	// Cut breaks the connection when the first bytes of the answer's body have come:
	// CutAt of them.
	Cut   bool
	CutAt int64
	// Unprocessed is how many keys of each table a BatchGetItem leaves unread, the last, as
	// DynamoDB does while it is busy. What attributes are asked for must contain the key.
	Unprocessed int
}

// Always is the Times of a Fault that does not end.
const Always = -1

// Answer is what a Fault answers. To a HEAD it has no body, as with any server.
type Answer struct {
	Status int
	Header http.Header // may be nil
	Body   string
}

// DynamoDBError returns the answer of DynamoDB for an error such as
// "ProvisionedThroughputExceededException" or "InternalServerError", which has status
// 500; the others have 400.
func DynamoDBError(code string) *Answer {
	status := http.StatusBadRequest
	if code == "InternalServerError" {
		status = http.StatusInternalServerError
	}

	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:   fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"injected"}`, code),
	}
}

// S3Error returns the answer of S3 for an error such as 503 "SlowDown".
func S3Error(status int, code string) *Answer {
	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"application/xml"}},
		Body:   fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>injected</Message></Error>`, code),
	}
}

// SQSError returns the answer of SQS for an error such as 400 "RequestThrottled" or 500
// "InternalError".
func SQSError(status int, code string) *Answer {
	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:   fmt.Sprintf(`{"__type":"com.amazonaws.sqs#%s","message":"injected"}`, code),
	}
}

// QueryError returns the answer of SNS and CloudFormation for an error such as 400
// "Throttling".
func QueryError(status int, code string) *Answer {
	return &Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"text/xml"}},
		Body:   fmt.Sprintf(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>injected</Message></Error></ErrorResponse>`, code),
	}
}

// Faults is a transport that has calls fail. It is safe for concurrent use. A fault
// hits by the order in which the calls begin.
type Faults struct {
	next http.RoundTripper

	mu    sync.Mutex
	added []*Injected
	calls map[string]int
}

// Injected is a fault at work.
type Injected struct {
	Fault

	faults *Faults
	seen   int // matching calls
	hits   int
}

// NewFaults returns a transport that hands calls to next, without any fault so far.
func NewFaults(next http.RoundTripper) *Faults {
	return &Faults{next: next, calls: make(map[string]int)}
}

// Add has a fault begin. Of several that are due for one call, the one that was added
// first happens; the call counts for the others too.
func (f *Faults) Add(fault Fault) *Injected {
	if fault.Times == 0 {
		fault.Times = 1
	}

	f.mu.Lock()
	defer f.mu.Unlock()

	injected := &Injected{Fault: fault, faults: f}
	f.added = append(f.added, injected)

	return injected
}

// Clear ends all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.added = nil
}

// Calls returns how many calls of an operation there were, failed ones too; of "" all.
func (f *Faults) Calls(operation string) int {
	f.mu.Lock()
	defer f.mu.Unlock()

	if operation != "" {
		return f.calls[operation]
	}

	all := 0
	for _, n := range f.calls {
		all += n
	}

	return all
}

// Hits returns how many calls the fault has hit: a test that expects an error to be
// overcome makes sure that there was one.
func (i *Injected) Hits() int {
	i.faults.mu.Lock()
	defer i.faults.mu.Unlock()

	return i.hits
}

// due counts a call and returns the fault that is due for it, if there is one.
func (f *Faults) due(r *http.Request) *Injected {
	operation := Operation(r)

	f.mu.Lock()
	defer f.mu.Unlock()

	f.calls[operation]++

	var due *Injected

	for _, i := range f.added {
		if i.Operation != "" && i.Operation != operation || i.Match != nil && !i.Match(r) {
			continue
		}

		i.seen++
		if due == nil && i.seen > i.Skip && (i.Times == Always || i.hits < i.Times) {
			i.hits++
			due = i
		}
	}

	return due
}

// RoundTrip implements http.RoundTripper.
func (f *Faults) RoundTrip(r *http.Request) (*http.Response, error) {
	fault := f.due(r)
	if fault == nil {
		return f.next.RoundTrip(r)
	}

	if fault.Delay > 0 {
		if err := wait(r, fault.Delay); err != nil {
			return nil, drop(r, err)
		}
	}

	switch {
	case fault.Refuse:
		return nil, drop(r, broken("write"))
	case fault.Answer != nil:
		return fault.Answer.response(r)
	case fault.LoseAnswer:
		return nil, f.lose(r)
	case fault.Cut:
		return f.cut(r, fault.CutAt)
	case fault.Unprocessed > 0:
		return f.leaveUnprocessed(r, fault.Unprocessed)
	}

	return f.next.RoundTrip(r)
}

// wait waits for d or the end of the call.
func wait(r *http.Request, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

// broken is the error of a connection that the other side has reset.
func broken(while string) error {
	return &net.OpError{Op: while, Net: "tcp", Err: syscall.ECONNRESET}
}

// drop closes the body of a call that is not sent, as a transport has to, and returns
// err.
func drop(r *http.Request, err error) error {
	if r.Body != nil {
		_ = r.Body.Close() // err says what went wrong
	}

	return err
}

// response answers r, whose body it reads, as a server does that answers in the end.
func (a *Answer) response(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, err := io.Copy(io.Discard, r.Body)
		if err = drop(r, err); err != nil {
			return nil, err
		}
	}

	body := a.Body
	if r.Method == http.MethodHead {
		body = ""
	}

	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}

	return &http.Response{
		StatusCode:    a.Status,
		Status:        fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)),
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(a.Body)),
		Request:       r,
	}, nil
}

// lose carries r out and loses the answer.
func (f *Faults) lose(r *http.Request) error {
	response, err := f.next.RoundTrip(r)
	if err != nil {
		return err
	}

	// To its end: the server may be at work until then.
	_, err = io.Copy(io.Discard, response.Body)
	if closeErr := response.Body.Close(); err == nil {
		err = closeErr
	}

	if err != nil {
		return err
	}

	return broken("read")
}

// cut carries r out, with an answer whose body breaks after n bytes.
func (f *Faults) cut(r *http.Request, n int64) (*http.Response, error) {
	response, err := f.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}

	response.Body = &cutBody{ReadCloser: response.Body, left: n}

	return response, nil
}

// cutBody is a body that breaks.
type cutBody struct {
	io.ReadCloser
	left int64
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, broken("read")
	}

	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)

	return n, err
}
