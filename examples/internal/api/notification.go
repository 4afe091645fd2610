package api

import (
	"cmp"
	"time"

	"github.com/vyapaarai/bulkimport/jobstore"
)

// notificationView is what became of the message that a job has ended.
type notificationView struct {
	// State is "none" (the job has not ended), "pending", "sent" or "failed".
	State jobstore.Notification `json:"state"`
	// Attempts are the last tries, oldest first.
	Attempts []attemptView `json:"attempts"`
}

type attemptView struct {
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	// Error is null where the message was delivered.
	Error *string `json:"error"`
}

func notificationOf(j *jobstore.Job) notificationView {
	view := notificationView{State: cmp.Or(j.Notification, "none"), Attempts: make([]attemptView, len(j.Delivery.Attempts))}

	for i, a := range j.Delivery.Attempts {
		view.Attempts[i] = attemptView{At: a.At.UTC(), Channel: a.Channel}
		if a.Error != "" {
			view.Attempts[i].Error = &a.Error
		}
	}

	return view
}
