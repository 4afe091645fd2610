import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { App } from '../src/app/App';
import { base, FakeServer, InstantRequest, jobOf, uploadOf, validationOf } from './server';

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, '', '/');
  // jsdom has none.
  vi.stubGlobal('scrollTo', () => undefined);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const analytics = '/api/v1/admin/import/analytics';

/** Returns a token of a user; nobody here checks its signature. */
function tokenOf(claims: Record<string, unknown>): string {
  return `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.c2ln`;
}

const admin = tokenOf({ user_id: 'asha', role: 'admin' });
const open = (jobs: readonly unknown[]) => new FakeServer({ [`GET ${base}`]: { body: { jobs, next_cursor: null } }, [`GET ${analytics}`]: { status: 404, body: {} } });

test('what has ended does not go on now', async () => {
  open([jobOf({ job_id: 'a', filename: 'going.csv', status: 'processing', completed_at: null }), jobOf({ job_id: 'b', filename: 'gone.csv' })]);
  render(<App initialToken={admin} />);

  const going = await screen.findByRole('region', { name: 'Going on now' });
  within(going).getByRole('link', { name: 'going.csv' });
  expect(within(going).queryByRole('link', { name: 'gone.csv' })).toBeNull();
  within(screen.getByRole('region', { name: 'Recent imports' })).getByRole('link', { name: 'gone.csv' });
});

describe('a file that was begun with and not imported', () => {
  const created = () => new Date(Date.now() - 60_000).toISOString();
  const left = (job_id = 'left-1') =>
    jobOf({ job_id, filename: 'november.csv', status: 'pending_upload', timestamps: { created_at: created(), started_at: null, estimated_completion: null, completed_at: null } });

  test('is told of, and can be opened or discarded', async () => {
    let jobs = [left()];
    const server = open([]);
    server.on(`GET ${base}`, () => ({ body: { jobs, next_cursor: null } }));
    server.on(`DELETE ${base}/left-1`, () => {
      jobs = [];

      return {};
    });
    render(<App initialToken={admin} />);

    const notice = await screen.findByRole('group', { name: 'november.csv was begun and not imported' });
    expect(within(notice).getByRole('link', { name: 'Open november.csv' }).getAttribute('href')).toBe('#/imports/left-1');

    const discard = within(notice).getByRole('button', { name: 'Discard this file' });
    discard.focus();
    fireEvent.click(discard);
    expect(server.asked(`DELETE ${base}/left-1`)).toHaveLength(0);
    fireEvent.click(within(notice).getByRole('button', { name: 'Discard this file' }));
    await waitFor(() => expect(screen.queryByText('november.csv was begun and not imported')).toBeNull());
    expect(server.asked(`DELETE ${base}/left-1`)).toHaveLength(1);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('main')));
  });

  test('says so where it cannot be discarded, and goes where somebody else has started it', async () => {
    const server = open([left()]);
    server.on(`DELETE ${base}/left-1`, { status: 503, body: { code: 'unavailable', error: 'The server is busy.' } });
    render(<App initialToken={admin} />);
    const discard = async () => {
      fireEvent.click(await screen.findByRole('button', { name: 'Discard this file' }));
      fireEvent.click(screen.getByRole('button', { name: 'Discard this file' }));
    };

    await discard();
    await screen.findByText('The server is busy.');
    server.on(`DELETE ${base}/left-1`, { status: 409, body: { code: 'job_ended', error: 'It has ended.' } });
    server.on(`GET ${base}`, { body: { jobs: [], next_cursor: null } });
    await discard();
    await waitFor(() => expect(screen.queryByText(/was begun/)).toBeNull());
  });

  test('is not told of while this page has it in its dialog', async () => {
    vi.stubGlobal('XMLHttpRequest', InstantRequest);
    const server = open([left('here-1'), left('left-2')]);
    server.on(`GET ${base}/upload-url`, uploadOf('here-1'));
    server.on(`POST ${base}/validate`, { body: validationOf() });
    server.on(`DELETE ${base}/here-1`, {});
    render(<App initialToken={admin} />);
    fireEvent.change(await screen.findByLabelText('Choose files', { selector: 'input' }), { target: { files: [new File(['name\n'], 'november.csv')] } });
    await screen.findByRole('button', { name: 'Import 25 rows' });

    fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0]!);
    fireEvent.click(screen.getByRole('button', { name: 'Discard them and close' }));
    await waitFor(() => expect(server.asked(`GET ${base}`).length).toBeGreaterThan(1));
    expect(screen.getAllByText('november.csv was begun and not imported')).toHaveLength(1);
    expect(screen.getByRole('link', { name: 'Open november.csv' }).getAttribute('href')).toBe('#/imports/left-2');
  });
});

