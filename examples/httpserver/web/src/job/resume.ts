import { isFileFault } from '../api/problem';
import type { Job } from '../api/types';

// What cannot be gone on with: the file is no longer the one that was begun with, or it
// is not known any more what was imported of it.
const lost = new Set(['file_changed', 'file_gone', 'ledger_incomplete']);

/** Tells whether an import was given up before anything came of it. */
export function isDiscarded({ status, timestamps }: Job): boolean {
  return status === 'cancelled' && timestamps.started_at === null;
}

/** Tells whether an import that has ended needs another file to get further. */
export function needsAnotherFile(job: Job): boolean {
  const { status, failure } = job;
  const code = failure?.code ?? '';

  return isDiscarded(job) || (status === 'failed' && (lost.has(code) || isFileFault({ status: 0, code })));
}

/** Tells whether the server may go on with an import where it stopped. */
export function mayResume(job: Job): boolean {
  return (job.status === 'failed' || job.status === 'cancelled') && !needsAnotherFile(job);
}
