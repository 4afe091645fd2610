package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/vyapaarai/bulkimport/examples/internal/awsbackend"
	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/lognotify"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

// newNotifier returns who is told of the ends of imports: the log, others, and the webhook
// where there is one. log and now may be nil.
func newNotifier(conf config, others []notify.Channel, log *slog.Logger, now func() time.Time) (notify.Notifier, error) {
	channels := append([]notify.Channel{{Name: awsbackend.ChannelLog, Notifier: lognotify.New(log)}}, others...)

	if conf.webhook != "" {
		webhook, err := webhooknotify.New(conf.webhook, []byte(conf.webhookSecret), &webhooknotify.Options{
			AllowHosts: conf.webhookHosts, Now: now,
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", envWebhook, err)
		}

		channels = append(channels, notify.Channel{Name: "webhook", Notifier: webhook})
	}

	return notify.NewMulti(channels...)
}

// checkWebhook checks what can be checked of the webhook before a server is put together.
func (c *config) checkWebhook() error {
	switch {
	case c.webhook == "" && c.webhookSecret != "":
		return wrongUsage("%s is set without %s", envWebhookSecret, envWebhook)
	case c.webhook != "" && len(c.webhookSecret) < webhooknotify.MinSecret:
		return wrongUsage("%s has %d bytes and needs %d or more with %s; openssl rand -hex 32 makes a good one",
			envWebhookSecret, len(c.webhookSecret), webhooknotify.MinSecret, envWebhook)
	}

	if _, err := newNotifier(*c, nil, nil, nil); err != nil {
		return wrongUsage("%v", err)
	}

	return nil
}
