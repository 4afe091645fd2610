import type { Warning } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { columnName } from '../ui/columnName';
import { Finding } from '../ui/Finding';

/** What was noticed and cost no row, folded away unless there is nothing else to see. */
export function Warnings({ warnings, open = false }: { warnings: readonly Warning[]; open?: boolean }) {
  const texts = useI18n();
  const { t } = texts;

  if (warnings.length === 0) {
    return null;
  }

  return (
    <details className="bi-fold" open={open}>
      <summary>{t('warnings.title', { count: warnings.length })}</summary>
      <ul className="bi-warnings">
        {warnings.map((warning) => (
          <li key={`${warning.code}-${warning.column}`}>
            <Finding
              code={warning.code}
              message={warning.message}
              exact={warning.column !== ''}
              column={warning.column === '' ? '' : columnName(texts, warning.column)}
            />
            {warning.rows.length > 0 && (
              <span className="bi-hint">
                {t('warnings.rows', { count: warning.count, rows: warning.rows.slice(0, 8).map(String).join(', ') })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
