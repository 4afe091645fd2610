import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Problem } from '../src/api/problem';
import type { Column, RowError } from '../src/api/types';
import { FileFault } from '../src/dialog/FileFault';
import { i18n, I18nProvider, type Locale } from '../src/i18n/i18n';
import { RowErrors } from '../src/job/RowErrors';
import { Warnings } from '../src/job/Warnings';
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

  // One code of several columns is one sentence; that of the server names them.
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

test('in Hindi the sentence of the server says below which cell it is, and is marked as English', () => {
  show('hi');
  expect(screen.getByText(two).getAttribute('lang')).toBe('en');
  expect(screen.getByText(two).closest('li')!.textContent).toContain('उत्पाद का नाम नहीं है।');
  // It is there once where it stands for the words.
  expect(screen.getAllByText('a new error; the name is empty')).toHaveLength(1);
});

test('a warning of a column names it in Hindi; one of the file needs no more words', () => {
  const warning = (code: string, column: string, message: string) => ({ code, column, message, count: 1, rows: [2] });
  const warnings = [
    warning('control_characters', 'description', 'control characters were removed from the description'),
    warning('encoding_fallback', '', 'the file is not UTF-8'),
    warning('columns_unknown', '', 'unknown columns are not imported: "MRP"'),
    warning('newer', 'quantity', 'the quantity is odd'),
  ];
  const { rerender } = render(
    <I18nProvider locale="hi">
      <Warnings warnings={warnings} />
    </I18nProvider>,
  );

  const [first, second, third, fourth] = screen.getAllByRole('listitem', { hidden: true });
  expect(first!.textContent).toMatch(/^विवरण: न दिखने वाले नियंत्रण वर्ण हटाए गए।control characters were removed from the description/);
  expect(second!.querySelector('[lang=en]')).toBeNull();
  expect(third!.querySelector('[lang=en]')!.textContent).toBe('unknown columns are not imported: "MRP"');
  expect(fourth!.querySelector('[lang=en]')!.textContent).toBe('the quantity is odd');
  expect(fourth!.textContent).not.toContain('मात्रा');

  rerender(
    <I18nProvider locale="en">
      <Warnings warnings={warnings} />
    </I18nProvider>,
  );
  expect(screen.getAllByRole('listitem', { hidden: true })[0]!.textContent).toBe('control characters were removed from the descriptionrow 2');
});

test('a fault of the file says what the file is, and no more where there is nothing to say', () => {
  const fault = (problem: Problem) => {
    const { container, unmount } = render(
      <I18nProvider locale="hi">
        <FileFault problem={problem} kind="products" />
      </I18nProvider>,
    );
    const said = container.querySelector('[lang=en]')?.textContent ?? null;
    unmount();

    return said;
  };
  const columns: Column[] = [{ position: 1, header: 'EAN', column: 'barcode', status: 'recognised', samples: [] }];

  expect(fault(new Problem(422, 'file_not_csv', 'The file is a PNG picture, not CSV.'))).toBe('The file is a PNG picture, not CSV.');
  expect(fault(new Problem(422, 'file_empty', 'The file is empty.'))).toBeNull();
  expect(fault(new Problem(422, 'column_missing', 'The column "name" is missing.'))).toBe('The column "name" is missing.');
  // The words in Hindi name it.
  expect(fault(new Problem(422, 'column_missing', 'The column "name" is missing.', null, { columns, missing: ['name'] }))).toBeNull();
});

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
