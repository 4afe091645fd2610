import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Problem } from '../src/api/problem';
import { i18n } from '../src/i18n/i18n';
import { messages, type Message, type Text } from '../src/i18n/messages';
import { columnName } from '../src/ui/columnName';
import { findingText, problemText } from '../src/ui/ProblemText';

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

describe('the codes of the server', () => {
  // What the page asks for in a way that the server does not refuse so, and what it never
  // asks for.
  const unseen = new Set([
    ...['method_not_allowed', 'unsupported_media_type', 'request_invalid', 'body_unreadable', 'body_too_large', 'json_invalid', 'unknown_field', 'field_invalid'],
    ...['limit_invalid', 'status_invalid', 'days_invalid', 'rows_invalid', 'size_invalid', 'job_type_unknown', 'store_unexpected'],
    ...['idempotency_key_invalid', 'idempotency_conflict', 'job_id_missing', 'job_ids_invalid', 'batch_not_found', 'validation_unknown'],
    ...['upload_in_one', 'parts_invalid', 'invalid_signature', 'invalid_key', 'image_not_found'],
    ...['products_invalid', 'product_invalid', 'source_invalid'],
  ]);
  const texts = i18n('hi');

  test.each(['FileCode', 'ErrorCode', 'FailureCode', 'FindingCode'])('of %s have words', (schema) => {
    const codes = codesOf(schema);
    expect(codes.length).toBeGreaterThan(1);

    const silent = codes.filter(({ code }) => !unseen.has(code) && findingText(texts, code, '') === '');
    expect(silent.map(({ code }) => code)).toEqual([]);
  });

  test('are still those of the server where they are left out', () => {
    const all = new Set(codesOf('ErrorCode').map(({ code }) => code));
    expect([...unseen].filter((code) => !all.has(code) || findingText(texts, code, '') !== '')).toEqual([]);
  });

  test('have a short name where they are counted', () => {
    const errors = codesOf('FindingCode').filter(({ description }) => description.startsWith('Error.'));
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.map(({ code }) => code).filter((code) => texts.find(`code.${code}.short`) === null)).toEqual([]);
  });
});

test('a fault of the file is told in Hindi, by an answer and by a failed import', () => {
  const hi = i18n('hi');
  const said = 'The gzip file is cut off.';

  expect(findingText(hi, 'file_compressed', said)).toMatch(/^संपीड़ित/);
  expect(problemText(hi, new Problem(422, 'file_compressed', said))).toMatch(/^संपीड़ित/);
  expect(problemText(hi, new Problem(409, 'file_gone', said))).toBe('फ़ाइल अब नहीं है।');
  expect(findingText(i18n('en'), 'file_compressed', said)).toBe(said);
});

test('columns of nutrition are told in the language of the page', () => {
  expect(columnName(i18n('hi'), 'nutrition_energy_kcal')).toBe('पोषण: ऊर्जा (किलो कैलोरी)');
  expect(columnName(i18n('hi'), 'nutrition_saturated_fat')).toBe('पोषण: संतृप्त वसा');
  expect(columnName(i18n('en'), 'nutrition_protein_g')).toBe('Nutrition: protein (g)');
  expect(columnName(i18n('en'), 'nutrition_omega_3')).toBe('Nutrition: omega 3');
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

/** Returns the codes of a schema of the API with what they mean, as its description lists them. */
function codesOf(schema: string): { code: string; description: string }[] {
  const api = readFileSync(join(import.meta.dirname, '../../../internal/openapi/openapi.yaml'), 'utf8');
  const [, body = ''] = new RegExp(`^    ${schema}:\\n((?: {6}.*\\n)+)`, 'm').exec(api) ?? [];

  return [...body.matchAll(/const: (\w+), description: "([^"]*)"/g)].map(([, code, description]) => ({ code: code!, description: description! }));
}
