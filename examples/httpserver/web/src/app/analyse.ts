import type { Client } from '../api/client';
import { Problem } from '../api/problem';
import { wasStarted, type Analytics, type Job, type JobStatusName, type Quality } from '../api/types';

// How many imports are looked at where the server does not sum them up.
const pages = 3;
const pageSize = 100;
const dayLength = 86_400_000;

export interface Analysed {
  analytics: Analytics;
  /** Whether the error codes are known: lists of older servers have none. */
  codes: boolean;
}

/**
 * Returns the statistics of some days up to today. Servers that have none, or have
 * none for this user, are asked for the imports instead.
 */
export async function analyse(client: Client, days: number, signal: AbortSignal): Promise<Analysed> {
  try {
    return { analytics: await client.analytics(days, signal), codes: true };
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 403 && error.status !== 405)) {
      throw error;
    }
  }

  const jobs: Job[] = [];
  const from = Date.now() - days * dayLength;
  let cursor = '';
  let truncated = false;

  for (let page = 0; ; page++) {
    // Each page begins where the one before it ends.
    // oxlint-disable-next-line no-await-in-loop
    const answer = await client.list({ limit: pageSize, cursor }, signal);
    jobs.push(...answer.jobs);
    cursor = answer.next_cursor ?? '';

    const oldest = answer.jobs.at(-1);

    if (cursor === '' || (oldest !== undefined && Date.parse(oldest.timestamps.created_at) < from)) {
      break;
    }

    if (page + 1 === pages) {
      truncated = true;
      break;
    }
  }

  const codes = jobs.every(({ progress, error_codes: known }) => progress.errors === 0 || known !== undefined);

  return { analytics: { ...sum(jobs, days, Date.now()), truncated }, codes };
}

/**
 * Returns how many imports there were by their status: files that were only looked at are
 * none, and most of those are cancelled.
 */
export function startedByStatus({ jobs: { total, started, by_status: counts } }: Analytics): Partial<Record<JobStatusName, number>> {
  const { pending_upload: pending = 0, ...others } = counts;
  const neverStarted = started === undefined ? 0 : total - started - pending;

  return { ...others, cancelled: Math.max((others.cancelled ?? 0) - neverStarted, 0) };
}

/** Returns how many imports there were. */
export function startedOf(analytics: Analytics): number {
  return Object.values(startedByStatus(analytics)).reduce((all, count) => all + count, 0);
}

/** Sums up imports of the days up to now, each on the day of UTC that it was created. */
export function sum(jobs: readonly Job[], days: number, now: number): Analytics {
  const dates = Array.from({ length: days }, (_, i) => dateOf(now - (days - 1 - i) * dayLength));
  const byDate = new Map(
    dates.map((date) => [date, { date, jobs: 0, started: 0, processed: 0, successful: 0, duplicates: 0, errors: 0 }]),
  );

  const total: Analytics = {
    from: dates[0] ?? dateOf(now),
    to: dateOf(now),
    truncated: false,
    jobs: { total: 0, started: 0, by_status: {} },
    rows: { processed: 0, successful: 0, duplicates: 0, errors: 0 },
    days: [...byDate.values()],
    error_codes: [],
    duplicates_by_tier: {},
    quality: { count: 0, sum: 0, mean: 0, bands: {} },
    images: { processed: 0, failed: 0, reused: 0 },
    rows_per_second: 0,
  };
  const codes: Record<string, number> = {};
  const stock: Record<string, number> = {};
  let busy = 0;

  for (const job of jobs) {
    const day = byDate.get(dateOf(Date.parse(job.timestamps.created_at)));

    if (day === undefined || !wasStarted(job)) {
      continue;
    }

    const { progress, images, timestamps } = job;

    total.jobs.total++;
    total.jobs.started!++;
    total.jobs.by_status[job.status] = (total.jobs.by_status[job.status] ?? 0) + 1;
    day.jobs++;
    day.started++;

    for (const rows of [day, total.rows]) {
      rows.processed += progress.processed_rows;
      rows.successful += progress.successful;
      rows.duplicates += progress.duplicates;
      rows.errors += progress.errors;
    }

    addCounts(total.duplicates_by_tier, job.duplicates_by_tier);
    addQuality(total.quality, job.quality);
    addCounts(codes, Object.fromEntries((job.error_codes ?? []).map(({ code, count }) => [code, count])));
    total.images.processed += images.processed;
    total.images.failed += images.failed;
    total.images.reused += images.reused;
    addCounts(stock, { ...job.inventory });

    if (timestamps.started_at !== null && timestamps.completed_at !== null) {
      busy += (Date.parse(timestamps.completed_at) - Date.parse(timestamps.started_at)) / 1000;
    }
  }

  total.error_codes = Object.entries(codes)
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count);
  total.inventory = { created: 0, matched: 0, updated: 0, ...stock };
  total.rows_per_second = busy > 0 ? total.rows.processed / busy : 0;

  return total;
}

function addQuality(to: Quality, from: Quality): void {
  to.count += from.count;
  to.sum += from.sum;
  to.mean = to.count > 0 ? to.sum / to.count : 0;
  addCounts(to.bands, from.bands);
}

function addCounts(to: Record<string, number>, from: Record<string, number>): void {
  for (const [name, count] of Object.entries(from)) {
    to[name] = (to[name] ?? 0) + count;
  }
}

function dateOf(milliseconds: number): string {
  return Number.isNaN(milliseconds) ? '' : new Date(milliseconds).toISOString().slice(0, 10);
}
