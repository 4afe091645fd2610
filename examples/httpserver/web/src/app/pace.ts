import { hasEnded, type Job } from '../api/types';
import type { Pace } from './server';

/** Returns how soon a list is looked at again: soon while any of its imports goes on. */
export function paceOf({ jobs }: { jobs: readonly Job[] }): Pace {
  return jobs.every(({ status }) => hasEnded(status) || status === 'pending_upload') ? 'later' : 'soon';
}
