package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/vyapaarai/bulkimport/examples/internal/emf"
	"github.com/vyapaarai/bulkimport/importer/notify"
)

// serve runs a server until ctx ends.
func (p program) serve(ctx context.Context, conf config) (err error) {
	level, err := parseLevel(conf.logLevel)
	if err != nil {
		return err
	}

	log := newLogger(p.stderr, conf.logFormat, level)

	s, err := openStores(ctx, conf, log, p.now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()

	if conf.emf {
		metrics := emf.NewNotifier(emf.New(p.stdout, conf.stage, p.now), s.jobs)
		s.channels = append([]notify.Channel{{Name: emf.Channel, Notifier: metrics}}, s.channels...)
	}

	c, err := openCredentials(ctx, conf, log, p.now)
	if err != nil {
		return err
	}

	listener, err := listen(ctx, conf.addr)
	if err != nil {
		return err
	}

	observed, err := listenMetrics(ctx, conf.metricsAddr, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, observed.close()) }()

	srv, err := newServer(conf, s, c, listener, observed, log, p.now)
	if err != nil {
		return errors.Join(err, listener.Close())
	}

	unfinished, err := srv.takeUp(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("cannot take up unfinished imports: %w", err), listener.Close())
	}

	if err := p.greet(conf, srv, c.token, unfinished); err != nil {
		return errors.Join(err, listener.Close())
	}

	return srv.run(ctx)
}

// takeUp takes up the jobs that nobody works on, and returns how many.
func (s *server) takeUp(ctx context.Context) (int, error) {
	// The leases that are found may be those of processes that live.
	if s.stores.shared {
		return s.service.Sweep(ctx)
	}

	// Nobody else has the stores, so jobs that were under way wait for nobody.
	return s.service.Recover(ctx)
}

// run serves and imports until ctx ends or a part fails, and then brings all parts
// to rest. Where one failed, its error is returned.
func (s *server) run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)

	if s.takesJobs {
		group.Go(func() error {
			if err := s.worker.Run(running); err != nil {
				return fmt.Errorf("the worker stopped: %w", err)
			}

			return nil
		})
	}

	if s.sweepsImages {
		group.Go(func() error {
			s.sweepImages(running)

			return nil
		})
	}

	group.Go(func() error {
		s.sweep(running)

		return nil
	})

	group.Go(func() error {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("the HTTP server stopped: %w", err)
		}

		return nil
	})

	s.metrics.serve(running, group)

	group.Go(func() error {
		<-running.Done()
		s.log.InfoContext(ctx, "stopping")

		return s.drain(context.WithoutCancel(ctx))
	})

	err := group.Wait()

	if s.fetcher != nil {
		s.fetcher.CloseIdleConnections()
	}

	s.log.InfoContext(ctx, "stopped")

	return err
}

// sweepEvery is how often expired jobs are removed and lost messages made up for.
const sweepEvery = 30 * time.Second

// sweep sweeps until ctx ends. A sweep that fails is worth a line in the log: the
// next one does its work.
func (s *server) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()

	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}

		if _, err := s.service.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "sweep failed", "error", err)
		}
	}
}
