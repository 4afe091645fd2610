package jobstore

import (
	"slices"
	"strings"
	"time"
)

// AuditEntry says who did what with a job, and when.
type AuditEntry struct {
	At time.Time `json:"at"`
	// By is the user, or the name of the worker.
	By     string      `json:"by"`
	Action AuditAction `json:"action"`
	// Detail is a few words on the action, such as the options chosen. It may be
	// empty, and has at most MaxAuditDetail bytes.
	Detail string `json:"detail,omitempty"`
}

// AuditAction is what was done with a job.
type AuditAction string

// The actions that the engine notes.
const (
	// AuditUploadCreated: the job was created, to wait for its file.
	AuditUploadCreated AuditAction = "upload_created"
	// AuditStarted: somebody started the import; the detail has the options that
	// differ from the defaults.
	AuditStarted AuditAction = "started"
	// AuditRefused: the import could not start, because of its file.
	AuditRefused AuditAction = "refused"
	// AuditCancelRequested: somebody asked a running import to stop.
	AuditCancelRequested AuditAction = "cancel_requested"
	// AuditCancelled: the import was cancelled before a worker had begun.
	AuditCancelled AuditAction = "cancelled"
	// AuditRetried: somebody had an import that failed or was cancelled go on.
	AuditRetried AuditAction = "retried"
	// AuditBegun: a worker has begun, for the first time or after a retry.
	AuditBegun AuditAction = "begun"
	// AuditEnded: the import has ended; the detail says how.
	AuditEnded AuditAction = "ended"
)

const (
	// MaxAudit bounds Job.Audit.
	MaxAudit = 50
	// MaxAuditDetail bounds AuditEntry.Detail, in bytes.
	MaxAuditDetail = 500
)

// Note appends an entry to the audit of the job. Of more than MaxAudit entries the
// first, which says where the job comes from, and the last ones are kept.
func (j *Job) Note(at time.Time, by string, action AuditAction, detail string) {
	if len(detail) > MaxAuditDetail {
		const more = "…"

		detail = strings.ToValidUTF8(detail[:MaxAuditDetail-len(more)], "") + more
	}

	audit := slices.Clone(j.Audit)
	if len(audit) >= MaxAudit {
		audit = slices.Delete(audit, 1, len(audit)-MaxAudit+2)
	}

	j.Audit = append(audit, AuditEntry{At: at, By: by, Action: action, Detail: detail})
}
