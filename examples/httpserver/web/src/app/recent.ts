import type { Client } from '../api/client';
import { wasStarted, type Job } from '../api/types';

// How many jobs the first page has, and those behind it, which are asked for only where
// files that were never started stand before the imports; and how many pages at most.
const firstPage = 20;
const nextPage = 100;
const pages = 5;

export interface Recent {
  /** Imports that were started, newest first. */
  jobs: Job[];
  /** Whether these are all there are. */
  complete: boolean;
}

/** Returns at least as many of the newest imports as are wanted, where there are. */
export async function recentImports(client: Client, wanted: number, signal?: AbortSignal): Promise<Recent> {
  const jobs: Job[] = [];
  let cursor = '';

  for (let page = 0; page < pages; page++) {
    // Each page begins where the one before it ends.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await client.list({ limit: page === 0 ? firstPage : nextPage, cursor }, signal);
    jobs.push(...answer.jobs.filter(wasStarted));
    cursor = answer.next_cursor ?? '';

    if (cursor === '' || jobs.length >= wanted) {
      break;
    }
  }

  return { jobs, complete: cursor === '' };
}
