import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useI18n } from '../i18n/i18n';
import type { Trouble } from '../importing/retry';
import { CancelTrouble } from './CancelTrouble';

export interface CancelButtonProps {
  cancelling: boolean;
  /** Why the server has not been asked yet, or will not cancel. */
  trouble?: Trouble | null | undefined;
  onCancel: () => void;
  /** Asks the server now, rather than when it is due. */
  onNow?: (() => void) | undefined;
}

/** Cancels an import, once that was confirmed. */
export function CancelButton({ cancelling, trouble = null, onCancel, onNow }: CancelButtonProps) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const no = useRef<HTMLButtonElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const asked = useRef<HTMLParagraphElement>(null);
  const confirmed = useRef(false);

  // The button that had the focus is gone.
  useEffect(() => {
    if (asking) {
      no.current?.focus();
    }
  }, [asking]);

  useEffect(() => {
    if (cancelling && confirmed.current) {
      confirmed.current = false;
      asked.current?.focus();
    }
  }, [cancelling]);

  if (cancelling) {
    return (
      <div className="bi-cancelling">
        {trouble !== null && <CancelTrouble trouble={trouble} onNow={onNow} />}
        <p ref={asked} tabIndex={-1} className="bi-hint">
          {t(trouble === null ? 'cancel.asked' : 'cancel.wanted')}
        </p>
      </div>
    );
  }

  if (!asking) {
    return (
      <div className="bi-cancelling">
        {trouble !== null && <CancelTrouble trouble={trouble} />}
        <div>
          <button ref={button} type="button" className="bi-button" onClick={() => setAsking(true)}>
            {t('cancel.button')}
          </button>
        </div>
      </div>
    );
  }

  return (
    <div className="bi-confirm" role="group" aria-label={t('cancel.sure')}>
      <p>{t('cancel.sure')}</p>
      <button
        type="button"
        className="bi-button bi-danger"
        onClick={() => {
          confirmed.current = true;
          setAsking(false);
          onCancel();
        }}
      >
        {t('cancel.button')}
      </button>
      <button
        ref={no}
        type="button"
        className="bi-button"
        onClick={() => {
          flushSync(() => setAsking(false));
          button.current?.focus();
        }}
      >
        {t('cancel.no')}
      </button>
    </div>
  );
}
