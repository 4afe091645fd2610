import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { RowError } from '../src/api/types';
import { i18n, I18nProvider, type Locale } from '../src/i18n/i18n';
import { RowErrors } from '../src/job/RowErrors';
import { findingLang, findingText } from '../src/ui/ProblemText';

const hi = i18n('hi');
const en = i18n('en');
const two = 'the name is empty; the category is empty';

test('a row with several errors is told all of them, in the language of the page', () => {
  expect(findingText(hi, 'name_missing;category_missing', two)).toBe('उत्पाद का नाम नहीं है। श्रेणी नहीं है।');
  expect(findingLang(hi, 'name_missing;category_missing')).toBeUndefined();

  // The server is more exact than the page.
  expect(findingText(en, 'name_missing;category_missing', two)).toBe(two);
  expect(findingLang(en, 'name_missing;category_missing')).toBeUndefined();

  // A fault of the whole file has the words that a request is answered with.
  expect(findingText(hi, 'file_empty', 'the file is empty')).toBe('फ़ाइल खाली है।');
  expect(findingLang(hi, 'file_empty')).toBeUndefined();

  // One code of several columns is one sentence, which names none.
  expect(findingText(hi, 'number_invalid;number_invalid', 'a; b')).toBe('यह संख्या नहीं है।');
});

test('a code that the page does not know is told as the server tells it', () => {
  for (const code of ['newer', 'name_missing;newer', 'name_missing;', ';', '', 'name_missing.short;newer']) {
    expect(findingText(hi, code, two), code).toBe(two);
    expect(findingLang(hi, code), code).toBe('en');
  }

  expect(findingLang(en, 'newer')).toBeUndefined();
});

const rows: RowError[] = [
  { row_number: 2, barcode: '', name: '', error_code: 'name_missing;category_missing', error_message: two },
  { row_number: 3, barcode: '', name: 'Rice', error_code: 'newer;name_missing', error_message: 'a new error; the name is empty' },
];

function show(locale: Locale) {
  render(
    <I18nProvider locale={locale}>
      <RowErrors errors={rows} total={2} codes={[]} />
    </I18nProvider>,
  );
}

test('what stays in English is marked as that', () => {
  show('hi');
  expect(screen.getByText('उत्पाद का नाम नहीं है। श्रेणी नहीं है।').hasAttribute('lang')).toBe(false);
  expect(screen.getByText('a new error; the name is empty').getAttribute('lang')).toBe('en');
});

test('the page in English marks nothing', () => {
  show('en');
  expect(screen.getByText(two).hasAttribute('lang')).toBe(false);
  expect(screen.getByText('a new error; the name is empty').hasAttribute('lang')).toBe(false);
});
