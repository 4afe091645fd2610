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

/** Returns what to tell people of a finding in a row or a file, by its code. */
export function findingText({ locale, find }: I18n, code: string, message: string): string {
  // Faults of a whole file may be told in answer to a request, too.
  return locale === 'en' ? message : (find(`code.${code}`) ?? find(`problem.${code}`) ?? message);
}

/** Returns a short name of a code, for lists and plots. */
export function codeName({ find }: I18n, code: string): string {
  return find(`code.${code}.short`) ?? code.replaceAll('_', ' ');
}
