package jobstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/vyapaarai/bulkimport/jobstore"
)

func TestNoteKeepsTheFirstAndTheLast(t *testing.T) {
	t.Parallel()

	job := newJob("a")

	for i := range 3 * jobstore.MaxAudit {
		job.Note(startTime().Add(time.Duration(i)*time.Second), "asha", jobstore.AuditStarted, fmt.Sprint(i))
		require.Len(t, job.Audit, min(i+1, jobstore.MaxAudit))
		require.Equal(t, "0", job.Audit[0].Detail)
		require.Equal(t, fmt.Sprint(i), job.Audit[len(job.Audit)-1].Detail)
	}

	for i, entry := range job.Audit[1:] {
		require.Equal(t, fmt.Sprint(2*jobstore.MaxAudit+1+i), entry.Detail, "the last ones, without a gap")
	}
}

func TestNoteLeavesCopiesAlone(t *testing.T) {
	t.Parallel()

	job := newJob("a")
	for range jobstore.MaxAudit {
		job.Note(startTime(), "asha", jobstore.AuditStarted, "before")
	}

	shared := job.Audit
	job.Note(startTime(), "asha", jobstore.AuditEnded, "after")
	require.Equal(t, "before", shared[len(shared)-1].Detail)
}

func TestNoteCutsTheDetail(t *testing.T) {
	t.Parallel()

	for _, length := range []int{0, 1, jobstore.MaxAuditDetail - 1, jobstore.MaxAuditDetail, jobstore.MaxAuditDetail + 1, 10_000} {
		job := newJob("a")
		job.Note(startTime(), "asha", jobstore.AuditStarted, strings.Repeat("ä", length/2)+strings.Repeat("x", length%2))

		detail := job.Audit[0].Detail
		require.LessOrEqual(t, len(detail), jobstore.MaxAuditDetail)
		require.True(t, utf8.ValidString(detail))
		require.Equal(t, length > jobstore.MaxAuditDetail, strings.HasSuffix(detail, "…"))
	}
}
