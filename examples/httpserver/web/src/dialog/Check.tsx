import { useI18n } from '../i18n/i18n';
import { hasNoRows, type Validation } from '../api/types';
import { OutcomeBar } from '../job/OutcomeBar';
import { RowErrors } from '../job/RowErrors';
import { Warnings } from '../job/Warnings';
import type { Kind } from '../kind';
import { Finding } from '../ui/Finding';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { Columns } from './Columns';

export interface CheckProps {
  check: Validation;
  alone: boolean;
  kind: Kind;
  /** Whether it was made with other options than those that are chosen now. */
  stale: boolean;
  /** Checks all rows rather than the first ones. */
  onAll: () => void;
}

/** What the dry run found: the verdict first, then what is behind it. */
export function Check({ check, alone, kind, stale, onAll }: CheckProps) {
  const { t } = useI18n();
  const { successful, duplicates, errors } = check.outcomes;
  const empty = hasNoRows(check);
  const tone = toneOf(check, stale);

  const details = (
    <>
      <RowErrors errors={check.errors} total={errors} codes={check.error_codes} />
      <Columns columns={check.columns} open={alone} />
      <Warnings warnings={check.warnings} open={alone && errors === 0} />
    </>
  );

  return (
    <div className="bi-check-result">
      <div className={`bi-verdict bi-verdict-${tone}`}>
        <Icon name={stale ? 'clock' : errors > 0 || empty ? 'alert' : 'check'} />
        <div>
          <p className="bi-verdict-title">{verdict(check, t)}</p>
          {stale && <p>{t('check.stale')}</p>}
          <p className="bi-hint">
            {rowsText(check, t)}{' '}
            {!check.complete && (
              <button type="button" className="bi-link" onClick={onAll}>
                {t('check.all')}
              </button>
            )}
          </p>
        </div>
      </div>
      {check.failure && (
        <Notice tone="bad" title={t('check.failure')}>
          <p>
            <Finding code={check.failure.code} message={check.failure.message} />
          </p>
        </Notice>
      )}
      {!empty && (
        <OutcomeBar
          outcomes={{ successful, duplicates, errors }}
          tiers={check.duplicates_by_tier}
          kind={kind}
          whole={check.rows_checked}
          future
        />
      )}
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

function toneOf(check: Validation, stale: boolean): 'plain' | 'good' | 'warn' | 'info' {
  if (stale) {
    return 'plain';
  }

  if (check.outcomes.errors > 0 || hasNoRows(check)) {
    return 'warn';
  }

  return check.outcomes.successful > 0 ? 'good' : 'info';
}

function rowsText(check: Validation, t: ReturnType<typeof useI18n>['t']): string {
  if (hasNoRows(check)) {
    return t('code.rows_missing');
  }

  return check.complete
    ? t('check.complete', { count: check.rows_checked })
    : t('check.partial', { count: check.rows_checked, all: check.estimated_rows });
}

function verdict(check: Validation, t: ReturnType<typeof useI18n>['t']): string {
  const { successful, duplicates, errors } = check.outcomes;

  if (errors > 0) {
    return t('check.errors', { count: errors, all: check.rows_checked });
  }

  if (successful === 0 && duplicates > 0) {
    return t('check.onlyDuplicates');
  }

  if (successful === 0) {
    return t('check.nothing');
  }

  // With remarks not everything is.
  return check.warnings.length > 0 ? t('check.noErrors') : t('check.good');
}
