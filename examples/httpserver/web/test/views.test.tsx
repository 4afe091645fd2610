import { render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { App } from '../src/app/App';
import { base, FakeServer, jobOf } from './server';

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
