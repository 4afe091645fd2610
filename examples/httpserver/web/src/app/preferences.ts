import type { Locale } from '../i18n/i18n';

export type Theme = 'auto' | 'light' | 'dark';

// Kept from visit to visit. Whoever forbids storage has them for as long as the page
// is open.
const themeKey = 'bulkimport.theme';
const localeKey = 'bulkimport.locale';

export function loadTheme(): Theme {
  const kept = read(themeKey);

  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function saveTheme(theme: Theme): void {
  write(themeKey, theme);
}

/** Returns the language chosen before, else the one that the browser wants. */
export function loadLocale(): Locale {
  const kept = read(localeKey);

  if (kept === 'en' || kept === 'hi') {
    return kept;
  }

  return navigator.languages.find((tag) => /^(en|hi)\b/.test(tag))?.startsWith('hi') === true ? 'hi' : 'en';
}

export function saveLocale(locale: Locale): void {
  write(localeKey, locale);
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing is lost but the memory of it.
  }
}
