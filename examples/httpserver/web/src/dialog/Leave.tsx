import { useEffect, type RefObject } from 'react';
import { hasNoRows } from '../api/types';
import { useI18n } from '../i18n/i18n';
import type { Item, Queue } from '../importing/queue';
import { Notice } from '../ui/Notice';

/** What closing would cost: an upload or a start under way, or files that wait to be started. */
export type Loss = 'sending' | 'unimported';

/** Returns what would be lost if the dialog were closed now. */
export function lossOf(queue: Queue, items: readonly Item[]): Loss | null {
  if (queue.isSending()) {
    return 'sending';
  }

  const waits = items.some(
    ({ phase, check }) => phase === 'waiting' || phase === 'checking' || (phase === 'ready' && !hasNoRows(check)),
  );

  return waits ? 'unimported' : null;
}

export interface LeaveProps {
  loss: Loss;
  /** The button that stays, which has the focus. */
  stay: RefObject<HTMLButtonElement | null>;
  onLeave: () => void;
  onStay: () => void;
}

/** Asks whether to close nevertheless. It stands where it is seen however far the dialog is scrolled. */
export function Leave({ loss, stay, onLeave, onStay }: LeaveProps) {
  const { t } = useI18n();

  useEffect(() => stay.current?.focus(), [stay]);

  return (
    <div className="bi-dialog-ask">
      <Notice
        tone="warn"
        urgent
        title={t(`dialog.leave.${loss}`)}
        actions={
          <>
            <button type="button" className="bi-button bi-danger" onClick={onLeave}>
              {t(`dialog.leave.${loss}.yes`)}
            </button>
            <button ref={stay} type="button" className="bi-button" onClick={onStay}>
              {t(`dialog.leave.${loss}.no`)}
            </button>
          </>
        }
      >
        <p>{t(`dialog.leave.${loss}.text`)}</p>
      </Notice>
    </div>
  );
}
