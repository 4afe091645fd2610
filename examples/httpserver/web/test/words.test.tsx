import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Days } from '../src/charts/Days';
import { i18n, I18nProvider } from '../src/i18n/i18n';
import { auditText } from '../src/job/auditText';
import { OutcomeBar } from '../src/job/OutcomeBar';
import { Reports } from '../src/job/Reports';
import type { Kind } from '../src/kind';
import { outcomeText } from '../src/ui/outcomeText';
import { jobOf } from './server';

const en = i18n('en');
const hi = i18n('hi');
const outcomes = (successful: number, duplicates: number, errors: number) => ({ successful, duplicates, errors });

test('outcomes are told with the forms of their numbers, and without what there is none of', () => {
  expect(outcomeText(en, 'products', outcomes(1, 1, 7))).toBe('1 new, 1 duplicate, 7 to fix');
  expect(outcomeText(en, 'products', outcomes(0, 2, 0))).toBe('0 new, 2 duplicates');
  expect(outcomeText(en, 'inventory', outcomes(1_234, 0, 1))).toBe('1,234 recorded, 1 to fix');
  expect(outcomeText(hi, 'products', outcomes(1, 0, 2))).toBe('1 नए, 2 ठीक करनी हैं');
});

test('the history of an import is told in the language of the page', () => {
  const entry = (action: string, detail: string) => ({ at: '2026-11-24T10:00:00Z', by: '', action, detail });
  const told = (action: string, detail: string, texts = hi) => auditText(texts, 'products', entry(action, detail));
  const ended = 'completed_with_errors: 3 rows, 1 successful, 1 duplicates, 1 errors';

  expect(told('ended', ended, en)).toEqual({ text: 'Rows to fix: 1 new, 1 duplicate, 1 to fix', raw: false });
  expect(told('ended', ended)).toEqual({ text: 'सुधार बाकी: 1 नए, 1 दोहराव, 1 ठीक करनी है', raw: false });
  expect(told('ended', 'failed: 0 rows, 0 successful, 0 duplicates, 0 errors; file_gone').text).toBe('असफल: 0 नए; फ़ाइल अब नहीं है।');
  expect(told('retried', 'failed, after 12 rows', en).text).toBe('Failed before, after 12 rows');
  expect(told('retried', 'failed, after 12 rows').text).toBe('पहले 12 पंक्तियों के बाद: असफल');
  expect(told('refused', 'file_empty').text).toBe('फ़ाइल खाली है।');

  // What the page does not know is left out in Hindi, and told as it is in English.
  for (const detail of ['paused: 3 rows, 1 successful, 1 duplicates, 1 errors', 'it ended']) {
    expect(told('ended', detail)).toEqual({ text: '', raw: false });
    expect(told('ended', detail, en)).toEqual({ text: detail, raw: false });
  }

  expect(told('upload_created', 'completed: 3 rows.csv')).toEqual({ text: 'completed: 3 rows.csv', raw: true });
});

test('of stock no duplicates are shown where there are none', () => {
  const terms = (kind: Kind, duplicates: number) => {
    const { container, unmount } = render(<OutcomeBar outcomes={outcomes(3, duplicates, 0)} tiers={{}} kind={kind} whole={3} />);
    const names = [...container.querySelectorAll('dt')].map((name) => name.textContent);
    unmount();

    return names;
  };

  expect(terms('inventory', 0)).toEqual(['Items recorded', 'Rows to fix']);
  expect(terms('inventory', 2)).toEqual(['Items recorded', 'Duplicates', 'Rows to fix']);
  expect(terms('products', 0)).toEqual(['New products', 'Duplicates', 'Rows to fix']);
});

test('nor are they by the day', () => {
  const day = { date: '2026-11-24', jobs: 1, started: 1, processed: 4, successful: 3, duplicates: 0, errors: 1 };
  const { rerender } = render(
    <I18nProvider locale="en">
      <Days days={[day]} unit="rows" kind="inventory" />
    </I18nProvider>,
  );
  expect(screen.queryByText('Duplicates')).toBeNull();
  screen.getByText('24 Nov: 3 recorded, 1 to fix', { selector: 'title' });
  expect(screen.getAllByRole('columnheader', { hidden: true }).map((head) => head.textContent)).toEqual(['Day', 'Imports', 'Successful', 'Rows to fix']);

  rerender(
    <I18nProvider locale="en">
      <Days days={[{ ...day, duplicates: 1 }]} unit="rows" kind="inventory" />
    </I18nProvider>,
  );
  expect(screen.getAllByText('Duplicates')).toHaveLength(2);
});

test('the only report is a button like others, and one of two is the quieter', () => {
  const look = (errors: string | null) => {
    const { unmount } = render(<Reports job={jobOf({ error_report_url: errors })} refreshed={() => Promise.reject(new Error('unused'))} />);
    const { className } = screen.getByRole('button', { name: /results\.csv/ });
    unmount();

    return className;
  };

  expect(look(null)).toBe('bi-button');
  expect(look('/files/errors.csv')).toBe('bi-button bi-quiet');
});
