import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../i18n/i18n';

/** Cancels an import, once that was confirmed. */
export function CancelButton({ cancelling, onCancel }: { cancelling: boolean; onCancel: () => void }) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const no = useRef<HTMLButtonElement>(null);

  // The button that had the focus is gone.
  useEffect(() => {
    if (asking) {
      no.current?.focus();
    }
  }, [asking]);

  if (cancelling) {
    return <p className="bi-hint">{t('cancel.asked')}</p>;
  }

  if (!asking) {
    return (
      <div>
        <button type="button" className="bi-button" onClick={() => setAsking(true)}>
          {t('cancel.button')}
        </button>
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
          setAsking(false);
          onCancel();
        }}
      >
        {t('cancel.button')}
      </button>
      <button ref={no} type="button" className="bi-button" onClick={() => setAsking(false)}>
        {t('cancel.no')}
      </button>
    </div>
  );
}
