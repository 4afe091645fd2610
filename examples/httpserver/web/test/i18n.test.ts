import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { i18n } from '../src/i18n/i18n';
import { messages, type Message, type Text } from '../src/i18n/messages';

const entries = Object.entries(messages) as [string, Message][];
const forms = (text: Text) => (typeof text === 'string' ? [text] : [text.one, text.other]);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the catalogue of texts', () => {
  test('has words for everything in both languages', () => {
    for (const [key, { en, hi }] of entries) {
      for (const text of [...forms(en), ...forms(hi)]) {
        expect(text.trim(), key).not.toBe('');
      }

      // A text without a letter of its script was forgotten, unless it has no words at all.
      for (const text of forms(hi)) {
        const written = /\p{Script=Devanagari}/u.test(text) || !/[A-Za-z]/.test(text.replace(/\{\w+\}/g, ''));
        expect(written, `${key}: ${text}`).toBe(true);
      }
    }
  });

  test('names the same values in both languages', () => {
    const other = (text: Text) => forms(text).at(-1)!;

    for (const [key, { en, hi }] of entries) {
      expect(placeholders(other(hi)), key).toEqual(placeholders(other(en)));
      expect(typeof hi, key).toBe(typeof en);
    }
  });

  test('every text is used', () => {
    const source = sources(join(import.meta.dirname, '../src')).join('\n');
    // Keys that are put together from a value, as `status.${name}` is.
    const families = [...source.matchAll(/`((?:[\w]+\.)+)\$\{/g)].map(([, prefix]) => prefix!);

    const unused = entries
      .map(([key]) => key)
      .filter((key) => !source.includes(`'${key}'`) && !source.includes(`"${key}"`) && !families.some((prefix) => key.startsWith(prefix)));

    expect(unused).toEqual([]);
  });
});

test('numbers choose the form and are written as in India', () => {
  const en = i18n('en');
  const hi = i18n('hi');

  expect(en.t('dialog.startRows', { count: 1 })).toBe('Import 1 row');
  expect(en.t('dialog.startRows', { count: 0 })).toBe('Import 0 rows');
  expect(en.t('dialog.startRows', { count: 1234567 })).toBe('Import 12,34,567 rows');
  expect(hi.t('dialog.startRows', { count: 1 })).toBe('1 पंक्ति आयात करें');
  expect(hi.t('dialog.startRows', { count: 123456 })).toBe('1,23,456 पंक्तियाँ आयात करें');
});

test('values are put in as they are, and nothing else is', () => {
  expect(i18n('en').t('say.stopped', { file: '{percent} $& <b>' })).toBe('{percent} $& <b> was not imported.');
  expect(i18n('en').find('toString')).toBeNull();
  expect(i18n('en').find('code.nothing_like_it')).toBeNull();
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('messages.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
