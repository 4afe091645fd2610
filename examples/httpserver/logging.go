package main

import (
	"io"
	"log/slog"
)

// The formats of the log.
const (
	logText = "text"
	logJSON = "json"
)

// newLogger returns a logger that writes to out.
func newLogger(out io.Writer, format string) *slog.Logger {
	if format == logJSON {
		return slog.New(slog.NewJSONHandler(out, nil))
	}

	return slog.New(slog.NewTextHandler(out, nil))
}
