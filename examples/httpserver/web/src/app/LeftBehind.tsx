import { useEffect, useRef, useState } from 'react';
import { Problem } from '../api/problem';
import type { Job } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { DiscardButton } from '../job/DiscardButton';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { addressOf } from './route';
import { useServer } from './server';

export interface LeftBehindProps {
  job: Job;
  /** Told once it was discarded, or is found to be no longer what it was. */
  onGone: () => void;
}

/**
 * A file that somebody began with and did not import, such as before the page was loaded
 * anew. Whether all of it has arrived is seen when it is opened.
 */
export function LeftBehind({ job, onGone }: LeftBehindProps) {
  const texts = useI18n();
  const { t } = texts;
  const { client, onUnauthorized } = useServer();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const notice = useRef<HTMLDivElement>(null);
  const gone = useRef(false);

  // Nothing of it is left that could have the focus.
  useEffect(
    () => () => {
      if (gone.current && document.activeElement === document.body) {
        document.getElementById('main')?.focus();
      }
    },
    [],
  );

  const discard = async () => {
    setBusy(true);
    setProblem(null);

    try {
      await client.cancel(job.job_id);
      gone.current = notice.current?.contains(document.activeElement) ?? false;
      onGone();
    } catch (error) {
      const found = error instanceof Problem ? error : new Problem(0, 'unknown', String(error));

      setBusy(false);

      if (found.status === 401) {
        onUnauthorized();
      } else if (found.status === 404 || found.status === 409) {
        // Somebody else has started it, or given it up.
        onGone();
      } else {
        setProblem(found);
      }
    }
  };

  return (
    <div ref={notice} role="group" aria-label={t('overview.left', { file: job.filename })}>
      <Notice
        tone="info"
        beside
        title={t('overview.left', { file: job.filename })}
        actions={
          <>
            <a className="bi-button" href={addressOf({ view: 'import', jobID: job.job_id })} aria-label={t('overview.left.name', { file: job.filename })}>
              {t('overview.left.open')}
            </a>
            <DiscardButton busy={busy} onDiscard={() => void discard()} />
          </>
        }
      >
        {problem !== null && (
          <p role="alert" className="bi-refused">
            {problemText(texts, problem)}
          </p>
        )}
      </Notice>
    </div>
  );
}
