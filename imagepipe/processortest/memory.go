package processortest

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// memoryOf runs a function and returns how much memory it took, in bytes: what it
// allocated in all, or by how much the process grew at its peak, whichever is more. The
// second counts what other libraries allocate. It is measured on Linux alone.
func memoryOf(t testing.TB, run func()) int64 {
	t.Helper()

	resident, resettable := resetPeak(t)

	var before, after runtime.MemStats

	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)

	taken := int64(after.TotalAlloc - before.TotalAlloc)
	if resettable {
		taken = max(taken, statusOf(t, "VmHWM")-resident)
	}

	return taken
}

// resetPeak has the kernel forget the peak, and returns the present size of the process
// and whether that was possible. See proc_pid_clear_refs(5).
func resetPeak(t testing.TB) (int64, bool) {
	t.Helper()

	const peak = "5"

	if runtime.GOOS != "linux" || os.WriteFile("/proc/self/clear_refs", []byte(peak), 0o600) != nil {
		return 0, false
	}

	return statusOf(t, "VmRSS"), true
}

// statusOf returns a size from the status of the process, in bytes.
func statusOf(t testing.TB, name string) int64 {
	t.Helper()

	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)

	match := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(status)
	require.Len(t, match, 2, "the kernel does not tell %s", name)

	kilobytes, err := strconv.ParseInt(string(match[1]), 10, 64)
	require.NoError(t, err)

	return kilobytes << 10
}
