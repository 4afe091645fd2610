import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { CodeCount, RowError } from '../api/types';
import { useI18n } from '../i18n/i18n';
import { Finding } from '../ui/Finding';
import { Heading } from '../ui/Heading';
import { codeName } from '../ui/ProblemText';

export interface RowErrorsProps {
  /** Some of the rows in error. */
  errors: readonly RowError[];
  /** How many there are in all. */
  total: number;
  codes: readonly CodeCount[];
  /** Whether these are the last ones rather than the first. */
  recent?: boolean;
}

// How many are shown at first.
const few = 5;

/** Rows in error: what is wrong by kind, and examples to recognise. */
export function RowErrors({ errors, total, codes, recent = false }: RowErrorsProps) {
  const texts = useI18n();
  const { t } = texts;
  const [all, setAll] = useState(false);
  const list = useRef<HTMLOListElement>(null);

  if (errors.length === 0) {
    return null;
  }

  const shown = all ? errors : errors.slice(0, few);
  const title = titleOf(errors.length, total, recent, t);

  return (
    <section className="bi-errors" aria-label={title}>
      <Heading>{title}</Heading>
      {codes.some(({ count }) => count > 1) && (
        <ul className="bi-codes">
          {codes.map(({ code, count }) => (
            <li key={code}>
              {codeName(texts, code)} <b>{texts.format.number(count)}</b>
            </li>
          ))}
        </ul>
      )}
      <ol ref={list} className="bi-error-list">
        {shown.map((error) => (
          <li key={`${error.row_number}-${error.error_code}`} tabIndex={-1}>
            <span className="bi-row-number">{t('errors.row', { row: String(error.row_number) })}</span>
            <span className="bi-error-what">
              {(error.name !== '' || error.barcode !== '') && <b>{error.name !== '' ? error.name : error.barcode}</b>}
              <Finding code={error.error_code} message={error.error_message} exact />
            </span>
          </li>
        ))}
      </ol>
      {errors.length > few && !all && (
        <button
          type="button"
          className="bi-link"
          onClick={() => {
            flushSync(() => setAll(true));
            // The button is gone; the first of those that it showed stands in its place.
            (list.current?.children[few] as HTMLElement | undefined)?.focus({ preventScroll: true });
          }}
        >
          {t('errors.more', { count: errors.length })}
        </button>
      )}
    </section>
  );
}

function titleOf(shown: number, total: number, recent: boolean, t: ReturnType<typeof useI18n>['t']): string {
  if (!recent) {
    return t('errors.title');
  }

  return shown < total ? t('errors.recent', { count: total, n: shown }) : t('errors.all', { count: total });
}
