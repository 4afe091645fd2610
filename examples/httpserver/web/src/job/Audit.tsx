import type { JobStatus } from '../api/types';
import { useI18n } from '../i18n/i18n';

/** Who did what with an import, folded away. */
export function Audit({ entries }: { entries: NonNullable<JobStatus['audit']> }) {
  const { t, find, format } = useI18n();

  if (entries.length === 0) {
    return null;
  }

  return (
    <details className="bi-fold">
      <summary>{t('audit.title')}</summary>
      <ol className="bi-audit">
        {entries.map(({ at, by, action, detail }) => (
          <li key={`${at}-${action}`}>
            <span className="bi-row-number">{format.dateTime(at)}</span>
            <span>
              {find(`audit.${action}`) ?? action.replaceAll('_', ' ')}
              {by !== '' && <span className="bi-hint"> · {by}</span>}
              {detail !== '' && <span className="bi-hint bi-mono"> {detail}</span>}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
