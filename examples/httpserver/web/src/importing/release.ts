import type { Client } from '../api/client';
import { persist, type Waiting } from './retry';

// How many jobs are given up at a time, and how long each is tried, in milliseconds.
// The server drops by itself what was never started, though not before it has expired.
const lanes = 2;
const longest = 10 * 60_000;

/**
 * Release gives up jobs that nobody will start, so that they do not lie about at the
 * server: few at a time, and again where it asks for a pause or is away. It goes on
 * when the queue has ended, for that is when most is given up.
 */
export class Release {
  private readonly line: string[] = [];
  private taken = 0;

  constructor(
    private readonly client: Client,
    /** Wakes it when somebody has signed in again. */
    private readonly waiting: Waiting,
  ) {}

  /** Gives a job up. That it is gone or has ended already is as good. */
  readonly add = (jobID: string): void => {
    this.line.push(jobID);
    this.pump();
  };

  private pump(): void {
    while (this.taken < lanes) {
      const jobID = this.line.shift();

      if (jobID === undefined) {
        return;
      }

      this.taken++;
      void this.giveUp(jobID).finally(() => {
        this.taken--;
        this.pump();
      });
    }
  }

  private async giveUp(jobID: string): Promise<void> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), longest);

    try {
      await persist(() => this.client.cancel(jobID, controller.signal), {
        waiting: this.waiting,
        signal: controller.signal,
        onTrouble: () => undefined,
      });
    } catch {
      // Nobody waits for it, and there is nothing that somebody could do.
    } finally {
      clearTimeout(timer);
    }
  }
}
