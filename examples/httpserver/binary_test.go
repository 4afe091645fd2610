package main

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// process is a server in a process of its own.
type process struct {
	client
	cmd *exec.Cmd
	log *buffer
	// output is its standard output; kept by launchAWS alone.
	output *buffer
}

// build builds the program.
func build(t testing.TB) string {
	t.Helper()

	binary := filepath.Join(t.TempDir(), "httpserver")
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", output)

	return binary
}

// launch starts the program with more arguments and reads what it prints, up to the first commands.
func launch(t testing.TB, binary, data string, args ...string) *process {
	t.Helper()

	p := &process{cmd: exec.CommandContext(t.Context(), binary, append([]string{"-addr", "127.0.0.1:0", "-data", data, "-rate-limit", "-1"}, args...)...), log: &buffer{}}
	p.cmd.Stderr = p.log

	// The environment of the tests must not reach it.
	p.cmd.Env = []string{}

	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())

	var greeting strings.Builder

	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		greeting.WriteString(lines.Text() + "\n")

		if strings.HasSuffix(lines.Text(), "/status'") {
			break
		}
	}

	p.client = clientOf(t, greeting.String())

	return p
}

// signal sends a signal and returns the exit code, -1 for a process that it
// killed.
func (p *process) signal(t testing.TB, s syscall.Signal) int {
	t.Helper()

	require.NoError(t, p.cmd.Process.Signal(s))

	if err := p.cmd.Wait(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}

	return p.cmd.ProcessState.ExitCode()
}

// TestBinary drives the real program: it is stopped in an orderly way, killed in
// the middle of an import, and loses nothing either way.
func TestBinary(t *testing.T) {
	t.Parallel()

	if testing.Short() {
		t.Skip("builds the program; run without -short")
	}

	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM; run on another system")
	}

	binary, data := build(t), t.TempDir()

	first := launch(t, binary, data)
	done := first.imported(t, strings.NewReader(shopCSV), `{}`)["job_id"].(string)
	require.Equal(t, exitOK, first.signal(t, syscall.SIGTERM), "%s", first.log)
	require.Contains(t, first.log.String(), "msg=stopped")

	second := launch(t, binary, data)
	require.Equal(t, [3]int64{2, 2, 2}, counts(t, second.status(t, done)))

	id := second.upload(t, bigFile())
	second.process(t, id, `{}`)
	second.await(t, id, begun)
	require.Equal(t, -1, second.signal(t, syscall.SIGKILL))

	third := launch(t, binary, data)
	status := third.await(t, id, ended)
	require.Equal(t, "completed", status["status"])
	require.Equal(t, [3]int64{bigRows, 0, 0}, counts(t, status))

	rival := exec.CommandContext(t.Context(), binary, "-addr", "127.0.0.1:0", "-data", data)
	output, err := rival.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, exitFailed, rival.ProcessState.ExitCode())
	require.Contains(t, string(output), "another process uses the data folder")

	require.Equal(t, exitOK, third.signal(t, syscall.SIGINT), "%s", third.log)
}
