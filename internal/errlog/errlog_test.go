package errlog_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/internal/errlog"
)

// quoting is an error whose sentence quotes a cell.
type quoting struct{ code string }

func (quoting) Error() string             { return "the first row has zanzibar" }
func (q quoting) LogValue() slog.Value    { return slog.StringValue(q.code) }
func (quoting) Is(target error) bool      { return target == errQuoting }
func wrapped(err error) error             { return fmt.Errorf("begin: %w", err) }
func both(first, second error) error      { return fmt.Errorf("%w (%w)", first, second) }
func (odd) Error() string                 { return "odd: zanzibar" }
func (odd) As(target any) bool            { v, ok := target.(*slog.LogValuer); return ok && set(v) }
func set(v *slog.LogValuer) (always bool) { *v = quoting{"never"}; return true }

// groupOf is logged as a group, lazy as an error.
type (
	groupOf struct{ err error }
	lazy    struct{ err error }
)

func (g groupOf) LogValue() slog.Value { return slog.GroupValue(slog.Any("error", g.err)) }
func (l lazy) LogValue() slog.Value    { return slog.AnyValue(l.err) }

// pointer is an error whose methods panic where it is nil.
type pointer struct{ text string }

func (p *pointer) Error() string { return p.text }

// odd has a LogValuer that no Unwrap leads to.
type odd struct{}

var (
	errQuoting = errors.New("quoting")
	errDisk    = errors.New("the disk is full")
)

func TestText(t *testing.T) {
	t.Parallel()

	q := quoting{"column_missing"}

	for want, err := range map[string]error{
		"":                                 nil,
		"the disk is full":                 errDisk,
		"begin: the disk is full":          wrapped(errDisk),
		"column_missing":                   wrapped(wrapped(q)),
		"column_missing; the disk is full": errors.Join(q, errDisk),
		"the disk is full; column_missing": wrapped(both(errDisk, wrapped(q))),
		"begin: the disk is full; begin: the disk is full; column_missing": errors.Join(wrapped(errDisk), errors.Join(wrapped(errDisk), q)),
		"errlog_test.odd": wrapped(odd{}),
	} {
		require.Equal(t, want, errlog.Text(err))
	}
}

func TestLogger(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer

	plain := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}

		return a
	}}))

	err := wrapped(quoting{"column_missing"})
	log := errlog.Logger(plain)
	require.Same(t, log, errlog.Logger(log))
	require.Nil(t, errlog.Logger(nil))

	log.With("reason", err).WithGroup("run").Info("refused", "error", err, "row", 7, slog.Group("within", "error", errors.Join(err, errDisk)))
	log.Debug("not written", "error", err)
	log.Warn("none", "error", error(nil))

	log.Info("odd ones", "group", groupOf{err}, "errors", []error{err, errDisk}, "nil", (*pointer)(nil), "value", lazy{err})

	require.Equal(t, "level=INFO msg=refused reason=column_missing run.error=column_missing run.row=7 "+
		"run.within.error=\"column_missing; the disk is full\"\nlevel=WARN msg=none error=<nil>\n"+
		"level=INFO msg=\"odd ones\" group.error=column_missing errors=\"column_missing; the disk is full\" "+
		"nil=\"*errlog_test.pointer that panics\" value=column_missing\n", out.String())
}
