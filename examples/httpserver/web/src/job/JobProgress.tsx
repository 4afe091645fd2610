import { useId } from 'react';
import type { JobStatus } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { useRate } from './rate';

/** How far a running import is, how fast it goes, and how long it will take. */
export function JobProgress({ job }: { job: JobStatus }) {
  const { t, format } = useI18n();
  const words = useId();
  const { processed_rows: processed, total_rows: total, percentage } = job.progress;
  const rate = useRate(processed, false);
  const left = rate > 0 && total > processed ? (total - processed) / rate : null;
  const waiting = job.status !== 'processing';

  return (
    <div className="bi-progress">
      <p className="bi-verdict-title">
        {waiting ? t('progress.queued') : t('progress.running', { percent: format.number(Math.floor(percentage)) })}
      </p>
      <progress
        className="bi-bar"
        aria-label={t('progress.label', { file: job.filename })}
        aria-describedby={words}
        max={100}
        {...(waiting ? {} : { value: percentage })}
      />
      <p id={words} className="bi-meter">
        {!waiting && <span>{t('progress.rows', { done: processed, total })}</span>}
        {rate > 0 && <span>{t('progress.rate', { rate: Math.round(rate) })}</span>}
        {left !== null && <span>{t('progress.left', { time: format.duration(left) })}</span>}
        {waiting && <span>{t('progress.closing')}</span>}
      </p>
    </div>
  );
}
