import { afterEach, expect, test, vi } from 'vitest';
import { Client } from '../src/api/client';
import { Problem } from '../src/api/problem';
import { analyse, sum } from '../src/app/analyse';
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
  expect(seen.jobs).toEqual({ total: 2, by_status: { completed_with_errors: 2 } });
  expect(seen.rows).toEqual({ processed: 80, successful: 50, duplicates: 16, errors: 14 });
  expect(seen.duplicates_by_tier).toEqual({ barcode: 8, image_hash: 0, name_brand: 8 });
  expect(seen.quality.mean).toBe(58);
});

test('files that were taken away again are no imports', () => {
  const gone = at('2026-11-24T01:00:00Z', { status: 'cancelled' });
  gone.timestamps.started_at = null;

  expect(sum([gone, at('2026-11-24T01:00:00Z', { status: 'pending_upload' })], 7, now).jobs.total).toBe(0);
});

test('the server is asked first, and where it has none, for the list', async () => {
  const created = new Date().toISOString();
  const analytics = '/api/v1/admin/import/analytics';
  const server = new FakeServer({
    [`GET ${base}`]: ({ query }) => ({ body: { jobs: [at(created)], next_cursor: query.get('cursor') === null ? 'more' : null } }),
  });
  const client = new Client({ base, analytics, getToken: () => 'a.b.c' });

  const summed = await analyse(client, 7, signal);
  expect(summed).toMatchObject({ own: true, analytics: { truncated: false, jobs: { total: 2 } } });

  server.on(`GET ${analytics}`, { body: { jobs: { total: 9 } } });
  expect(await analyse(client, 7, signal)).toMatchObject({ own: false, analytics: { jobs: { total: 9 } } });

  server.on(`GET ${analytics}`, { status: 503, body: { code: 'unavailable' } });
  await expect(analyse(client, 7, signal)).rejects.toBeInstanceOf(Problem);
});
