import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AdminGlobalImportDialog } from '../src';
import { mayBeAddress } from '../src/dialog/wrongOption';
import { base, FakeServer, InstantRequest, jobOf, uploadOf, validationOf } from './server';

beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', InstantRequest);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const csv = (name = 'products.csv') => new File(['name,category\nSoap,Home\n'], name);

function serverOf(more: ConstructorParameters<typeof FakeServer>[0] = {}): FakeServer {
  return new FakeServer({
    [`GET ${base}/upload-url`]: uploadOf('job-1'),
    [`POST ${base}/validate`]: { body: validationOf() },
    [`POST ${base}/process`]: { status: 202 },
    [`GET ${base}/job-1/status`]: { body: jobOf() },
    [`DELETE ${base}/job-1`]: {},
    ...more,
  });
}

const escape = () => fireEvent(screen.getByRole('dialog'), new Event('cancel', { cancelable: true }));
const props = () => ({ getToken: () => 'a.b.c', onClose: vi.fn(), onCompleted: vi.fn() });

test('from a file to its result', async () => {
  serverOf();
  const given = props();
  render(<AdminGlobalImportDialog {...given} />);

  const dialog = screen.getByRole('dialog', { name: 'Import products' });
  expect(document.activeElement).toBe(within(dialog).getByRole('heading', { name: 'Import products' }));
  fireEvent.change(within(dialog).getByLabelText('Choose files', { selector: 'input' }), { target: { files: [csv()] } });

  const start = await within(dialog).findByRole('button', { name: 'Import 25 rows' });
  within(dialog).getByText('7 of 40 rows need fixing');
  within(dialog).getByText('All 40 rows were checked. Nothing is imported yet.');
  within(dialog).getByText('Product name');
  within(dialog).getByText('Unknown, not imported');
  within(dialog).getByText('4 by barcode, 4 by brand and name');

  fireEvent.click(start);
  await within(dialog).findByText('25 products imported');
  expect(given.onCompleted).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ job_id: 'job-1' }));
  within(dialog).getByRole('button', { name: /errors\.csv/ });
  within(dialog).getByText('Rock Salt');

  fireEvent.click(within(dialog).getAllByRole('button', { name: 'Close' })[0]!);
  expect(given.onClose).toHaveBeenCalledOnce();
});

test('files that are dropped are taken, and too many are refused', async () => {
  serverOf();
  render(<AdminGlobalImportDialog {...props()} maxFiles={1} />);
  const zone = screen.getByText('Drop CSV files here').closest('.bi-drop')!;

  fireEvent.dragOver(zone);
  expect(zone.className).toContain('bi-drop-over');
  fireEvent.drop(zone, { dataTransfer: { files: [csv('a.csv'), csv('b.csv')] } });

  await screen.findByRole('region', { name: 'a.csv' });
  expect(screen.queryByRole('region', { name: 'b.csv' })).toBeNull();
  screen.getByText('Only 1 file at a time; the others were left out.');
});

test('other options offer another check, which is made with them', async () => {
  const server = serverOf();
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  await screen.findByRole('button', { name: 'Import 25 rows' });

  fireEvent.click(screen.getByText('Options'));
  fireEvent.click(screen.getByLabelText('Leave out duplicates'));
  fireEvent.click(screen.getByRole('button', { name: 'Check again with these options' }));
  await waitFor(() => expect(server.asked(`POST ${base}/validate`)).toHaveLength(2));
  expect(server.asked(`POST ${base}/validate`)[1]!.body).toMatchObject({ options: { skip_duplicates: false } });
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Check again with these options' })).toBeNull());
});

test('what was found with other options is marked, and not promised', async () => {
  serverOf();
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(screen.queryByText(/checked with other options/)).toBeNull();

  fireEvent.click(screen.getByText('Options'));
  fireEvent.click(screen.getByLabelText('Leave out duplicates'));
  expect(screen.queryByRole('button', { name: 'Import 25 rows' })).toBeNull();
  screen.getByRole('button', { name: 'Start import' });
  screen.getByText(/checked with other options/);

  // Back to those it was made with.
  fireEvent.click(screen.getByLabelText('Leave out duplicates'));
  screen.getByRole('button', { name: 'Import 25 rows' });
  expect(screen.queryByText(/checked with other options/)).toBeNull();
});

