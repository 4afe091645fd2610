// Package errlog keeps out of logs what errors tell their user. A sentence for the user of
// a file may quote the file, such as its first row where that is not the names of columns;
// a log is read by others, and kept for longer.
//
// An error that has such a sentence implements slog.LogValuer, by which it says what may
// be logged of it: mostly a code. Package slog asks for that only where the error itself
// is logged. A logger of this package asks also where it is wrapped.
package errlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Text returns what may be logged of an error. Where the error, or one that it wraps, is a
// slog.LogValuer, that is what those say, and what is written around them is left out, since
// it has their text within; else it is the text of the error. That of nil is empty.
func Text(err error) string {
	if err == nil {
		return ""
	}

	var discreet slog.LogValuer
	if !errors.As(err, &discreet) {
		return err.Error()
	}

	//nolint:errorlint // the tree is walked here, one error at a time
	switch e := err.(type) {
	case slog.LogValuer:
		return e.LogValue().Resolve().String()
	case interface{ Unwrap() error }:
		return Text(e.Unwrap())
	case interface{ Unwrap() []error }:
		var texts []string

		for _, one := range e.Unwrap() {
			texts = append(texts, Text(one))
		}

		return strings.Join(texts, "; ")
	}

	return fmt.Sprintf("%T", err) // it has one in a way of its own
}

// Logger returns a logger that writes to that of l, of errors nothing but their Text. It
// returns nil for nil.
func Logger(l *slog.Logger) *slog.Logger {
	if l == nil {
		return nil
	}

	if _, already := l.Handler().(handler); already {
		return l
	}

	return slog.New(handler{l.Handler()})
}

// handler replaces the errors in what it hands on.
type handler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	next := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)

	r.Attrs(func(a slog.Attr) bool {
		next.AddAttrs(discreet(a))

		return true
	})

	return h.Handler.Handle(ctx, next)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(discreetAll(attrs))}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

func discreetAll(attrs []slog.Attr) []slog.Attr {
	all := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		all[i] = discreet(a)
	}

	return all
}

// discreet returns an attribute without what its errors quote.
func discreet(a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case error: // which may be a slog.LogValuer
		return slog.String(a.Key, textOf(v))
	case []error:
		return slog.String(a.Key, textOf(errors.Join(v...)))
	}

	a.Value = a.Value.Resolve()
	if a.Value.Kind() == slog.KindGroup {
		a.Value = slog.GroupValue(discreetAll(a.Value.Group())...)
	}

	if err, ok := a.Value.Any().(error); ok {
		a.Value = slog.StringValue(textOf(err))
	}

	return a
}

// textOf is Text of an error that may be a nil pointer, whose methods panic. A log is no
// place to die of that.
func textOf(err error) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("%T that panics", err)
		}
	}()

	return Text(err)
}
