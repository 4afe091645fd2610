import { afterEach, expect, test, vi } from 'vitest';
import { Client } from '../src/api/client';
import { Problem } from '../src/api/problem';
import { analyse, startedByStatus, startedOf, sum } from '../src/app/analyse';
import { base, FakeServer, jobOf } from './server';

afterEach(() => {
  vi.unstubAllGlobals();
});

const now = Date.parse('2026-11-24T12:00:00Z');
const { signal } = new AbortController();
const at = (created: string, change = {}) =>
  jobOf({ timestamps: { created_at: created, started_at: created, estimated_completion: null, completed_at: created }, ...change });

test('imports are summed up by the day', () => {
  const seen = sum([at('2026-11-24T01:00:00Z'), at('2026-11-23T23:59:59Z'), at('2026-11-01T00:00:00Z')], 7, now);

  expect(seen.from).toBe('2026-11-18');
  expect(seen.days).toHaveLength(7);
  expect(seen.days.map(({ jobs }) => jobs)).toEqual([0, 0, 0, 0, 0, 1, 1]);
  expect(seen.jobs).toEqual({ total: 2, started: 2, by_status: { completed_with_errors: 2 } });
  expect(seen.rows).toEqual({ processed: 80, successful: 50, duplicates: 16, errors: 14 });
  expect(seen.duplicates_by_tier).toEqual({ barcode: 8, image_hash: 0, name_brand: 8 });
  expect(seen.quality.mean).toBe(58);
});

test('error codes are summed up where the list has them', () => {
  const codes = (code: string, count: number) => at('2026-11-24T01:00:00Z', { error_codes: [{ code, count }] });

  expect(sum([codes('a', 1), codes('b', 3), codes('a', 1), at('2026-11-24T01:00:00Z')], 7, now).error_codes).toEqual([
    { code: 'b', count: 3 },
    { code: 'a', count: 2 },
  ]);
});

test('files that were taken away again are no imports', () => {
  const gone = at('2026-11-24T01:00:00Z', { status: 'cancelled' });
  gone.timestamps.started_at = null;

  expect(sum([gone, at('2026-11-24T01:00:00Z', { status: 'pending_upload' })], 7, now).jobs.total).toBe(0);
});

test('files that were only looked at are no imports, whoever sums them up', () => {
  const discarded = at('2026-11-24T01:00:00Z', { status: 'cancelled' });
  discarded.timestamps.started_at = null;
  const jobs = [at('2026-11-24T01:00:00Z'), at('2026-11-24T01:00:00Z', { status: 'cancelled' }), discarded];
  const own = sum(jobs, 7, now);
  const server = { ...own, jobs: { total: 4, started: 2, by_status: { pending_upload: 1, completed_with_errors: 1, cancelled: 2 } } };
  const older = { ...own, jobs: { total: 4, by_status: { pending_upload: 1, completed_with_errors: 1, cancelled: 2 } } };

  for (const analytics of [own, server]) {
    expect(startedOf(analytics)).toBe(2);
    expect(startedByStatus(analytics)).toEqual({ completed_with_errors: 1, cancelled: 1 });
  }

  // It cannot tell.
  expect(startedOf(older)).toBe(3);
});

test('stock is summed up', () => {
  const stock = at('2026-11-24T01:00:00Z', { inventory: { created: 1, matched: 3, updated: 2 } });

  expect(sum([stock, stock, at('2026-11-24T01:00:00Z', { inventory: null })], 7, now).inventory).toEqual({ created: 2, matched: 6, updated: 4 });
});

test('the server is asked first, and where it has none, for the list', async () => {
  const created = new Date().toISOString();
  const analytics = '/api/v1/admin/import/analytics';
  const server = new FakeServer({
    [`GET ${base}`]: ({ query }) => ({ body: { jobs: [at(created)], next_cursor: query.get('cursor') === null ? 'more' : null } }),
  });
  const client = new Client({ base, analytics, getToken: () => 'a.b.c' });

  const summed = await analyse(client, 7, signal);
  expect(summed).toMatchObject({ codes: false, analytics: { truncated: false, jobs: { total: 2 } } });

  server.on(`GET ${analytics}`, { body: { jobs: { total: 9 } } });
  expect(await analyse(client, 7, signal)).toMatchObject({ codes: true, analytics: { jobs: { total: 9 } } });

  server.on(`GET ${analytics}`, { status: 503, body: { code: 'unavailable' } });
  await expect(analyse(client, 7, signal)).rejects.toBeInstanceOf(Problem);
});