test('a wrong option is shown at its field, and the check is made once it is set right', async () => {
  const wrong = { status: 400, body: { code: 'options_invalid', error: 'Option notification_email must be an e-mail address.' } };
  const server = serverOf({
    [`POST ${base}/validate`]: ({ body }) =>
      (body['options'] as { notification_email: string }).notification_email === 'abc' ? wrong : { body: validationOf() },
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} initialOptions={{ notification_email: 'abc' }} />);

  await screen.findByText('One of the options is not valid');
  const field = screen.getByLabelText('Tell this address when it is done');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const described = field.getAttribute('aria-describedby')!.split(' ').map((id) => document.getElementById(id)!.textContent);
  expect(described).toEqual(['This is not an e-mail address. Correct it, or leave it empty.']);
  expect(screen.queryByText(/notification_email/)).toBeNull();
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('products.csv is not imported: an option is not valid.'));
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start import' }).disabled).toBe(true);
  expect(screen.queryByRole('button', { name: 'Check again with these options' })).toBeNull();

  fireEvent.click(screen.getByRole('button', { name: 'Correct it' }));
  expect(document.activeElement).toBe(field);
  expect(field.closest('details')!.open).toBe(true);

  fireEvent.change(field, { target: { value: 'asha@example.in' } });
  expect(field.getAttribute('aria-invalid')).toBe('false');
  expect(screen.queryByText('One of the options is not valid')).toBeNull();
  screen.getByText(/This file is not checked yet/);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start import' }).disabled).toBe(true);

  fireEvent.click(screen.getByRole('button', { name: 'Check again with these options' }));
  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(server.asked(`GET ${base}/upload-url`)).toHaveLength(1);
});

