import { afterEach, expect, test, vi } from 'vitest';
import { Client } from '../src/api/client';
import { recentImports } from '../src/app/recent';
import { base, FakeServer, jobOf } from './server';

afterEach(() => {
  vi.unstubAllGlobals();
});

const pending = jobOf({ status: 'pending_upload' });

/** Serves jobs page by page, as many as are asked for. */
function serverOf(jobs: readonly ReturnType<typeof jobOf>[]): FakeServer {
  return new FakeServer({
    [`GET ${base}`]: ({ query }) => {
      const from = Number(query.get('cursor') ?? 0);
      const to = from + Number(query.get('limit'));

      return { body: { jobs: jobs.slice(from, to), next_cursor: to < jobs.length ? String(to) : null } };
    },
  });
}

const client = () => new Client({ base, getToken: () => 'a.b.c' });

test('imports are found behind files that were never started', async () => {
  const server = serverOf([...Array.from({ length: 25 }, () => pending), ...Array.from({ length: 9 }, () => jobOf())]);
  const seen = await recentImports(client(), 6);

  expect(seen.jobs).toHaveLength(9);
  expect(seen.complete).toBe(true);
  expect(server.asked(`GET ${base}`)).toHaveLength(2);
});

test('the first page does where it has enough', async () => {
  const server = serverOf(Array.from({ length: 50 }, () => jobOf()));

  expect(await recentImports(client(), 6)).toMatchObject({ complete: false });
  expect(server.asked(`GET ${base}`)).toHaveLength(1);
});

test('it does not look for ever', async () => {
  const server = serverOf(Array.from({ length: 2_000 }, () => pending));

  expect(await recentImports(client(), 6)).toEqual({ jobs: [], complete: false });
  expect(server.asked(`GET ${base}`)).toHaveLength(5);
});
