import { Problem, isPassing } from '../api/problem';
import { backOff, type Trouble } from './retry';

// How often a job is looked at, in milliseconds, in a page that is seen and in one
// that is not.
export const shownInterval = 2_000;
export const hiddenInterval = 15_000;

/**
 * Returns the wait before the next look, in milliseconds. companions are the jobs
 * that this page follows at the same time: with many of them each is looked at less
 * often, so that the page as a whole does not ask for more than four a second.
 */
export function pollInterval(hidden: boolean, companions = 1): number {
  return Math.max(hidden ? hiddenInterval : shownInterval, companions * 250);
}

export interface PollOptions<T> {
  look: (signal: AbortSignal) => Promise<T>;
  /** Told what was seen; polling ends when it returns true. */
  onSeen: (seen: T) => boolean;
  onTrouble: (trouble: Trouble | null) => void;
  onUnauthorized?: (() => void) | undefined;
  /** Told of a failure that ends the polling. */
  onFailed: (problem: Problem) => void;
  /** How many jobs are followed at the same time, this one included. */
  companions?: () => number;
  /** Whether nothing is going on, so that it is looked at as rarely as unseen. */
  idle?: () => boolean;
}

export interface Poll {
  /** Looks now, rather than when it is due. */
  now: () => void;
  stop: () => void;
}

/**
 * Looks at something again and again, at once to begin with: every two seconds, less
 * often while nobody sees the page, and at once when it is shown again or the network
 * is back. A server that does not answer is asked again, with growing waits.
 */
export function poll<T>(options: PollOptions<T>): Poll {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = false;
  let failures = 0;

  const stop = () => {
    controller.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', shown);
    removeEventListener('online', now);
  };

  const next = (wait: number | null) => {
    clearTimeout(timer);

    if (wait !== null && !signal.aborted) {
      timer = setTimeout(now, wait);
    }
  };

  async function look() {
    try {
      const seen = await options.look(signal);

      if (signal.aborted) {
        return;
      }

      failures = 0;
      options.onTrouble(null);

      if (options.onSeen(seen)) {
        stop();
      } else {
        next(pollInterval(document.hidden || options.idle?.() === true, options.companions?.()));
      }
    } catch (error) {
      if (!signal.aborted) {
        failed(error instanceof Problem ? error : new Problem(0, 'unknown', String(error)));
      }
    }
  }

  function failed(problem: Problem) {
    failures++;

    if (problem.status === 401) {
      options.onTrouble({ problem, retryAt: null });
      options.onUnauthorized?.();
      next(null);
    } else if (isPassing(problem)) {
      const wait = backOff(failures, problem.retryAfter, Math.random());
      options.onTrouble({ problem, retryAt: Date.now() + wait });
      next(wait);
    } else {
      stop();
      options.onTrouble(null);
      options.onFailed(problem);
    }
  }

  function now() {
    clearTimeout(timer);

    if (looking || signal.aborted) {
      return;
    }

    looking = true;
    void look().finally(() => {
      looking = false;
    });
  }

  function shown() {
    if (!document.hidden) {
      now();
    }
  }

  document.addEventListener('visibilitychange', shown);
  addEventListener('online', now);
  now();

  return { now, stop };
}