test('an address for the news changes nothing about a check, and is looked at when it is left', async () => {
  const server = serverOf();
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  await screen.findByRole('button', { name: 'Import 25 rows' });

  const field = screen.getByLabelText('Tell this address when it is done');
  const type = (value: string) => fireEvent.change(field, { target: { value } });
  const said = () => document.getElementById(field.getAttribute('aria-describedby')!)!.textContent;

  type('asha@');
  expect(field.getAttribute('aria-invalid')).toBe('false');
  fireEvent.blur(field);
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(said()).toBe('This is not an e-mail address. Correct it, or leave it empty.');
  expect(screen.queryByText(/^May stay empty/)).toBeNull();

  type('asha@example.in');
  expect(field.getAttribute('aria-invalid')).toBe('false');
  fireEvent.blur(field);
  expect(said()).toMatch(/^May stay empty/);

  expect(screen.queryByText(/checked with other options/)).toBeNull();
  expect(screen.queryByRole('button', { name: 'Check again with these options' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Import 25 rows' }));
  await screen.findByText('25 products imported');
  expect(server.asked(`POST ${base}/process`)[0]!.body).toMatchObject({ options: { notification_email: 'asha@example.in' } });
  expect(server.asked(`POST ${base}/validate`)).toHaveLength(1);
});

test.each([
  ['asha@example.in', true],
  ['asha.k+news@mail.example.co.in', true],
  ['आशा@उदाहरण.भारत', true],
  ['asha@localhost', true],
  ['asha', false],
  ['asha@', false],
  ['@example.in', false],
  ['asha@example.', false],
  ['asha@@example.in', false],
  ['asha@example.in, meena@example.in', false],
  ['Asha <asha@example.in>', false],
])('%s may be an address: %s', (text, may) => {
  expect(mayBeAddress(text)).toBe(may);
});

test('a file without rows is not started, and one that was is no success', async () => {
  const none = { successful: 0, duplicates: 0, errors: 0 };
  const server = serverOf({
    [`POST ${base}/validate`]: { body: validationOf({ rows_checked: 0, estimated_rows: 0, outcomes: none, errors: [], error_codes: [] }) },
    [`DELETE ${base}/job-1`]: {},
    [`DELETE ${base}/job-2`]: {},
  });
  const given = props();
  const { unmount } = render(<AdminGlobalImportDialog {...given} initialFiles={[csv()]} />);

  await screen.findByText('There is no row to import');
  expect(screen.getByText('There is no row to import').closest('.bi-verdict')!.className).toContain('bi-verdict-warn');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start import' }).disabled).toBe(true);

  // There is something to be done, and nothing to be lost.
  screen.getByRole('button', { name: 'Download the template' });
  server.on(`GET ${base}/upload-url`, uploadOf('job-2'));
  fireEvent.change(screen.getByLabelText('Choose the corrected file', { selector: 'input' }), { target: { files: [csv('corrected.csv')] } });
  await screen.findByRole('region', { name: 'corrected.csv' });
  expect(screen.queryByRole('region', { name: 'products.csv' })).toBeNull();
  await screen.findByText('There is no row to import');
  await waitFor(() => expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1));
  escape();
  expect(given.onClose).toHaveBeenCalledOnce();
  unmount();

  // A server without a dry run imports it nevertheless.
  server.on(`POST ${base}/validate`, { status: 404, body: { code: 'not_found', error: '' } });
  server.on(`GET ${base}/upload-url`, uploadOf('job-1'));
  server.on(`GET ${base}/job-1/status`, {
    body: jobOf({
      status: 'completed',
      progress: { total_rows: 0, processed_rows: 0, ...none, percentage: 100 },
      recent_errors: [],
      error_report_url: null,
    }),
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Start import' }));
  const verdict = await screen.findByText('There was no row to import');
  expect(verdict.closest('.bi-verdict')!.className).toContain('bi-verdict-warn');
  expect(screen.queryByText('0 products imported')).toBeNull();
});

test('a file with remarks is not told to be fine, and they are seen', async () => {
  const warnings = [{ code: 'identity_missing', column: '', message: 'importing it again adds it again', count: 2, rows: [2, 3] }];
  const outcomes = { successful: 2, duplicates: 0, errors: 0 };
  serverOf({ [`POST ${base}/validate`]: { body: validationOf({ outcomes, errors: [], error_codes: [], warnings }) } });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

  await screen.findByText('No row needs fixing');
  expect(screen.queryByText('Everything is fine')).toBeNull();
  expect(screen.getByText(/adds it again/).closest('details')!.open).toBe(true);
});

test('of several files each has its images counted', async () => {
  let jobs = 0;
  serverOf({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`GET ${base}/job-1/status`]: { body: jobOf({ images: { processed: 12, failed: 3, reused: 2 } }) },
    [`GET ${base}/job-2/status`]: { body: jobOf({ job_id: 'job-2' }) },
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv('a.csv'), csv('b.csv')]} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Import 2 files' }));

  const first = screen.getByRole('region', { name: 'a.csv' });
  await within(first).findByText('25 products imported');
  expect(within(first).getByText('Images stored').nextElementSibling!.textContent).toBe('122 of them shared');
  expect(within(first).getByText('Images that failed').nextElementSibling!.textContent).toBe('3');
  expect(within(first).queryByText('Started')).toBeNull();
});

test('of several files a line says how they stand, and leads to those that need a look', async () => {
  let jobs = 0;
  const server = serverOf({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`POST ${base}/validate`]: ({ body }) => {
      switch (body['job_id']) {
        case 'job-1':
          return { body: validationOf({ outcomes: { successful: 2, duplicates: 0, errors: 0 }, errors: [] }) };
        case 'job-2':
          return { body: validationOf() };
        default:
          return { status: 422, body: { code: 'file_not_csv', error: 'This is a PDF.' } };
      }
    },
    [`POST ${base}/process`]: { status: 202 },
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'completed', progress: { ...jobOf().progress, successful: 2, duplicates: 1, errors: 0 }, recent_errors: [] }) },
    [`GET ${base}/job-2/status`]: { body: jobOf({ job_id: 'job-2' }) },
    [`DELETE ${base}/job-3`]: {},
    [`DELETE ${base}/job-4`]: {},
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={['a.csv', 'b.csv', 'c.pdf', 'd.pdf'].map(csv)} />);
  await waitFor(() => expect(screen.getAllByRole('alert')).toHaveLength(2));

  const line = screen.getByRole('list', { name: '4 files' });
  const parts = () => within(line).getAllByRole('listitem').map((part) => part.textContent);
  expect(parts()).toEqual(['2 ready', '2 not usable', '1 with rows to fix']);
  expect(line.closest('.bi-dialog-body')).toBeNull();

  // Each press leads to the next, and round.
  for (const name of ['c.pdf', 'd.pdf', 'c.pdf']) {
    fireEvent.click(within(line).getByRole('button', { name: '2 not usable' }));
    expect(document.activeElement?.textContent).toBe(name);
  }

  fireEvent.click(screen.getByRole('button', { name: 'Import 2 files' }));
  await waitFor(() => expect(parts()).toEqual(['2 finished: 27 new, 9 duplicates, 7 to fix', '2 not usable', '1 with rows to fix']));
  expect(server.asked(`POST ${base}/process`)).toHaveLength(2);
  fireEvent.click(within(line).getByRole('button', { name: '1 with rows to fix' }));
  expect(document.activeElement?.textContent).toBe('b.csv');

  // No steps follow that "below" could mean.
  const card = screen.getByRole('region', { name: 'b.csv' });
  within(card).getByText('7 rows were not imported. Download them, correct them, and import that file.');
  expect(within(card).queryByText('Fix the rest in three steps')).toBeNull();
});

