import { hasEnded, type JobPage } from '../api/types';
import type { Pace } from './server';

/** Returns how soon a list is looked at again: soon while any of its imports goes on. */
export function paceOf(page: JobPage): Pace {
  return page.jobs.every(({ status }) => hasEnded(status) || status === 'pending_upload') ? 'later' : 'soon';
}
