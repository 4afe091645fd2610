import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JobStatus } from '../src/api/types';
import { App } from '../src/app/App';
import { mayResume, needsAnotherFile } from '../src/job/resume';
import { base, FakeServer, jobOf, validationOf } from './server';

const token = `e30.${btoa(JSON.stringify({ user_id: 'asha', role: 'admin' })).replaceAll('=', '')}.c2ln`;
const never = { created_at: '2026-11-24T10:00:00Z', started_at: null, estimated_completion: null, completed_at: null };
const nothing = { total_rows: 0, processed_rows: 0, successful: 0, duplicates: 0, errors: 0, percentage: 0 };
const pending = () => jobOf({ status: 'pending_upload', completed_at: null, timestamps: never, progress: nothing, recent_errors: [] });

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, '', '/#/imports/job-1');
  // jsdom has none.
  vi.stubGlobal('scrollTo', () => undefined);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Serves a job that changes by what is asked of it. */
function serverOf(job: JobStatus, more: ConstructorParameters<typeof FakeServer>[0] = {}) {
  let now = job;
  const server = new FakeServer({
    [`GET ${base}/job-1/status`]: () => ({ body: now }),
    [`POST ${base}/validate`]: { body: validationOf() },
    [`POST ${base}/process`]: () => {
      now = jobOf({ status: 'processing', completed_at: null, progress: { ...now.progress, processed_rows: 10, percentage: 25 } });

      return { status: 202 };
    },
    [`DELETE ${base}/job-1`]: () => {
      now = { ...now, status: 'cancelled' };

      return {};
    },
    ...more,
  });

  return { server, become: (next: JobStatus) => (now = next) };
}