test('a file that is added to others is shown', async () => {
  const shown: (string | null)[] = [];
  vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function scroll(this: Element) {
    shown.push(this.getAttribute('aria-labelledby') === null ? null : this.querySelector('h3')!.textContent);
  });
  let jobs = 0;
  serverOf({ [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`) });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv('a.csv')]} />);
  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(screen.queryByRole('list', { name: '1 file' })).toBeNull();
  expect(shown).toEqual([]);

  fireEvent.change(screen.getByLabelText('Choose files', { selector: 'input' }), { target: { files: [csv('b.csv'), csv('c.csv')] } });
  await screen.findByRole('button', { name: 'Import 3 files' });
  expect(shown).toEqual(['b.csv']);
  vi.restoreAllMocks();
});

test('only some rows were checked: the rest can be', async () => {
  const server = serverOf({
    [`POST ${base}/validate`]: { body: validationOf({ complete: false, rows_checked: 1_000, estimated_rows: 27_555 }) },
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

  await screen.findByText(/The first 1,000 of about 27,555 rows were checked/);
  screen.getByRole('button', { name: 'Start import' });
  fireEvent.click(screen.getByRole('button', { name: 'Check all rows' }));
  await waitFor(() => expect(server.asked(`POST ${base}/validate`)[1]?.body).toMatchObject({ rows: 'all' }));
});

test('a file that cannot be imported says why, and another takes its place', async () => {
  const server = serverOf({ [`POST ${base}/validate`]: { status: 422, body: { code: 'file_not_csv', error: 'This is a PDF.' } } });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

  const alert = await screen.findByRole('alert');
  within(alert).getByText('This is a PDF.');
  within(alert).getByRole('button', { name: 'Choose the corrected file' });
  expect(within(alert).queryByRole('button', { name: 'Try again' })).toBeNull();

  server.on(`POST ${base}/validate`, { body: validationOf() });
  const input = within(alert).getByLabelText('Choose the corrected file', { selector: 'input' });
  fireEvent.change(input, { target: { files: [csv('corrected.csv')] } });
  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(screen.getAllByRole('region').map((region) => region.querySelector('h3')?.textContent)).toContain('corrected.csv');
  expect(screen.queryByRole('region', { name: 'products.csv' })).toBeNull();
});

test('what is not a fault of the file is tried again with it', async () => {
  serverOf({ [`POST ${base}/validate`]: { status: 403, body: { code: 'forbidden', error: 'Your role does not allow this.' } } });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

  const alert = await screen.findByRole('alert');
  within(alert).getByRole('button', { name: 'Try again' });
});

test('a running import that cannot be seen offers another look, and no second import', async () => {
  const server = serverOf({ [`GET ${base}/job-1/status`]: { status: 404, body: { code: 'job_not_found', error: 'There is no such import.' } } });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Import 25 rows' }));

  const alert = await screen.findByRole('alert');
  within(alert).getByText('The import was started, but the server does not say how it goes');
  within(alert).getByText(/There is no such import\. It may go on nevertheless/);
  expect(screen.queryByText('This file was not imported')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();

  server.on(`GET ${base}/job-1/status`, { body: jobOf() });
  fireEvent.click(within(alert).getByRole('button', { name: 'Look again' }));
  await screen.findByText('25 products imported');
  expect(server.asked(`POST ${base}/process`)).toHaveLength(1);
});

test('a cancel that does not get through is shown, and the focus stays with it', async () => {
  serverOf({
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'processing', completed_at: null }) },
    [`DELETE ${base}/job-1`]: { status: 500, body: { code: 'internal_error', error: 'The server could not do this.' } },
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Import 25 rows' }));
  fireEvent.click(await screen.findByRole('button', { name: 'Cancel the import' }));
  fireEvent.click(within(screen.getByRole('group', { name: /Cancel this import/ })).getByRole('button', { name: 'Cancel the import' }));

  await screen.findByText('The import is not cancelled');
  screen.getByText('The server could not do this.');
  screen.getByRole('button', { name: 'Try now' });
  expect(document.activeElement?.textContent).toBe('The import goes on until the server has heard of it.');
});

test('in Hindi the words of the page stand for those of the server', async () => {
  serverOf({ [`POST ${base}/validate`]: { status: 422, body: { code: 'file_not_csv', error: 'This is a PDF.' } } });
  render(<AdminGlobalImportDialog {...props()} locale="hi" initialFiles={[csv()]} />);

  screen.getByRole('dialog', { name: 'उत्पाद आयात करें' });
  await screen.findByText(/यह CSV फ़ाइल नहीं है/);
});

describe('a file whose columns do not do', () => {
  const column = (position: number, header: string, name: string, status: string) => ({ position, header, column: name, status, samples: ['x'] });
  const refuse = (code: string, error: string, more: object) => serverOf({ [`POST ${base}/validate`]: { status: 422, body: { code, error, ...more } } });

  test('shows them, and names what is missing', async () => {
    refuse('column_missing', 'The columns "name", "category" are missing.', {
      columns: [column(1, 'सामान', '', 'unknown'), column(2, 'EAN', 'barcode', 'recognised')],
      missing_columns: ['name', 'category'],
    });
    const { rerender } = render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

    await screen.findByText('The columns "name", "category" are missing.');
    expect(screen.getByText('सामान').closest('tr')?.textContent).toContain('Unknown, not imported');
    expect(screen.getByText('EAN').closest('tr')?.textContent).toContain('Barcode');
    expect(screen.getByRole('table').closest('details')?.open).toBe(true);
    screen.getByRole('button', { name: 'Download the template' });

    rerender(<AdminGlobalImportDialog {...props()} locale="hi" initialFiles={[csv()]} />);
    await screen.findByText(/ये कॉलम नहीं हैं: उत्पाद का नाम और श्रेणी/);
  });

  test('says which two mean the same', async () => {
    refuse('column_duplicate', 'The columns "Barcode" (number 1) and "EAN" (number 2) both mean "barcode"; keep one of them.', {
      columns: [column(1, 'Barcode', 'barcode', 'recognised'), column(2, 'EAN', 'barcode', 'repeated')],
    });
    const { rerender } = render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

    await screen.findByText('Barcode, for the second time');
    rerender(<AdminGlobalImportDialog {...props()} locale="hi" initialFiles={[csv()]} />);
    await screen.findByText(/कॉलम "Barcode" और "EAN" का अर्थ एक ही है: बारकोड/);
  });

  test('of stock may have a barcode in place of the name', async () => {
    const store = '/api/v1/stores/s-1/inventory/import';
    new FakeServer({
      [`GET ${store}/upload-url`]: uploadOf('job-1'),
      [`POST ${store}/validate`]: {
        status: 422,
        body: { code: 'column_missing', error: '…', columns: [column(1, 'qty', 'quantity', 'recognised')], missing_columns: ['name'] },
      },
    });
    render(<AdminGlobalImportDialog {...props()} apiBase={store} kind="inventory" locale="hi" initialFiles={[csv()]} />);
    await screen.findByText(/यह कॉलम नहीं है: उत्पाद का नाम या बारकोड/);
  });

  test('is told of by its sentence where the server shows no columns, or something else', async () => {
    refuse('column_missing', 'The column "name" is missing.', { columns: [{ position: 'x' }, null], missing_columns: 7 });
    render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

    await screen.findByText('The column "name" is missing.');
    expect(screen.queryByRole('table')).toBeNull();
  });
});

test('closing with a file that was not imported asks first, and then gives it up', async () => {
  const server = serverOf();
  const given = props();
  render(<AdminGlobalImportDialog {...given} initialFiles={[csv()]} />);
  const start = await screen.findByRole('button', { name: 'Import 25 rows' });
  start.focus();

  escape();
  screen.getByText('Not everything is imported yet');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Stay here' }));
  // Above what scrolls.
  expect(screen.getByText('Not everything is imported yet').closest('.bi-dialog-body')).toBeNull();

  // A second time it stays, and so does the focus.
  escape();
  expect(screen.queryByText('Not everything is imported yet')).toBeNull();
  expect(document.activeElement).toBe(start);
  fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0]!);
  screen.getByText('Not everything is imported yet');
  // A second click is half of a double one: the question stays, and has the focus.
  for (const button of screen.getAllByRole('button', { name: 'Close' })) {
    button.focus();
    fireEvent.click(button);
    screen.getByText('Not everything is imported yet');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Stay here' }));
  }

  expect(given.onClose).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Discard them and close' }));
  expect(given.onClose).toHaveBeenCalledOnce();
  await waitFor(() => expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1));
});

test('the browser asks before the page goes for as long as something would be lost', async () => {
  serverOf();
  render(<AdminGlobalImportDialog {...props()} />);
  const leaves = () => fireEvent(window, new Event('beforeunload', { cancelable: true }));
  expect(leaves()).toBe(true);

  fireEvent.change(screen.getByLabelText('Choose files', { selector: 'input' }), { target: { files: [csv()] } });
  expect(leaves()).toBe(false);
  fireEvent.click(await screen.findByRole('button', { name: 'Import 25 rows' }));
  await screen.findByText('25 products imported');
  expect(leaves()).toBe(true);

  // It waits for nobody but whoever would start it.
  fireEvent.click(screen.getByRole('button', { name: 'Remove products.csv' }));
  fireEvent.change(screen.getByLabelText('Choose files', { selector: 'input' }), { target: { files: [csv()] } });
  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(leaves()).toBe(false);
});

test('a browser that closes the dialog by force asks nevertheless', async () => {
  serverOf();
  const given = props();
  render(<AdminGlobalImportDialog {...given} initialFiles={[csv()]} />);
  await screen.findByRole('button', { name: 'Import 25 rows' });
  const dialog = screen.getByRole<HTMLDialogElement>('dialog');

  const force = () => {
    // In vain: it cannot be prevented.
    fireEvent(dialog, new Event('cancel'));
    dialog.close();
    fireEvent(dialog, new Event('close'));
  };

  force();
  expect(dialog.open).toBe(true);
  screen.getByRole('button', { name: 'Stay here' });
  force();
  expect(dialog.open).toBe(true);
  expect(screen.queryByRole('button', { name: 'Stay here' })).toBeNull();
  expect(given.onClose).not.toHaveBeenCalled();
});

test('the question goes with what it asks about', async () => {
  serverOf();
  const uploads: EventTarget[] = [];
  vi.stubGlobal(
    'XMLHttpRequest',
    class extends InstantRequest {
      override send() {
        uploads.push(this);
      }
    },
  );
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  await waitFor(() => expect(uploads).toHaveLength(1));

  escape();
  screen.getByText('A file is still being uploaded');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Keep uploading' }));

  act(() => void uploads[0]!.dispatchEvent(new Event('load')));
  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(screen.queryByText('A file is still being uploaded')).toBeNull();
  expect(screen.queryByText('Not everything is imported yet')).toBeNull();
  expect(document.activeElement?.tagName).not.toBe('BODY');
});

test('closing asks nothing once everything is imported', async () => {
  serverOf();
  const given = props();
  render(<AdminGlobalImportDialog {...given} initialFiles={[csv()]} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Import 25 rows' }));
  await screen.findByText('25 products imported');

  escape();
  expect(given.onClose).toHaveBeenCalledOnce();
});

test('the focus stays with a file whose buttons go, and goes on when the file does', async () => {
  serverOf({
    [`POST ${base}/validate`]: { body: validationOf({ complete: false, rows_checked: 1_000, estimated_rows: 27_555 }) },
  });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  const press = async (name: RegExp | string) => {
    const button = await screen.findByRole('button', { name });
    button.focus();
    fireEvent.click(button);
    await act(() => new Promise((done) => setTimeout(done, 50)));
  };
  const focused = () => document.activeElement?.textContent;

  await press('Check all rows');
  expect(focused()).toBe('products.csv');

  fireEvent.click(screen.getByText('Options'));
  fireEvent.click(screen.getByLabelText('Leave out duplicates'));
  await press('Check again with these options');
  expect(focused()).toBe('products.csv');

  await press('Start import');
  expect(focused()).toBe('products.csv');

  await press('Remove products.csv');
  expect(focused()).toBe('Choose files');
});

test('the rows in error that are shown at last have the focus', async () => {
  const errors = Array.from({ length: 8 }, (_, i) => ({ ...validationOf().errors[0]!, row_number: 21 + i }));
  serverOf({ [`POST ${base}/validate`]: { body: validationOf({ errors }) } });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);

  const more = await screen.findByRole('button', { name: 'Show all 8' });
  more.focus();
  fireEvent.click(more);
  await act(() => new Promise((done) => setTimeout(done, 50)));
  expect(document.activeElement?.textContent).toContain('Row 26');
});

test('a file that is taken out leaves the focus to the one that moves up', async () => {
  let jobs = 0;
  serverOf({ [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`) });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv('a.csv'), csv('b.csv')]} />);
  await screen.findByRole('button', { name: 'Import 2 files' });

  const remove = screen.getByRole('button', { name: 'Remove a.csv' });
  remove.focus();
  fireEvent.click(remove);
  await waitFor(() => expect(document.activeElement?.textContent).toBe('b.csv'));
});

