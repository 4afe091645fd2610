import { useEffect, useState } from 'react';
import { useI18n } from '../i18n/i18n';
import type { Phase } from '../importing/queue';
import type { Trouble } from '../importing/retry';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';

export interface TroubleNoticeProps {
  trouble: Trouble;
  phase: Phase | 'list';
  onRetry: () => void;
}

/** Says what stands in the way, that nothing is lost, and when the next try is. */
export function TroubleNotice({ trouble: { problem, retryAt }, phase, onRetry }: TroubleNoticeProps) {
  const texts = useI18n();
  const { t, format } = texts;
  const now = useSeconds(retryAt !== null);
  const left = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000);
  const away = problem.status === 0 || problem.status >= 500;

  return (
    <Notice
      tone={problem.status === 401 ? 'info' : 'warn'}
      title={away ? t('trouble.away') : problemText(texts, problem)}
      actions={
        problem.status === 401 ? undefined : (
          <button type="button" className="bi-button" onClick={onRetry}>
            {t('action.tryNow')}
          </button>
        )
      }
    >
      <p>
        {away && t(phase === 'running' ? 'trouble.running' : phase === 'list' ? 'trouble.list' : 'trouble.sending')}{' '}
        {/* A countdown that is read out every second would be of no help. */}
        <span aria-hidden="true">
          {retryAt !== null && (left > 0 ? t('trouble.next', { time: format.duration(left) }) : t('trouble.trying'))}
        </span>
      </p>
    </Notice>
  );
}

/** Returns the time, in milliseconds, second by second while it is wanted. */
function useSeconds(wanted: boolean): number {
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    if (!wanted) {
      return undefined;
    }

    const timer = setInterval(() => setNow(Date.now()), 1000);

    return () => clearInterval(timer);
  }, [wanted]);

  return now;
}
