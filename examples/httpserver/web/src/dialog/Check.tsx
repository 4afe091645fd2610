import { useI18n } from '../i18n/i18n';
import type { Validation } from '../api/types';
import { OutcomeBar } from '../job/OutcomeBar';
import { RowErrors } from '../job/RowErrors';
import { Warnings } from '../job/Warnings';
import type { Kind } from '../kind';
import { Icon } from '../ui/Icon';
import { Columns } from './Columns';

export interface CheckProps {
  check: Validation;
  alone: boolean;
  kind: Kind;
  /** Checks all rows rather than the first ones. */
  onAll: () => void;
}

/** What the dry run found: the verdict first, then what is behind it. */
export function Check({ check, alone, kind, onAll }: CheckProps) {
  const { t } = useI18n();
  const { successful, duplicates, errors } = check.outcomes;
  const tone = errors > 0 ? 'warn' : successful > 0 ? 'good' : 'info';

  const details = (
    <>
      <RowErrors errors={check.errors} total={errors} codes={check.error_codes} />
      <Columns columns={check.columns} open={alone} />
      <Warnings warnings={check.warnings} />
    </>
  );

  return (
    <div className="bi-check-result">
      <div className={`bi-verdict bi-verdict-${tone}`}>
        <Icon name={errors > 0 ? 'alert' : 'check'} />
        <div>
          <p className="bi-verdict-title">{verdict(check, t)}</p>
          <p className="bi-hint">
            {check.complete
              ? t('check.complete', { count: check.rows_checked })
              : t('check.partial', { count: check.rows_checked, all: check.estimated_rows })}{' '}
            {!check.complete && (
              <button type="button" className="bi-link" onClick={onAll}>
                {t('check.all')}
              </button>
            )}
          </p>
        </div>
      </div>
      <OutcomeBar
        outcomes={{ successful, duplicates, errors }}
        tiers={check.duplicates_by_tier}
        kind={kind}
        whole={check.rows_checked}
        future
      />
      {alone ? (
        details
      ) : (
        <details className="bi-fold">
          <summary>{t('check.details')}</summary>
          {details}
        </details>
      )}
    </div>
  );
}

function verdict({ outcomes: { successful, duplicates, errors } }: Validation, t: ReturnType<typeof useI18n>['t']): string {
  if (errors > 0) {
    return t('check.errors', { count: errors });
  }

  if (successful === 0 && duplicates > 0) {
    return t('check.onlyDuplicates');
  }

  return successful === 0 ? t('check.nothing') : t('check.good');
}
