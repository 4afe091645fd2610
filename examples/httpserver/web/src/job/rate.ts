import { useRef } from 'react';

// How many milliseconds of the past count, and the shortest span that tells a rate.
const window = 12_000;
const shortest = 400;

interface Sample {
  at: number;
  done: number;
}

/**
 * Meter tells how fast something goes, from what was done at which time. Only the
 * last seconds count, so that it follows a change, and does not jump with each look.
 */
export class Meter {
  private samples: Sample[] = [];

  /** Takes what is done at a time, in milliseconds, and returns the rate per second. */
  rate(done: number, at: number): number {
    const last = this.samples.at(-1);

    if (last !== undefined && done < last.done) {
      // Begun again.
      this.samples = [];
    }

    if (last === undefined || done !== last.done || at - last.at >= 1_000) {
      this.samples.push({ at, done });
    }

    this.samples = this.samples.filter((sample) => at - sample.at <= window);

    const first = this.samples[0];
    const newest = this.samples.at(-1);

    if (first === undefined || newest === undefined || newest.at - first.at < shortest) {
      return 0;
    }

    return ((newest.done - first.done) / (newest.at - first.at)) * 1_000;
  }
}

/** Returns how fast done grows, per second; 0 while that is not known, and when it has ended. */
export function useRate(done: number, ended: boolean): number {
  const meter = useRef<Meter>(null);
  meter.current ??= new Meter();

  return ended ? 0 : meter.current.rate(done, Date.now());
}
