import type { JobStatus } from '../api/types';
import type { I18n } from '../i18n/i18n';
import type { Kind } from '../kind';
import { findingWords } from '../ui/ProblemText';
import { outcomeText } from '../ui/outcomeText';

export type AuditEntry = NonNullable<JobStatus['audit']>[number];

/**
 * Returns what an entry says beyond its action, in the language of the page; raw says that
 * it is what a program or a person has written, such as the name of a file. What the server
 * words in English, and cannot be told in another language, is left out there.
 */
export function auditText(texts: I18n, kind: Kind, { action, detail }: AuditEntry): { text: string; raw: boolean } {
  switch (action) {
    case 'ended':
      return { text: endText(texts, kind, detail) ?? inEnglish(texts, detail), raw: false };
    case 'retried':
      return { text: retryText(texts, detail) ?? inEnglish(texts, detail), raw: false };
    case 'refused':
      return { text: findingWords(texts, detail) ?? detail, raw: false };
    default:
      return { text: detail, raw: true };
  }
}

function inEnglish({ locale }: I18n, detail: string): string {
  return locale === 'en' ? detail : '';
}

/** Tells how an import ended, of "completed: 3 rows, 1 successful, 1 duplicates, 1 errors; code". */
function endText(texts: I18n, kind: Kind, detail: string): string | null {
  const [, status, successful, duplicates, errors, failure] =
    /^(\w+): \d+ rows, (\d+) successful, (\d+) duplicates, (\d+) errors(?:; (\w+))?$/.exec(detail) ?? [];
  const name = texts.find(`status.${status}`);

  if (name === null) {
    return null;
  }

  const why = failure === undefined ? null : findingWords(texts, failure);
  const outcomes = { successful: Number(successful), duplicates: Number(duplicates), errors: Number(errors) };

  return `${name}: ${outcomeText(texts, kind, outcomes)}${why === null ? '' : `; ${why}`}`;
}

/** Tells where an import was taken up again, of "failed, after 12 rows". */
function retryText({ t, find }: I18n, detail: string): string | null {
  const [, status, rows] = /^(\w+), after (\d+) rows$/.exec(detail) ?? [];
  const name = find(`status.${status}`);

  return name === null ? null : t('audit.retried.detail', { status: name, count: Number(rows) });
}