test('the files that it begins with are no more than at any time', async () => {
  serverOf();
  render(<AdminGlobalImportDialog {...props()} maxFiles={1} initialFiles={[csv('a.csv'), csv('b.csv')]} />);

  await screen.findByRole('region', { name: 'a.csv' });
  expect(screen.queryByRole('region', { name: 'b.csv' })).toBeNull();
  screen.getByText('Only 1 file at a time; the others were left out.');
});

test('another kind begins anew, and its upload is given up', async () => {
  const store = '/api/v1/stores/s-1/inventory/import';
  const server = serverOf({ [`GET ${store}/upload-url`]: uploadOf('store_inventory_1') });
  const aborted = vi.fn();
  vi.stubGlobal(
    'XMLHttpRequest',
    class extends InstantRequest {
      override send() {}
      override abort() {
        aborted();
        this.dispatchEvent(new Event('abort'));
      }
    },
  );
  const given = props();
  const files = [csv()];
  const { rerender } = render(<AdminGlobalImportDialog {...given} initialFiles={files} />);
  await waitFor(() => expect(server.asked(`GET ${base}/upload-url`)).toHaveLength(1));
  await act(() => new Promise((done) => setTimeout(done, 20)));

  rerender(<AdminGlobalImportDialog {...given} apiBase={store} kind="inventory" initialFiles={files} />);
  screen.getByRole('dialog', { name: 'Import stock' });
  expect(screen.queryByRole('region', { name: 'products.csv' })).toBeNull();
  await waitFor(() => expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1));
  expect(aborted).toHaveBeenCalledOnce();
  expect(server.asked(`GET ${store}/upload-url`)).toHaveLength(0);

  // Its options are its own.
  vi.stubGlobal('XMLHttpRequest', InstantRequest);
  fireEvent.change(screen.getByLabelText('Choose files', { selector: 'input' }), { target: { files } });
  await waitFor(() => expect(server.asked(`POST ${store}/validate`)).toHaveLength(1));
  expect(server.asked(`POST ${store}/validate`)[0]!.body['options']).toEqual({ default_region: '', notification_email: '' });
});

