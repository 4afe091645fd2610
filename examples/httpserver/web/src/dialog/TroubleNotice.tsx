import type { Problem } from '../api/problem';
import { useI18n } from '../i18n/i18n';
import type { Phase } from '../importing/queue';
import type { Trouble } from '../importing/retry';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { useSeconds } from '../ui/useSeconds';

export interface TroubleNoticeProps {
  trouble: Trouble;
  phase: Phase | 'list';
  onRetry: () => void;
}

/** Tells whether it was not the server that answered, or nobody. */
function isAway({ status, code }: Problem): boolean {
  return status === 0 || (status >= 500 && code === 'unknown');
}

/** Says what stands in the way, that nothing is lost, and when the next try is. */
export function TroubleNotice({ trouble: { problem, retryAt }, phase, onRetry }: TroubleNoticeProps) {
  const texts = useI18n();
  const { t, format } = texts;
  const now = useSeconds(retryAt !== null);
  const away = isAway(problem);
  const left = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000);

  return (
    <Notice
      tone={problem.status === 401 ? 'info' : 'warn'}
      urgent={retryAt === null && problem.status !== 401}
      title={away ? t('trouble.away') : problemText(texts, problem)}
      actions={
        retryAt === null ? undefined : (
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
