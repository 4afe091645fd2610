import type { Problem } from '../api/problem';
import type { Column } from '../api/types';
import type { I18n } from '../i18n/i18n';
import type { Kind } from '../kind';
import { columnName } from '../ui/columnName';
import { problemText } from '../ui/ProblemText';

/**
 * Returns what to tell people of a problem with a file, with the names of the columns
 * that are missing or there twice where those are the problem.
 */
export function headerText(texts: I18n, problem: Problem, kind: Kind): string {
  const { locale, t, format } = texts;

  // The sentence of the server names them, in English.
  if (problem.header === null || (locale === 'en' && problem.message !== '')) {
    return problemText(texts, problem);
  }

  const { columns, missing } = problem.header;

  if (problem.code === 'column_missing' && missing.length > 0) {
    const names = missing.map((column) =>
      column === 'name' && kind === 'inventory' ? t('column.nameOrBarcode') : columnName(texts, column),
    );

    return t('header.missing', { count: names.length, columns: format.list(names) });
  }

  const twice = columns.find(isDouble);

  if (problem.code === 'column_duplicate' && twice !== undefined) {
    const same = columns.filter(({ column }) => column === twice.column).map(({ header }) => `"${header}"`);

    return t('header.twice', { headers: format.list(same), column: columnName(texts, twice.column) });
  }

  return problemText(texts, problem);
}

/** Tells whether the words of the page name the columns that are at fault themselves. */
export function namesColumns({ code, header }: Problem): boolean {
  return header !== null && (code === 'column_missing' ? header.missing.length > 0 : code === 'column_duplicate' && header.columns.some(isDouble));
}

/** Tells whether a column means the same as one before it. */
export function isDouble({ status, column }: Column): boolean {
  return status === 'repeated' && column !== '';
}
