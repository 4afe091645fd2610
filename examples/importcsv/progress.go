package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far the imports are: as one bar for all of them on a terminal,
// as lines elsewhere. It is safe for concurrent use. What cannot be shown is not
// worth failing for, so errors of the output are passed over.
type progress struct {
	out io.Writer
	// terminal says that out is one.
	terminal bool
	// every is how long an import is silent between two lines.
	every time.Duration

	mu     sync.Mutex
	bar    *progressbar.ProgressBar // nil but between begin and end on a terminal
	states map[*fileImport]*state
}

// state is where one import was last seen.
type state struct {
	// size is the weight of the import in the bar: the bytes of its file. Rows
	// would be an estimate.
	size int64
	// part is how much of it is done, from 0 to 1.
	part float64
	rows int64
	// line is when the last line was written.
	line time.Time
}

func newProgress(out io.Writer, every time.Duration) *progress {
	file, isFile := out.(*os.File)

	return &progress{out: out, every: every, terminal: isFile && term.IsTerminal(int(file.Fd()))}
}

// note writes a remark. It is for the time before begin.
func (p *progress) note(format string, args ...any) {
	fmt.Fprintf(p.out, format+"\n", args...)
}

// begin starts to show the imports.
func (p *progress) begin(imports []*fileImport) {
	p.mu.Lock()
	defer p.mu.Unlock()

	p.states = make(map[*fileImport]*state, len(imports))

	for _, f := range imports {
		s := &state{size: 1, line: time.Now()}
		if info, err := os.Stat(f.file); err == nil {
			s.size = max(info.Size(), s.size)
		}

		p.states[f] = s
	}

	if !p.terminal {
		return
	}

	p.bar = progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionThrottle(pollEvery),
		progressbar.OptionSetPredictTime(true),
	)
	p.draw()
}

// update shows where an import is.
func (p *progress) update(f *fileImport) {
	p.mu.Lock()
	defer p.mu.Unlock()

	s, done := p.states[f], f.job.Progress
	s.size = max(f.job.InputFileSizeBytes, s.size)
	s.part = done.Percentage / 100
	s.rows = done.ProcessedRows

	if p.terminal {
		p.draw()

		return
	}

	if time.Since(s.line) < p.every {
		return
	}

	s.line = time.Now()
	p.note("%s: %.0f %%, %s rows, %s of them duplicates, %s in error", f.title(), done.Percentage,
		count(done.ProcessedRows), count(done.Duplicates), count(done.Errors))
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()

	if p.bar != nil {
		_ = p.bar.Clear() // what cannot be drawn costs no import
		p.bar = nil
	}
}

// draw draws the bar.
func (p *progress) draw() {
	var (
		size, rows int64
		done       float64
	)

	for _, s := range p.states {
		size += s.size
		rows += s.rows
		done += s.part * float64(s.size)
	}

	p.bar.ChangeMax64(size + 1) // a bar that is full takes no more
	p.bar.Describe(count(rows) + " rows")
	_ = p.bar.Set64(int64(done)) // what cannot be drawn costs no import
}
