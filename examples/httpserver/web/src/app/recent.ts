import type { Client } from '../api/client';
import { wasStarted, type Job } from '../api/types';
import { isSentHere } from '../importing/upload';

// How many jobs the first page has, and those behind it, which are asked for only where
// files that were never started stand before the imports; and how many pages at most.
const firstPage = 20;
const nextPage = 100;
const pages = 5;

export interface Recent {
  /** Imports that were started, newest first. */
  jobs: Job[];
  /** Files that were begun with and not imported, of those that stand between them, newest first. */
  begun: Job[];
  /** Whether these are all there are. */
  complete: boolean;
}

/**
 * Returns at least as many of the newest imports as are wanted, where there are, and the
 * whole batch of the newest one.
 */
export async function recentImports(client: Client, wanted: number, signal?: AbortSignal): Promise<Recent> {
  const jobs: Job[] = [];
  const begun: Job[] = [];
  let cursor = '';

  for (let page = 0; page < pages; page++) {
    // Each page begins where the one before it ends.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await client.list({ limit: page === 0 ? firstPage : nextPage, cursor }, signal);
    jobs.push(...answer.jobs.filter(wasStarted));
    begun.push(...answer.jobs.filter(({ status }) => status === 'pending_upload'));
    cursor = answer.next_cursor ?? '';

    if (cursor === '' || (jobs.length >= wanted && !isOfBatch(jobs.at(-1), jobs[0]))) {
      break;
    }
  }

  return { jobs, begun, complete: cursor === '' };
}

function isOfBatch(job: Job | undefined, other: Job | undefined): boolean {
  return job !== undefined && job.batch_id !== undefined && job.batch_id !== '' && job.batch_id === other?.batch_id;
}

/** Returns the newest import and those that were started together with it, where they left rows to fix. */
export function newestWithErrors(jobs: readonly Job[]): Job[] {
  return jobs.filter((job, i) => job.status === 'completed_with_errors' && (i === 0 || isOfBatch(job, jobs[0])));
}

// How many files that were left behind are told of, and of which time, in milliseconds.
const mostLeft = 2;
const lately = 24 * 3_600_000;

/**
 * Returns the newest files that somebody began with lately and did not import, because the
 * page was closed or loaded anew. What this page has sent is in its dialog, or is being
 * given up; what others have sent is theirs.
 */
export function leftBehind(begun: readonly Job[], user: string, now: number): Job[] {
  const isLeft = ({ job_id: jobID, created_by: by, timestamps }: Job) =>
    by === user && !isSentHere(jobID) && now - Date.parse(timestamps.created_at) < lately;

  return begun.filter(isLeft).slice(0, mostLeft);
}
