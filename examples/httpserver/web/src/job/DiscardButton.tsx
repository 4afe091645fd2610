import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useI18n } from '../i18n/i18n';

/** Gives a file up that was not imported, once that was confirmed. */
export function DiscardButton({ busy, onDiscard }: { busy: boolean; onDiscard: () => void }) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const no = useRef<HTMLButtonElement>(null);

  // The button that has the focus goes, so that it is handed on at once.
  const ask = (next: boolean) => {
    flushSync(() => setAsking(next));
    (next ? no : button).current?.focus();
  };

  if (!asking) {
    return (
      <button ref={button} type="button" className="bi-button" aria-disabled={busy} onClick={() => !busy && ask(true)}>
        {t(busy ? 'discard.busy' : 'discard.button')}
      </button>
    );
  }

  return (
    <div className="bi-confirm" role="group" aria-label={t('discard.sure')}>
      <p>{t('discard.sure')}</p>
      <button
        type="button"
        className="bi-button bi-danger"
        onClick={() => {
          ask(false);
          onDiscard();
        }}
      >
        {t('discard.button')}
      </button>
      <button ref={no} type="button" className="bi-button" onClick={() => ask(false)}>
        {t('discard.no')}
      </button>
    </div>
  );
}