describe('a file that was uploaded and not started', () => {
  test('is checked, and started with the options that are chosen', async () => {
    const { server } = serverOf(pending());
    render(<App initialToken={token} />);

    await screen.findByText('7 of 40 rows need fixing');
    expect(screen.queryByRole('button', { name: 'Cancel the import' })).toBeNull();
    screen.getByRole('button', { name: 'Import 25 rows' });

    fireEvent.click(screen.getByText('Options'));
    fireEvent.click(screen.getByLabelText('Leave out duplicates'));
    screen.getByRole('button', { name: 'Check again with these options' });
    const start = screen.getByRole('button', { name: 'Start import' });
    start.focus();
    fireEvent.click(start);

    await screen.findByText('Importing, 25 % done');
    expect(server.asked(`POST ${base}/process`)[0]!.body).toMatchObject({ job_id: 'job-1', options: { skip_duplicates: false, process_images: true } });
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'products.csv' }));
  });

  test('keeps the focus where it is checked once more', async () => {
    serverOf(pending(), { [`POST ${base}/validate`]: { body: validationOf({ complete: false, rows_checked: 1_000, estimated_rows: 27_555 }) } });
    render(<App initialToken={token} />);

    const all = await screen.findByRole('button', { name: 'Check all rows' });
    expect(document.activeElement).toBe(document.body);
    all.focus();
    fireEvent.click(all);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'products.csv' })));
  });

  test('is discarded once that was confirmed, and is no import that could go on', async () => {
    const { server } = serverOf(pending());
    render(<App initialToken={token} />);
    await screen.findByText('7 of 40 rows need fixing');

    fireEvent.click(screen.getByRole('button', { name: 'Discard this file' }));
    const keep = screen.getByRole('button', { name: 'Keep it' });
    expect(document.activeElement).toBe(keep);
    fireEvent.click(keep);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Discard this file' }));
    expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(0);

    fireEvent.click(screen.getByRole('button', { name: 'Discard this file' }));
    fireEvent.click(within(screen.getByRole('group', { name: /Discard this file\?/ })).getByRole('button', { name: 'Discard this file' }));
    await screen.findByText('It was discarded before its import began.');
    expect(screen.queryByText(/imported before/)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Go on where it stopped' })).toBeNull();
    screen.getByText('Drop more files here, or');
  });

  test('asks for the file where it has not arrived', async () => {
    serverOf(pending(), { [`POST ${base}/validate`]: { status: 409, body: { code: 'file_missing', error: 'Nothing was uploaded.' } } });
    render(<App initialToken={token} />);

    await screen.findByText('The file has not arrived at the server');
    screen.getByText('Drop CSV files here');
    screen.getByRole('button', { name: 'Try again' });
    expect(screen.queryByRole('button', { name: 'Start import' })).toBeNull();
    screen.getByRole('button', { name: 'Discard this file' });
  });

  test('says what is wrong with it, and shows its columns', async () => {
    serverOf(pending(), {
      [`POST ${base}/validate`]: {
        status: 422,
        body: {
          code: 'column_missing',
          error: 'The column "name" is missing.',
          columns: [{ position: 1, header: 'Maal', column: '', status: 'unknown', samples: [] }],
          missing_columns: ['name'],
        },
      },
    });
    render(<App initialToken={token} />);

    await screen.findByText('This file cannot be imported as it is');
    screen.getByText('The column "name" is missing.');
    screen.getByText('Maal');
    screen.getByText('Drop the corrected file here, or');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  test('shows how it goes where it was started elsewhere', async () => {
    const { become } = serverOf(pending(), {
      [`POST ${base}/validate`]: () => {
        become(jobOf());

        return { status: 409, body: { code: 'job_started', error: 'It was started.' } };
      },
    });
    render(<App initialToken={token} />);

    await screen.findByText('25 products imported');
  });

  test('has a wrong option shown at its field', async () => {
    serverOf(pending(), { [`POST ${base}/process`]: { status: 400, body: { code: 'options_invalid', error: 'Option notification_email is no address.' } } });
    render(<App initialToken={token} />);
    await screen.findByText('7 of 40 rows need fixing');

    fireEvent.change(screen.getByLabelText(/Tell this address/), { target: { value: 'x' } });
    // The check is as good with any address.
    fireEvent.click(screen.getByRole('button', { name: 'Import 25 rows' }));
    await waitFor(() => expect(screen.getByLabelText(/Tell this address/).getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByRole('button', { name: 'Import 25 rows' })).toHaveProperty('disabled', true);
  });

  test('is looked at as rarely as a page that nobody sees', async () => {
    vi.useFakeTimers();
    const { server } = serverOf(pending());
    render(<App initialToken={token} />);

    await act(() => vi.advanceTimersByTimeAsync(14_000));
    expect(server.asked(`GET ${base}/job-1/status`)).toHaveLength(1);
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(server.asked(`GET ${base}/job-1/status`)).toHaveLength(2);
  });

  test('is not checked again by each look', async () => {
    vi.useFakeTimers();
    const { server } = serverOf(pending());
    render(<App initialToken={token} />);

    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(server.asked(`POST ${base}/validate`)).toHaveLength(1);
  });
});

test('screen readers are told how an import goes and that it has ended', async () => {
  vi.useFakeTimers();
  const { become } = serverOf(jobOf({ status: 'processing', completed_at: null, progress: { ...jobOf().progress, percentage: 30 } }));
  render(<App initialToken={token} />);

  await act(() => vi.advanceTimersByTimeAsync(0));
  const status = screen.getByRole('status');
  expect(status.textContent).toBe('products.csv: 25 % imported.');

  become(jobOf());
  await act(() => vi.advanceTimersByTimeAsync(2_100));
  expect(status.isConnected).toBe(true);
  expect(status.textContent).toBe('products.csv: Rows to fix.');
});

test('of an import that had ended before nothing is told', async () => {
  serverOf(jobOf());
  render(<App initialToken={token} />);

  await screen.findByText('25 products imported');
  expect(screen.getByRole('status').textContent).toBe('');
});

describe('going on where an import stopped', () => {
  const failed = (code: string) => jobOf({ status: 'failed', failure: { code, message: '…' } });

  test('is offered where the server may do it', () => {
    expect(mayResume(failed('internal'))).toBe(true);
    expect(mayResume(failed('too_many_attempts'))).toBe(true);
    expect(mayResume(jobOf({ status: 'failed' }))).toBe(true);
    expect(mayResume(jobOf({ status: 'cancelled' }))).toBe(true);
  });

  test('is not where the file is at fault, whatever of it', () => {
    const api = readFileSync(join(import.meta.dirname, '../../../internal/openapi/openapi.yaml'), 'utf8');
    const codes = [.../ {4}FileCode:\n((?: {6}.*\n)+)/.exec(api)![1]!.matchAll(/const: (\w+)/g)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => mayResume(failed(code)) || !needsAnotherFile(failed(code)))).toEqual([]);
    expect(mayResume(failed('ledger_incomplete'))).toBe(false);
  });

  test('is not where there is nothing to go on with', () => {
    expect(mayResume(jobOf({ status: 'cancelled', timestamps: never }))).toBe(false);
    expect(mayResume(jobOf())).toBe(false);
    expect(mayResume(jobOf({ status: 'processing' }))).toBe(false);
  });

  test('has no button at a file fault, which asks for another file', async () => {
    serverOf({ ...failed('file_compressed'), progress: nothing });
    render(<App initialToken={token} />);

    await screen.findByText('The import has failed');
    expect(screen.queryByRole('button', { name: 'Go on where it stopped' })).toBeNull();
    screen.getByText('Drop the corrected file here, or');
  });
});
