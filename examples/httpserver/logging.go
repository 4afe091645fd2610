package main

import (
	"io"
	"log/slog"

	"github.com/vyapaarai/bulkimport/internal/errlog"
)

// The formats of the log.
const (
	logText = "text"
	logJSON = "json"
)

// levelInfo is the level that is logged by default.
const levelInfo = "info"

// parseLevel reads the name of a level.
func parseLevel(name string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, levelInfo: slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}

	level, ok := levels[name]
	if !ok {
		return 0, wrongUsage("-log-level must be debug, info, warn or error, not %q", name)
	}

	return level, nil
}

// newLogger returns a logger that writes lines of a level and above to out, and of errors
// no sentences for users.
func newLogger(out io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}

	if format == logJSON {
		return errlog.Logger(slog.New(slog.NewJSONHandler(out, options)))
	}

	return errlog.Logger(slog.New(slog.NewTextHandler(out, options)))
}