test('a file that was refused is not listed as one that somebody cancelled', async () => {
  const none = { total_rows: 0, processed_rows: 0, successful: 0, duplicates: 0, errors: 0, percentage: 0 };
  const never = { created_at: '2026-11-24T10:00:00Z', started_at: null, estimated_completion: null, completed_at: null };
  open([
    jobOf({ job_id: 'a', filename: 'photo.csv', status: 'cancelled', timestamps: never, progress: none }),
    jobOf({ job_id: 'b', filename: 'long.csv', status: 'cancelled' }),
  ]);
  location.hash = '#/imports';
  render(<App initialToken={admin} />);

  const row = async (name: string) => (await screen.findByRole('link', { name })).closest('tr')!;
  expect([...(await row('photo.csv')).cells].map((cell) => cell.textContent).slice(1)).toEqual(['Not imported', '', '–', '58']);
  within(await row('long.csv')).getByText('Cancelled');
});

test('rows of several files that were started together are told of together', async () => {
  open([
    jobOf({ job_id: 'a', batch_id: 'b', status: 'completed', progress: { ...jobOf().progress, errors: 0 } }),
    jobOf({ job_id: 'b', batch_id: 'b' }),
    jobOf({ job_id: 'c', batch_id: 'b', progress: { ...jobOf().progress, errors: 1 } }),
  ]);
  render(<App initialToken={admin} />);

  const title = await screen.findByText('8 rows of 2 files were not imported and can be fixed');
  expect(within(title.closest<HTMLElement>('.bi-notice')!).getByRole('link').getAttribute('href')).toBe('#/imports?status=completed_with_errors');
});

test('statistics count imports, and plot them by the day', async () => {
  const day = (date: string, jobs: number, started: number, processed: number) => ({ date, jobs, started, processed, successful: processed, duplicates: 0, errors: 0 });
  const server = open([]);
  server.on(`GET ${analytics}`, {
    body: {
      from: '2026-11-23',
      to: '2026-11-24',
      truncated: false,
      jobs: { total: 30, started: 4, by_status: { completed: 3, cancelled: 25, pending_upload: 2 } },
      rows: { processed: 90, successful: 90, duplicates: 0, errors: 0 },
      days: [day('2026-11-23', 10, 3, 10), day('2026-11-24', 20, 1, 80)],
      error_codes: [],
      duplicates_by_tier: {},
      quality: { count: 0, sum: 0, mean: 0, bands: {} },
      images: { processed: 0, failed: 0, reused: 0 },
      rows_per_second: 1,
    },
  });
  location.hash = '#/statistics';
  render(<App initialToken={admin} />);

  const figure = (await screen.findByText('Imports', { selector: 'dt' })).nextElementSibling;
  expect(figure?.textContent).toBe('4');
  expect(screen.getByRole('list', { name: 'Imports by status' }).textContent).toBe('Done3Cancelled1');

  screen.getByRole('img', { name: 'Rows per day. Most on 24 Nov: 80 rows.' });
  fireEvent.click(screen.getByRole('button', { name: 'Imports' }));
  screen.getByRole('heading', { name: 'Imports per day' });
  screen.getByRole('img', { name: 'Imports per day. Most on 23 Nov: 3 imports.' });
});

