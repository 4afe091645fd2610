import { hasEnded, type JobStatus } from '../api/types';
import { FilePicker } from '../dialog/FilePicker';
import { useI18n } from '../i18n/i18n';
import type { Trouble } from '../importing/retry';
import type { Kind } from '../kind';
import { Finding } from '../ui/Finding';
import { Heading } from '../ui/Heading';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { Audit } from './Audit';
import { CancelButton } from './CancelButton';
import { Facts } from './Facts';
import { JobProgress } from './JobProgress';
import { OutcomeBar } from './OutcomeBar';
import { Reports } from './Reports';
import { isDiscarded, mayResume } from './resume';
import { RowErrors } from './RowErrors';
import { Warnings } from './Warnings';

export interface JobViewProps {
  job: JobStatus;
  kind: Kind;
  /** Whether it is one of several, and has room for the most important only. */
  compact?: boolean;
  cancelling: boolean;
  /** Why it is not cancelled although somebody asked for it. */
  cancelTrouble?: Trouble | null;
  onCancel: () => void;
  /** Asks the server to cancel now, rather than when it is due. */
  onCancelNow?: () => void;
  onRetry: () => void;
  /** Takes a corrected file; undefined where there is no place for one. */
  onFiles?: ((files: readonly File[]) => void) | undefined;
  refreshed: () => Promise<JobStatus>;
}

/** An import, from queued to ended: how it goes, what came of it, what to do next. */
export function JobView({
  job,
  kind,
  compact = false,
  cancelling,
  cancelTrouble,
  onCancel,
  onCancelNow,
  onRetry,
  onFiles,
  refreshed,
}: JobViewProps) {
  const { t } = useI18n();
  const ended = hasEnded(job.status);
  const { progress, failure } = job;

  return (
    <div className="bi-job">
      {ended && <Verdict job={job} kind={kind} steps={onFiles !== undefined} />}
      {(job.status === 'queued' || job.status === 'processing') && <JobProgress job={job} />}

      {failure !== null && (
        <Notice tone="bad" title={t('job.failure')}>
          <p>
            <Finding code={failure.code} message={failure.message} />
          </p>
        </Notice>
      )}

      {progress.processed_rows > 0 && (
        <OutcomeBar
          outcomes={progress}
          tiers={job.duplicates_by_tier}
          kind={kind}
          whole={Math.max(progress.total_rows, progress.processed_rows)}
          barless={!ended}
        />
      )}

      {!ended && <CancelButton cancelling={cancelling} trouble={cancelTrouble} onCancel={onCancel} onNow={onCancelNow} />}

      {ended && (
        <div className="bi-actions">
          <Reports job={job} refreshed={refreshed} />
          {mayResume(job) && (
            <button type="button" className="bi-button" onClick={onRetry}>
              <Icon name="retry" />
              {t('job.resume')}
            </button>
          )}
        </div>
      )}

      {ended && progress.errors > 0 && onFiles !== undefined && (
        <section className="bi-fix" aria-label={t('fix.title')}>
          <Heading>{t('fix.title')}</Heading>
          <ol>
            <li>{t('fix.download')}</li>
            <li>{t('fix.edit')}</li>
            <li>{t('fix.upload')}</li>
          </ol>
          <FilePicker compact corrected onFiles={onFiles} />
        </section>
      )}

      <RowErrors errors={job.recent_errors} total={progress.errors} codes={job.error_codes ?? []} recent />
      <Facts job={job} brief={compact} />
      {!compact && <Warnings warnings={job.warnings} />}
      {!compact && <Audit entries={job.audit ?? []} kind={kind} />}
    </div>
  );
}

const tones = {
  completed: 'good',
  completed_with_errors: 'warn',
  failed: 'bad',
  cancelled: 'plain',
} as const;

/** The sentence in the end. steps says whether it is told below how rows are fixed. */
function Verdict({ job, kind, steps }: { job: JobStatus; kind: Kind; steps: boolean }) {
  const { t } = useI18n();
  const { successful, errors, duplicates, processed_rows: processed } = job.progress;
  const none = job.status === 'completed' && processed === 0;
  const discarded = isDiscarded(job);
  const tone = none ? 'warn' : tones[job.status as keyof typeof tones];

  return (
    <div className={`bi-verdict bi-verdict-${tone}`}>
      <Icon name={tone === 'good' ? 'check' : tone === 'warn' ? 'alert' : 'cross'} />
      <div>
        <p className="bi-verdict-title">
          {job.status === 'failed' && t('job.failed')}
          {job.status === 'cancelled' && t(discarded ? 'job.discarded' : 'job.cancelled')}
          {job.status.startsWith('completed') &&
            (none
              ? t('job.noRows')
              : successful === 0 && duplicates > 0 && errors === 0
                ? t('job.nothingNew')
                : t(`job.done.${kind}`, { count: successful }))}
        </p>
        <p className="bi-hint">
          {job.status === 'completed_with_errors' && t(steps ? 'job.toFix' : 'job.toFixHere', { count: errors })}
          {job.status === 'completed' && t(none ? 'code.rows_missing' : 'job.allGood')}
          {discarded && t('job.discarded.text')}
          {(job.status === 'failed' || (job.status === 'cancelled' && !discarded)) && t(`job.stays.${kind}`, { count: successful })}
        </p>
      </div>
    </div>
  );
}