test('a file that is dropped beside the place for it is taken, and text is left alone', async () => {
  serverOf();
  const { unmount } = render(<AdminGlobalImportDialog {...props()} />);
  const files = { files: [csv()], types: ['Files'] };

  expect(fireEvent.dragOver(document.body, { dataTransfer: { types: ['text/plain'], files: [] } })).toBe(true);
  expect(fireEvent.dragOver(document.body, { dataTransfer: { ...files } })).toBe(false);
  expect(fireEvent.drop(screen.getByRole('heading', { name: 'Import products' }), { dataTransfer: { ...files } })).toBe(false);
  await screen.findByRole('region', { name: 'products.csv' });

  // On its place it is taken once.
  fireEvent.drop(screen.getByText('Drop more files here, or').closest('.bi-drop')!, { dataTransfer: { ...files } });
  expect(await screen.findAllByRole('region', { name: 'products.csv' })).toHaveLength(2);

  unmount();
  expect(fireEvent.drop(document.body, { dataTransfer: { ...files } })).toBe(true);
});

test('the cancel event of the file input closes nothing', () => {
  serverOf();
  const given = props();
  render(<AdminGlobalImportDialog {...given} />);

  fireEvent(screen.getByLabelText('Choose files', { selector: 'input' }), new Event('cancel', { bubbles: true }));
  expect(given.onClose).not.toHaveBeenCalled();
});

