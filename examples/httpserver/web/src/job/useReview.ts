import { useEffect, useMemo, useRef, useState } from 'react';
import type { Client } from '../api/client';
import { isUnknownEndpoint, Problem } from '../api/problem';
import { checkKeyOf, idempotencyKey, keyOf, type Item, type Options } from '../importing/queue';
import { persist, Waiting, type Trouble } from '../importing/retry';

/** What is known of a file that lies at the server and was not imported. */
export type Review = Pick<Item, 'check' | 'checkedWith' | 'unchecked' | 'misfit' | 'trouble' | 'problem'> & {
  phase: 'checking' | 'ready' | 'starting' | 'stopped';
  /** Whether it is being given up. */
  discarding: boolean;
};

export interface ReviewOptions {
  client: Client;
  jobID: string;
  /** Whether the file is to be looked at; it is not once its import was started. */
  wanted: boolean;
  options: Options;
  /** Changes when somebody signs in. */
  tokenVersion: unknown;
  onUnauthorized: () => void;
  /** Told that the job is no longer what it was. */
  onChanged: () => void;
}

export interface ReviewActions {
  check: (rows?: number | 'all') => void;
  start: () => void;
  discard: () => void;
  /** Makes the next try at once. */
  wake: () => void;
}

// How many rows a check reads unless it is told to read all.
const checkRows = 1_000;

// What the server says of a job that is no longer the file that it was.
const elsewhere = new Set(['job_started', 'job_cancelled', 'job_ended']);

const untouched: Review = {
  phase: 'checking',
  check: null,
  checkedWith: '',
  unchecked: null,
  misfit: null,
  trouble: null,
  problem: null,
  discarding: false,
};

/** Looks at a file that was uploaded before, perhaps by another page, and starts its import. */
export function useReview({ client, jobID, wanted, options, tokenVersion, onUnauthorized, onChanged }: ReviewOptions): [Review, ReviewActions] {
  const [review, setReview] = useState<Review>(untouched);
  const task = useRef<AbortController>(null);
  const waiting = useRef(new Waiting());
  const latest = useRef({ options, onUnauthorized, onChanged });
  useEffect(() => {
    latest.current = { options, onUnauthorized, onChanged };
  });

  const actions = useMemo<ReviewActions>(() => {
    const run = async (change: Partial<Review>, attempt: (signal: AbortSignal) => Promise<Partial<Review>>, failed: (problem: Problem) => Partial<Review>) => {
      task.current?.abort();
      const controller = new AbortController();
      const { signal } = controller;
      const patch = (more: Partial<Review>) => !signal.aborted && setReview((before) => ({ ...before, ...more }));
      task.current = controller;
      patch({ trouble: null, problem: null, ...change });

      try {
        patch(
          await persist(() => attempt(signal), {
            waiting: waiting.current,
            signal,
            onTrouble: (trouble: Trouble | null) => patch({ trouble }),
            onUnauthorized: () => latest.current.onUnauthorized(),
          }),
        );
      } catch (error) {
        if (!signal.aborted) {
          patch(failed(error instanceof Problem ? error : new Problem(0, 'unknown', String(error))));
        }
      }
    };

    // Where somebody else started it, or gave it up, the job tells how it goes on.
    const stopped = (problem: Problem): Partial<Review> => {
      if (elsewhere.has(problem.code)) {
        latest.current.onChanged();

        return {};
      }

      return { phase: 'stopped', problem };
    };
    const misfit = (problem: Problem, given: Options) => ({ phase: 'ready' as const, misfit: { problem, options: keyOf(given) } });

    return {
      check: (rows = checkRows) => {
        const given = latest.current.options;

        void run(
          { phase: 'checking', misfit: null },
          async (signal) => {
            const check = await client.validate(jobID, rows, given, signal);

            return { phase: 'ready', check, checkedWith: checkKeyOf(given), unchecked: null };
          },
          (problem) => {
            if (problem.code === 'options_invalid') {
              return misfit(problem, given);
            }

            return isUnknownEndpoint(problem) ? { phase: 'ready', unchecked: problem } : stopped(problem);
          },
        );
      },

      start: () => {
        const given = latest.current.options;
        const once = idempotencyKey();

        void run(
          { phase: 'starting', misfit: null },
          async (signal) => {
            await client.process(jobID, given, once, signal);
            latest.current.onChanged();

            return {};
          },
          (problem) => {
            if (problem.code === 'options_invalid') {
              return misfit(problem, given);
            }

            // The job of a file that is refused as it starts has failed.
            if (problem.status === 422) {
              latest.current.onChanged();
            }

            return stopped(problem);
          },
        );
      },

      discard: () => {
        void run(
          { discarding: true },
          async (signal) => {
            await client.cancel(jobID, signal);
            latest.current.onChanged();

            return {};
          },
          (problem) => ({ ...stopped(problem), discarding: false }),
        );
      },

      wake: () => waiting.current.wake(),
    };
  }, [client, jobID]);

  useEffect(() => {
    if (!wanted) {
      return undefined;
    }

    setReview(untouched);
    actions.check();

    return () => task.current?.abort();
  }, [actions, wanted]);

  useEffect(() => {
    waiting.current.wake();
  }, [tokenVersion]);

  return [review, actions];
}
