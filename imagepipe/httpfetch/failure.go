package httpfetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/vyapaarai/bulkimport/imagepipe"
	"github.com/vyapaarai/bulkimport/internal/netguard"
	"github.com/vyapaarai/bulkimport/internal/retryafter"
)

// Why a request was ended from this side.
var (
	errNoAnswer = errors.New("no answer in time")
	errTooLong  = errors.New("attempt took too long")
)

// failure is an attempt that failed, with what follows from it.
type failure struct {
	report *imagepipe.Error
	// temporary says that another attempt may succeed, retryAfter when the server wants
	// it.
	temporary  bool
	retryAfter time.Duration
	// noAnswer says that the host gave no whole answer, for hostHealth.
	noAnswer bool
}

// Error implements error.
func (f *failure) Error() string { return f.report.Error() }

func permanent(kind error, reason string) *failure {
	return &failure{report: &imagepipe.Error{Kind: kind, Reason: reason}}
}

// refused is the failure of an address that err, a *netguard.RefusedError, refuses.
func refused(prefix string, err error) *failure {
	reason := "the address is not allowed"
	if r, ok := errors.AsType[*netguard.RefusedError](err); ok {
		reason = r.Reason
	}

	return permanent(imagepipe.ErrRefused, prefix+reason)
}

// afterRedirects says of a refusal that it is not the address of the user.
func afterRedirects(hops int, err error) error {
	failed, ok := errors.AsType[*failure](err)
	if hops == 0 || !ok || !errors.Is(failed.report.Kind, imagepipe.ErrRefused) {
		return err
	}

	return permanent(imagepipe.ErrRefused,
		"the server redirects to an address that is not allowed: "+failed.report.Reason)
}

// badStatus is the failure of an answer other than 200. What the server says beside the
// number is not repeated.
func badStatus(resp *http.Response) *failure {
	failed := permanent(imagepipe.ErrUnreachable, statusReason(resp.StatusCode))

	if isTemporary(resp.StatusCode) {
		failed.temporary = true
		failed.retryAfter = retryafter.Parse(resp.Header.Get("Retry-After"), time.Now())
	}

	return failed
}

func statusReason(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("the server answered %d %s", status, text)
	}

	return fmt.Sprintf("the server answered %d", status)
}

// tooMuchPatience is the failure when Retry-After is later than anybody waits.
func tooMuchPatience(failed *failure) *failure {
	return permanent(imagepipe.ErrUnreachable, fmt.Sprintf(
		"%s and wants no request within the next %v", failed.report.Reason, failed.retryAfter.Round(time.Second)))
}

// explain turns an error of a request into a *failure, or into one that wraps the cause
// of ctx when that was ended by the caller.
func explain(ctx context.Context, err error, opts *Options) error {
	if failed, ok := errors.AsType[*failure](err); ok {
		return failed
	}

	switch {
	case errors.Is(context.Cause(ctx), errTooLong):
		failed := broken(err, fmt.Sprintf("the download took longer than %v", opts.Timeout))
		failed.temporary = false // it would again

		return failed
	case ctx.Err() != nil:
		return ended(ctx)
	case errors.Is(err, errNoAnswer):
		return broken(nil, fmt.Sprintf("the server did not answer within %v", opts.HeaderTimeout))
	case errors.Is(err, netguard.ErrRefused):
		return refused("", err)
	}

	return explainNetwork(err)
}

// explainNetwork explains errors of lookup, connection and transfer.
func explainNetwork(err error) *failure {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		failed := broken(err, "the host name could not be looked up")

		if dns.IsNotFound {
			failed = permanent(imagepipe.ErrUnreachable, "the host name does not exist")
			failed.report.Cause = err
		}

		return failed
	}

	if reason := tlsReason(err); reason != "" {
		failed := permanent(imagepipe.ErrUnreachable, reason)
		failed.report.Cause = err

		return failed
	}

	if netErr, ok := errors.AsType[net.Error](err); ok && netErr.Timeout() {
		return broken(err, "the server did not answer in time")
	}

	if errors.Is(err, io.ErrUnexpectedEOF) {
		return broken(err, "the connection ended before the picture was complete")
	}

	return broken(err, "the connection to the server failed")
}

// tlsReason explains errors that will be the same the next time; it is empty for others.
func tlsReason(err error) string {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the certificate of the server is not valid"
	}

	// crypto/tls reports alerts, from either side, under these names.
	op, _ := errors.AsType[*net.OpError](err)
	isAlert := op != nil && (op.Op == "remote error" || op.Op == "local error")
	_, isNoTLS := errors.AsType[tls.RecordHeaderError](err)

	if isAlert || isNoTLS || errors.Is(err, http.ErrSchemeMismatch) {
		return "the server offers no secure connection that can be used"
	}

	return ""
}

// broken is the failure of a host that gave no whole answer.
func broken(cause error, reason string) *failure {
	return &failure{
		report:    &imagepipe.Error{Kind: imagepipe.ErrUnreachable, Reason: reason, Cause: cause},
		temporary: true, noAnswer: true,
	}
}