test('the owner of a store reads of stock, not of products', async () => {
  const store = '/api/v1/stores/s-1/inventory/import';
  const progress = { ...jobOf().progress, duplicates: 0 };
  const stock = { job_id: 'a', filename: 'stock.csv', progress, inventory: { created: 2, matched: 23, updated: 20 } };
  const now = new Date().toISOString();
  const timestamps = { created_at: now, started_at: now, estimated_completion: null, completed_at: now };
  new FakeServer({ [`GET ${store}`]: { body: { jobs: [jobOf({ ...stock, timestamps })], next_cursor: null } } });
  const { container } = render(<App initialToken={tokenOf({ user_id: 'meena', role: 'store_owner', store_id: 's-1' })} />);

  const row = (await screen.findByRole('link', { name: 'stock.csv' })).closest('tr')!;
  expect(row.cells[2]!.textContent).toBe('25 recorded, 2 of them new products, 7 to fix');

  const card = screen.getByRole('complementary', { name: 'Stock recorded' });
  await within(card).findByText('In the last 30 days');
  expect([...card.querySelectorAll('dd')].map((e) => e.textContent)).toEqual(['23', '2', '20']);
  expect(container.textContent).not.toMatch(/quality|duplicates/i);
});

test('the list is where it was after an import was looked at', async () => {
  const server = open([]);
  server.on(`GET ${base}`, ({ query }) => ({
    body:
      query.get('cursor') === 'c1'
        ? { jobs: [jobOf({ filename: 'old.csv' })], next_cursor: null }
        : { jobs: [jobOf({ job_id: 'job-2', filename: 'new.csv' })], next_cursor: 'c1' },
  }));
  server.on(`GET ${base}/job-1/status`, { body: jobOf({ filename: 'old.csv' }) });
  location.hash = '#/imports';
  render(<App initialToken={admin} />);

  fireEvent.change(await screen.findByLabelText('Status'), { target: { value: 'completed_with_errors' } });
  fireEvent.click(await screen.findByRole('button', { name: 'Older' }));
  fireEvent.click(await screen.findByRole('link', { name: 'old.csv' }));
  await screen.findByRole('heading', { name: 'old.csv' });
  await screen.findByText('25 products imported');

  const back = screen.getByRole('article').querySelector('.bi-back')!;
  expect(back.getAttribute('href')).toBe('#/imports?status=completed_with_errors&after=c1');
  history.back();
  await screen.findByText('Page 2');
  expect(screen.getByLabelText<HTMLSelectElement>('Status').value).toBe('completed_with_errors');
  await screen.findByRole('link', { name: 'old.csv' });
});

test('a link that was cut off says so, and leaves the field', () => {
  open([]);
  render(<App initialToken="" brokenLink />);

  within(screen.getAllByRole('alert')[0]!).getByText('This link cannot be used');
  screen.getByLabelText('Link or token');
});

test('a link that was cut off ends no session', async () => {
  open([]);
  render(<App initialToken={admin} />);
  await screen.findByText('No imports yet');

  act(() => {
    location.hash = '#token=broken';
  });
  const dialog = await screen.findByRole('dialog', { name: 'This link cannot be used' });
  within(dialog).getByLabelText('Link or token');
  expect(location.hash).toBe('');
  fireEvent.click(within(dialog).getByRole('button', { name: 'Go on as before' }));
  expect(screen.queryByRole('dialog')).toBeNull();
});

test.each([
  ['has expired', Date.parse('2026-11-24T06:30:00Z') / 1000, true],
  ['was refused for something else', 4e9, false],
])('a session whose token %s', async (_, exp, told) => {
  new FakeServer({ [`GET ${base}`]: { status: 401, body: { code: 'token_expired' } }, [`GET ${analytics}`]: { status: 401, body: {} } });
  render(<App initialToken={tokenOf({ user_id: 'asha', role: 'admin', exp })} />);

  const dialog = await screen.findByRole('dialog', { name: 'Your session has ended' });
  expect(within(dialog).queryByText(/It ended on .*24 Nov 2026/) !== null).toBe(told);
});
