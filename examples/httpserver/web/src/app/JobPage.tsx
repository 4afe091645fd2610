import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import { hasEnded } from '../api/types';
import { Announcer } from '../dialog/Announcer';
import { FilePicker } from '../dialog/FilePicker';
import { TroubleNotice } from '../dialog/TroubleNotice';
import { useI18n } from '../i18n/i18n';
import { put } from '../importing/put';
import { Queue, type Item, type Options } from '../importing/queue';
import { JobView } from '../job/JobView';
import { NotStarted, optionsOf } from '../job/NotStarted';
import { isDiscarded, needsAnotherFile } from '../job/resume';
import { useReview } from '../job/useReview';
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
  const pending = job?.status === 'pending_upload';
  const [chosen, setChosen] = useState<Options | null>(null);
  const options = chosen ?? (job === null ? {} : optionsOf(job, kind));
  const onChanged = useCallback(() => queue.wake(), [queue]);
  const [review, actions] = useReview({ client, jobID, wanted: pending, options, tokenVersion, onUnauthorized, onChanged });
  const news = useNews(item === undefined || !pending ? item : { ...item, ...review });
  const heading = useKeptFocus(pending ? `pending ${review.phase}` : `${item?.phase} ${job?.status}`);

  return (
    <article className="bi-section">
      <a className="bi-link bi-back" href={listAddress()}>
        <Icon name="back" />
        {t('title.imports')}
      </a>
      <div className="bi-section-head">
        <h1 ref={heading} className="bi-filename" tabIndex={-1} title={job?.filename}>{job?.filename ?? t('title.import')}</h1>
        {job !== null && <StatusBadge status={job.status} discarded={isDiscarded(job)} />}
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

      <Announcer kind={kind} items={news} />

      {job !== null && pending && (
        <HeadingLevel value={2}>
          <NotStarted
            client={client}
            kind={kind}
            review={review}
            actions={actions}
            options={options}
            onOptions={setChosen}
            onFiles={openDialog}
          />
        </HeadingLevel>
      )}

      {item !== undefined && job !== null && !pending && (
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
          {/* Where rows are to be fixed, there is one already. */}
          {needsAnotherFile(job) && job.progress.errors === 0 && <FilePicker compact corrected={!isDiscarded(job)} onFiles={openDialog} />}
        </HeadingLevel>
      )}
    </article>
  );
}

/**
 * Returns what there is to tell of an import as it goes on; nothing of one that had ended
 * before it was looked at.
 */
function useNews(item: Item | undefined): readonly Item[] {
  const seen = useRef(false);
  const job = item?.job ?? null;

  if (job !== null && !hasEnded(job.status)) {
    seen.current = true;
  }

  return item !== undefined && job !== null && seen.current ? [item] : [];
}

/**
 * Keeps the focus in the page when what had it goes with a stage of the import: the
 * heading takes it. Where nobody has put it into the import it stays where it is.
 */
function useKeptFocus(stage: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef<Element>(null);

  useEffect(() => {
    const remember = ({ target }: Event) => {
      last.current = target instanceof Element && heading.current?.closest('article')?.contains(target) ? target : null;
    };

    // By a click beside everything the focus goes without an event of its own.
    document.addEventListener('pointerdown', remember);
    document.addEventListener('focusin', remember);

    return () => {
      document.removeEventListener('pointerdown', remember);
      document.removeEventListener('focusin', remember);
    };
  }, []);

  useEffect(() => {
    const gone = last.current !== null && (!last.current.isConnected || last.current.matches(':disabled'));
    const nowhere = document.activeElement === null || document.activeElement === document.body || document.activeElement === last.current;

    if (gone && nowhere) {
      heading.current?.focus();
    }
  }, [stage]);

  return heading;
}
