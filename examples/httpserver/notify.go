package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/vyapaarai/bulkimport/importer/notify"
	"github.com/vyapaarai/bulkimport/importer/notify/lognotify"
	"github.com/vyapaarai/bulkimport/importer/notify/webhooknotify"
)

// newNotifier returns who is told of the ends of imports: the log, the topic and the
// webhook where there are any. topic, log and now may be nil.
func newNotifier(conf config, topic notify.Notifier, log *slog.Logger, now func() time.Time) (notify.Notifier, error) {
	channels := []notify.Channel{{Name: "log", Notifier: lognotify.New(log)}}

	if topic != nil {
		channels = append(channels, notify.Channel{Name: "topic", Notifier: topic})
	}

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
