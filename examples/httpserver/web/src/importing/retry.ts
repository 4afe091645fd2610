import { isPassing, Problem } from '../api/problem';

// The waits between tries, in milliseconds: doubled from the first to the longest.
const firstWait = 1_000;
const longestWait = 30_000;

/**
 * Returns how long to wait before the next try, in milliseconds, after as many
 * failures in a row (1 or more). The server's own wish goes first. The spread keeps
 * pages that were cut off together from coming back together; random is 0 to 1.
 */
export function backOff(failures: number, retryAfter: number | null, random: number): number {
  if (retryAfter !== null) {
    return Math.max(retryAfter, 1) * 1_000 + random * 1_000;
  }

  const wait = Math.min(firstWait * 2 ** (failures - 1), longestWait);

  return wait / 2 + (wait / 2) * random;
}

/** What stands in the way for the moment. */
export interface Trouble {
  problem: Problem;
  /** When the next try is due, in milliseconds since 1970; null where a person has to act. */
  retryAt: number | null;
}

/**
 * Waiting sleeps until a time has passed, the network is back, or somebody asks for
 * the next try at once.
 */
export class Waiting {
  private readonly sleepers = new Set<() => void>();

  /** Ends every sleep. */
  wake(): void {
    for (const sleeper of this.sleepers) {
      sleeper();
    }
  }

  /** Sleeps; null sleeps until it is woken. Rejects with the reason of the signal. */
  async sleep(milliseconds: number | null, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();

    await new Promise<void>((resolve, reject) => {
      const timer = milliseconds === null ? undefined : setTimeout(done, milliseconds);
      const { sleepers } = this;

      function rise() {
        clearTimeout(timer);
        sleepers.delete(done);
        removeEventListener('online', done);
        signal.removeEventListener('abort', aborted);
      }

      function done() {
        rise();
        resolve();
      }

      function aborted() {
        rise();
        reject(signal.reason as Error);
      }

      sleepers.add(done);
      addEventListener('online', done);
      signal.addEventListener('abort', aborted);
    });
  }
}

export interface Persistence {
  waiting: Waiting;
  signal: AbortSignal;
  /** Told what stands in the way, and null once it does no more. */
  onTrouble: (trouble: Trouble | null) => void;
  /** Told that the token is not good any more. */
  onUnauthorized?: (() => void) | undefined;
}

/**
 * Tries until it succeeds, or fails in a way that another try does not mend. A token
 * that is not good any more is waited for: whoever signs in again calls wake.
 */
export async function persist<T>(attempt: () => Promise<T>, p: Persistence): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      const result = await attempt();
      p.onTrouble(null);

      return result;
    } catch (error) {
      p.signal.throwIfAborted();

      if (!(error instanceof Problem)) {
        throw error;
      }

      let wait: number | null = null;

      if (error.status === 401) {
        p.onUnauthorized?.();
      } else if (isPassing(error)) {
        wait = backOff(failures, error.retryAfter, Math.random());
      } else {
        p.onTrouble(null);

        throw error;
      }

      p.onTrouble({ problem: error, retryAt: wait === null ? null : Date.now() + wait });
      await p.waiting.sleep(wait, p.signal);
    }
  }
}
