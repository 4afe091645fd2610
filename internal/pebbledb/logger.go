package pebbledb

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/cockroachdb/pebble/v2"
)

// logger passes on what Pebble has to say.
type logger struct {
	log  *slog.Logger
	exit func(code int)
}

var _ pebble.Logger = logger{}

func newLogger(log *slog.Logger) logger {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}

	return logger{log: log.With("component", "pebble"), exit: os.Exit}
}

// Infof reports flushes and compactions, which interest nobody but a developer.
func (l logger) Infof(format string, args ...any) { l.log.Debug(fmt.Sprintf(format, args...)) }

func (l logger) Errorf(format string, args ...any) { l.log.Error(fmt.Sprintf(format, args...)) }

// Fatalf reports that the database cannot go on, such as on a failed write of its log;
// it must not return. A panic would not do: whoever recovers from the panics of a
// request or a job would go on with a dead database.
func (l logger) Fatalf(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	l.log.Error(message)
	fmt.Fprintln(os.Stderr, "pebbledb: the database cannot go on:", message)

	l.exit(1)
}
