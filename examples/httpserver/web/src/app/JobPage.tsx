import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { useI18n } from '../i18n/i18n';
import { put } from '../importing/put';
import { Queue } from '../importing/queue';
import { JobView } from '../job/JobView';
import { HeadingLevel } from '../ui/Heading';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { StatusBadge } from '../ui/StatusBadge';
import { listAddress } from './History';
import { useServer } from './server';

/** One import of the past, or one that is going on. */
export function JobPage({ jobID }: { jobID: string }) {
  const texts = useI18n();
  const { t, format } = texts;
  const { client, kind, tokenVersion, onUnauthorized, openDialog } = useServer();

  const queue = useMemo(() => new Queue({ client, put, onUnauthorized }), [client, onUnauthorized]);
  const [item] = useSyncExternalStore(queue.subscribe, queue.getItems);

  useEffect(() => {
    queue.follow(jobID);

    return () => queue.dispose();
  }, [queue, jobID]);

  useEffect(() => {
    queue.wake();
  }, [queue, tokenVersion]);

  const job = item?.job ?? null;

  return (
    <article className="bi-section">
      <a className="bi-link bi-back" href={listAddress()}>
        <Icon name="back" />
        {t('title.imports')}
      </a>
      <div className="bi-section-head">
        <h1 className="bi-filename">{job?.filename ?? t('title.import')}</h1>
        {job !== null && <StatusBadge status={job.status} />}
      </div>
      {job !== null && (
        <p className="bi-hint">
          {format.dateTime(job.timestamps.created_at)} · {job.created_by} · <span className="bi-mono">{job.job_id}</span>
        </p>
      )}

      {item?.trouble && <TroubleNotice trouble={item.trouble} phase="running" onRetry={() => queue.wake()} />}
      {item?.problem && (
        <Notice tone="bad" title={t('list.failed')}>
          <p>{problemText(texts, item.problem)}</p>
        </Notice>
      )}
      {job === null && !item?.problem && <p className="bi-loading">{t('list.loading')}</p>}

      {item !== undefined && job !== null && (
        <HeadingLevel value={2}>
          <JobView
            job={job}
            kind={kind}
            cancelling={item.cancelling}
            cancelTrouble={item.cancelTrouble}
            onCancel={() => queue.cancel(item.key)}
            onCancelNow={() => queue.wake()}
            onRetry={() => queue.retry(item.key, {})}
            onFiles={openDialog}
            refreshed={() => queue.latest(jobID)}
          />
        </HeadingLevel>
      )}
    </article>
  );
}
