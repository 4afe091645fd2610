import type { Locale } from './i18n';

// Both languages write numbers and dates as India does: 1,00,000 and day before month.
const tags: Record<Locale, string> = { en: 'en-IN', hi: 'hi-IN' };

const units: Record<Locale, readonly string[]> = {
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
  hi: ['बाइट', 'केबी', 'एमबी', 'जीबी', 'टीबी'],
};

export interface Formats {
  /** The BCP 47 tag of the language. */
  tag: string;
  number: (n: number) => string;
  /** A number in few characters, such as 12K, for axes. */
  compact: (n: number) => string;
  /** A share of 0 to 1. What is neither none nor all never shows as such. */
  percent: (share: number) => string;
  /** Names as a list with "and". */
  list: (names: readonly string[]) => string;
  bytes: (n: number) => string;
  /** How long, from seconds, in one unit. */
  duration: (seconds: number) => string;
  dateTime: (iso: string) => string;
  /** A day of UTC such as 2026-11-24. */
  day: (date: string) => string;
  /** How long ago; now is in milliseconds. */
  ago: (iso: string, now: number) => string;
}

/** Returns the formats of a language. */
export function formats(locale: Locale): Formats {
  const tag = tags[locale];
  const number = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(tag, { style: 'percent' });
  const tenth = new Intl.NumberFormat(tag, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const list = new Intl.ListFormat(tag, { type: 'conjunction' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });

  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(tag, { style: 'unit', unit: name, unitDisplay: 'long', maximumFractionDigits: 0 }).format(value);

  return {
    tag,
    number: (n) => number.format(n),
    compact: (n) => compact.format(n),
    list: (names) => list.format(names),

    percent: (share) => {
      if (share <= 0 || share >= 1 || !Number.isFinite(share)) {
        return whole.format(share >= 1 ? 1 : 0);
      }

      return share < 0.01 || share > 0.99 ? tenth.format(Math.min(Math.max(share, 0.001), 0.999)) : whole.format(share);
    },

    bytes: (n) => {
      const names = units[locale];
      const step = n < 1_000 ? 0 : Math.min(Math.floor(Math.log10(n) / 3), names.length - 1);

      return `${number.format(n / 1_000 ** step)} ${names[step]}`;
    },

    duration: (seconds) => {
      if (seconds < 90) {
        return unit(Math.max(Math.round(seconds), 1), 'second');
      }

      return seconds < 90 * 60 ? unit(seconds / 60, 'minute') : unit(seconds / 3600, 'hour');
    },

    dateTime: (iso) => {
      const date = new Date(iso);

      return Number.isNaN(date.getTime()) ? '' : dateTime.format(date);
    },

    day: (date) => {
      const parsed = new Date(`${date}T00:00:00Z`);

      return Number.isNaN(parsed.getTime()) ? date : day.format(parsed);
    },

    ago: (iso, now) => {
      const seconds = (new Date(iso).getTime() - now) / 1_000;

      if (Number.isNaN(seconds)) {
        return '';
      }

      for (const [name, length] of [
        ['day', 86_400],
        ['hour', 3_600],
        ['minute', 60],
      ] as const) {
        if (-seconds >= length) {
          return relative.format(Math.ceil(seconds / length), name);
        }
      }

      return relative.format(0, 'second');
    },
  };
}
