package main

import (
	"errors"
	"flag"
	"fmt"
)

// usageError is a wrong command line or environment.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func wrongUsage(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// exit says on the standard error what went wrong, and returns the exit code.
func (p program) exit(err error) int {
	var usage *usageError

	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errExplained):
		return exitUsage
	case errors.As(err, &usage):
		fmt.Fprintf(p.stderr, "httpserver: %s\n", usage)

		return exitUsage
	}

	fmt.Fprintf(p.stderr, "httpserver: %v\n", err)

	return exitFailed
}
