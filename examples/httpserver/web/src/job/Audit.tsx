import { useI18n } from '../i18n/i18n';
import type { Kind } from '../kind';
import { auditText, type AuditEntry } from './auditText';

/** Who did what with an import, folded away. */
export function Audit({ entries, kind }: { entries: readonly AuditEntry[]; kind: Kind }) {
  const texts = useI18n();
  const { t, find, format } = texts;

  if (entries.length === 0) {
    return null;
  }

  return (
    <details className="bi-fold">
      <summary>{t('audit.title')}</summary>
      <ol className="bi-audit">
        {entries.map((entry) => {
          const { at, by, action } = entry;
          const { text, raw } = auditText(texts, kind, entry);

          return (
            <li key={`${at}-${action}`}>
              <span className="bi-row-number">{format.dateTime(at)}</span>
              <span>
                {find(`audit.${action}`) ?? action.replaceAll('_', ' ')}
                {by !== '' && <span className="bi-hint"> · {by}</span>}
                {text !== '' && <span className={`bi-hint${raw ? ' bi-mono' : ''}`}>{raw ? ` ${text}` : ` · ${text}`}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </details>
  );
}
