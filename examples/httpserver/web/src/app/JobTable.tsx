import { hasEnded, type Job } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { isDiscarded } from '../job/resume';
import { Segments } from '../ui/Segments';
import { outcomeText } from '../ui/outcomeText';
import { StatusBadge } from '../ui/StatusBadge';
import { addressOf } from './route';
import { useServer } from './server';

/** Imports as a table; on a narrow screen with the columns that matter most. */
export function JobTable({ jobs }: { jobs: readonly Job[] }) {
  const { t } = useI18n();
  const { kind } = useServer();

  return (
    <table className="bi-table bi-jobs">
      <thead>
        <tr>
          <th scope="col">{t('jobs.file')}</th>
          <th scope="col">{t('jobs.status')}</th>
          <th scope="col" className="bi-wide">
            {t('jobs.outcome')}
          </th>
          <th scope="col" className="bi-number">
            {t('jobs.rows')}
          </th>
          {kind === 'products' && (
            <th scope="col" className="bi-number bi-wide">
              {t('jobs.quality')}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <Row key={job.job_id} job={job} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ job }: { job: Job }) {
  const texts = useI18n();
  const { t, format } = texts;
  const { kind } = useServer();
  const { successful, duplicates, errors, processed_rows: processed, total_rows: total, percentage } = job.progress;

  // Stock is recorded for products that are there already; the few that are not are made.
  const created = job.inventory?.created ?? 0;

  return (
    <tr>
      <th scope="row">
        <a href={addressOf({ view: 'import', jobID: job.job_id })} title={job.filename}>
          {job.filename}
        </a>
        <span className="bi-hint" title={format.dateTime(job.timestamps.created_at)}>
          {format.ago(job.timestamps.created_at, Date.now())} · {job.created_by}
        </span>
      </th>
      <td>
        <StatusBadge status={job.status} discarded={isDiscarded(job)} />
      </td>
      <td className="bi-wide">
        {processed > 0 && (
          <>
            <Segments
              segments={[
                { kind: 'good', value: successful },
                { kind: 'dup', value: duplicates },
                { kind: 'bad', value: errors },
              ]}
              whole={Math.max(total, processed)}
            />
            <span className="bi-hint">
              {outcomeText(texts, kind, { successful, duplicates, errors: 0 })}
              {created > 0 && `, ${t('jobs.outcome.created', { count: created })}`}
              {errors > 0 && (
                <>
                  {', '}
                  <b className="bi-bad">{t('outcome.count.bad', { count: errors })}</b>
                </>
              )}
            </span>
          </>
        )}
      </td>
      <td className="bi-number">
        {/* Of a file that was given up nobody has counted the rows. */}
        {isDiscarded(job) ? '–' : format.number(hasEnded(job.status) ? processed : total)}
        {job.status === 'processing' && <span className="bi-hint">{format.percent(percentage / 100)}</span>}
      </td>
      {kind === 'products' && <td className="bi-number bi-wide">{job.quality.count > 0 ? Math.round(job.quality.mean) : '–'}</td>}
    </tr>
  );
}
