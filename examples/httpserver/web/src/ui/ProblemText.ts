import type { Problem } from '../api/problem';
import type { I18n } from '../i18n/i18n';

/**
 * Returns what to tell people of a problem: the words of the page where it has some
 * for the code, else those of the server, else that it is unknown.
 */
export function problemText({ locale, find, t }: I18n, problem: Problem): string {
  const own = find(`problem.${problem.code}`) ?? find(`code.${problem.code}`);

  // The sentences of the server are in English, and more exact than ours.
  if (own !== null && (locale !== 'en' || problem.message === '')) {
    return own;
  }

  if (problem.message !== '') {
    return problem.message;
  }

  return problem.status >= 500 ? t('problem.server') : t('problem.unknown', { status: String(problem.status) });
}

/**
 * Returns what to tell people of a finding in a row or a file, by its code. A row with
 * several has their codes joined by semicolons.
 */
export function findingText(texts: I18n, code: string, message: string): string {
  return texts.locale === 'en' ? message : (findingWords(texts, code) ?? message);
}

/** Returns the language of that text, where it is not the one of the page. */
export function findingLang(texts: I18n, code: string): 'en' | undefined {
  return texts.locale === 'en' || findingWords(texts, code) !== null ? undefined : 'en';
}

// Faults of a whole file whose sentence says more than their code: what the file is instead
// and what to do about it, or how much is too much.
const exactFaults = new Set([
  'file_not_csv',
  'file_compressed',
  'file_too_large',
  'upload_too_large',
  'header_malformed',
  'header_too_long',
  'header_too_wide',
  'too_many_columns',
  'column_missing',
  'column_duplicate',
  'columns_unknown',
  'columns_unnamed',
]);

/**
 * Returns the sentence of the server, which is in English, where it is to stand below the
 * words that the page has in another language: it names the cell, the value or the kind of
 * file, and they do not. exact says that it does so whatever the code. Otherwise null.
 */
export function sentenceOf(texts: I18n, code: string, message: string, exact = false): string | null {
  const shown = texts.locale !== 'en' && message !== '' && findingWords(texts, code) !== null;

  return shown && (exact || exactFaults.has(code)) ? message : null;
}

/**
 * Returns the words of the page for each of the codes, once; null where it has none for one
 * of them: a text in two languages is hard to read, and to read out.
 */
export function findingWords({ find }: I18n, codes: string): string | null {
  // Faults of a whole file may be told in answer to a request, too.
  const words = [...new Set(codes.split(';'))].map((code) => find(`code.${code}`) ?? find(`problem.${code}`));

  return words.includes(null) ? null : words.join(' ');
}

/** Returns a short name of a code, for lists and plots. */
export function codeName({ find }: I18n, code: string): string {
  return find(`code.${code}.short`) ?? code.replaceAll('_', ' ');
}
