import type { ReactNode } from 'react';
import type { JobStatus } from '../api/types';
import { useI18n } from '../i18n/i18n';

/** The figures of an import that the outcomes leave out; brief leaves out those of its making. */
export function Facts({ job, brief = false }: { job: JobStatus; brief?: boolean }) {
  const { t, format } = useI18n();
  const { images, quality, timestamps, inventory } = job;
  const facts: [string, ReactNode, string?][] = [];

  if (inventory) {
    facts.push([t('facts.created'), format.number(inventory.created)]);
    facts.push([t('facts.matched'), format.number(inventory.matched)]);
    facts.push([t('facts.updated'), format.number(inventory.updated)]);
  }

  if (quality.count > 0) {
    facts.push([t('facts.quality'), t('facts.outOf', { score: Math.round(quality.mean) }), t('facts.quality.hint')]);
  }

  if (images.processed > 0 || images.failed > 0) {
    facts.push([t('facts.images'), format.number(images.processed), t('facts.reused', { n: images.reused })]);
    facts.push([t('facts.imagesFailed'), format.number(images.failed)]);
  }

  if (!brief && timestamps.started_at !== null && timestamps.completed_at !== null) {
    const seconds = (Date.parse(timestamps.completed_at) - Date.parse(timestamps.started_at)) / 1000;
    facts.push([t('facts.took'), format.duration(seconds)]);
  }

  if (!brief && timestamps.started_at !== null) {
    facts.push([t('facts.started'), format.dateTime(timestamps.started_at)]);
  }

  if (!brief && job.created_by !== '') {
    facts.push([t('facts.by'), job.created_by]);
  }

  if (facts.length === 0) {
    return null;
  }

  return (
    <dl className="bi-facts">
      {facts.map(([name, value, hint]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {hint !== undefined && <small>{hint}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
