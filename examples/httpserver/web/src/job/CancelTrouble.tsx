import { useI18n } from '../i18n/i18n';
import type { Trouble } from '../importing/retry';
import { Notice } from '../ui/Notice';
import { problemText } from '../ui/ProblemText';
import { useSeconds } from '../ui/useSeconds';

export interface CancelTroubleProps {
  trouble: Trouble;
  onNow?: (() => void) | undefined;
}

/** Says that an import goes on although somebody wants it cancelled, and why. */
export function CancelTrouble({ trouble: { problem, retryAt }, onNow }: CancelTroubleProps) {
  const texts = useI18n();
  const { t, format } = texts;
  const now = useSeconds(retryAt !== null);
  const left = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000);

  return (
    <Notice
      tone="warn"
      title={t('cancel.trouble')}
      actions={
        retryAt === null || onNow === undefined ? undefined : (
          <button type="button" className="bi-button" onClick={onNow}>
            {t('action.tryNow')}
          </button>
        )
      }
    >
      <p>
        {problemText(texts, problem)}{' '}
        {/* A countdown that is read out every second would be of no help. */}
        <span aria-hidden="true">
          {retryAt !== null && (left > 0 ? t('trouble.next', { time: format.duration(left) }) : t('trouble.trying'))}
        </span>
      </p>
    </Notice>
  );
}
