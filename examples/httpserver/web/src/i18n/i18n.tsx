import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { formats, type Formats } from './format';
import { messages, type Message, type MessageKey, type Text } from './messages';

export type Locale = 'en' | 'hi';

export const locales: readonly { locale: Locale; name: string }[] = [
  { locale: 'en', name: 'English' },
  { locale: 'hi', name: 'हिन्दी' },
];

export type Values = Record<string, string | number>;

export interface I18n {
  locale: Locale;
  /** Returns a text. A number in {count} chooses between its forms. */
  t: (key: MessageKey, values?: Values) => string;
  /** Returns the text of this key where the catalogue has one. */
  find: (key: string) => string | null;
  format: Formats;
}

/** Returns the texts and formats of a language. */
export function i18n(locale: Locale): I18n {
  const format = formats(locale);
  const plurals = new Intl.PluralRules(format.tag);

  const render = (message: Message, values: Values) => {
    const text: Text = message[locale];
    const chosen = typeof text === 'string' ? text : text[formOf(plurals, values['count'])];

    return chosen.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';

      return typeof value === 'number' ? format.number(value) : value;
    });
  };

  return {
    locale,
    format,
    t: (key, values = {}) => render(messages[key], values),
    find: (key) => (Object.hasOwn(messages, key) ? render(messages[key as MessageKey], {}) : null),
  };
}

function formOf(plurals: Intl.PluralRules, count: string | number | undefined): 'one' | 'other' {
  return typeof count === 'number' && plurals.select(count) === 'one' ? 'one' : 'other';
}

const Context = createContext<I18n>(i18n('en'));

export function I18nProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const value = useMemo(() => i18n(locale), [locale]);

  return <Context value={value}>{children}</Context>;
}

export function useI18n(): I18n {
  return useContext(Context);
}
