package importer

import (
	"fmt"

	"github.com/vyapaarai/bulkimport/importer/blob"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/queue"
	"github.com/vyapaarai/bulkimport/jobstore"
)

// Ports are what the engine runs on. A Service and a Worker that work together
// share the same stores, in one process or through a network.
type Ports struct {
	// Jobs, Files and Queue are required.
	Jobs  jobstore.Store
	Files blob.Store
	Queue queue.Queue
	// Kinds are the types of jobs there are, at least one.
	Kinds []Kind
	// Signer makes the URLs of uploads and reports. Without one a Service hands
	// out no URLs; its user then puts and gets files through Files.
	Signer blob.Signer
	// Notifier is told when a job has ended. Default: nobody is.
	Notifier notify.Notifier
}

func (p Ports) check() error {
	if p.Jobs == nil || p.Files == nil || p.Queue == nil {
		return fmt.Errorf("%w: Ports.Jobs, Files and Queue are required", ErrConfig)
	}

	if len(p.Kinds) == 0 {
		return fmt.Errorf("%w: Ports.Kinds is empty", ErrConfig)
	}

	seen := map[jobstore.Type]bool{}
	for _, kind := range p.Kinds {
		if seen[kind.Type()] {
			return fmt.Errorf("%w: two kinds for jobs of type %s", ErrConfig, kind.Type())
		}

		seen[kind.Type()] = true
	}

	return nil
}

// kind returns the kind for a type of job.
func (p Ports) kind(t jobstore.Type) (Kind, bool) {
	for _, kind := range p.Kinds {
		if kind.Type() == t {
			return kind, true
		}
	}

	return nil, false
}

// folder returns the folder of a job's files.
func folder(kind Kind, jobID string) string { return kind.Naming().Folder + "/" + jobID }