test('strict mode loses no file, and gives the focus back', async () => {
  serverOf();
  const before = document.createElement('button');
  document.body.append(before);
  before.focus();
  const { unmount } = render(
    <StrictMode>
      <AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />
    </StrictMode>,
  );

  await screen.findByRole('button', { name: 'Import 25 rows' });
  expect(screen.getAllByRole('region', { name: 'products.csv' })).toHaveLength(1);
  unmount();
  expect(document.activeElement).toBe(before);
  before.remove();
});

test('screen readers are told each step once', async () => {
  serverOf({ [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'processing', completed_at: null }) } });
  render(<AdminGlobalImportDialog {...props()} initialFiles={[csv()]} />);
  await screen.findByRole('button', { name: 'Import 25 rows' });

  const said: string[] = [];
  const status = screen.getByRole('status');
  await waitFor(() => expect(status.textContent).toBe('products.csv is checked: 25 new, 8 duplicates, 7 to fix. Nothing is imported yet.'));
  const observer = new MutationObserver(() => said.push(status.textContent));
  observer.observe(status, { childList: true, characterData: true, subtree: true });

  fireEvent.click(screen.getByRole('button', { name: 'Import 25 rows' }));
  await screen.findByText(/Importing, /);
  await act(() => new Promise((done) => setTimeout(done, 100)));
  observer.disconnect();
  expect(said.length).toBeLessThanOrEqual(2);
  expect(status.textContent).toBe('products.csv: 100 % imported.');
});

test('the kind and the address are those of the store', async () => {
  const store = '/api/v1/stores/s-1/inventory/import';
  const server = new FakeServer({ [`GET ${store}/upload-url`]: uploadOf('store_inventory_1') });
  render(<AdminGlobalImportDialog {...props()} apiBase={store} kind="inventory" initialFiles={[csv()]} />);

  screen.getByRole('dialog', { name: 'Import stock' });
  await waitFor(() => expect(server.asked(`POST ${store}/validate`)).toHaveLength(1));
  expect(server.asked(`POST ${store}/validate`)[0]!.body['options']).toEqual({ default_region: '', notification_email: '' });
  expect(screen.queryByLabelText('Leave out duplicates')).toBeNull();
});
