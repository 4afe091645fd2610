import { afterEach, expect, test, vi } from 'vitest';
import { Client } from '../src/api/client';
import { leftBehind, newestWithErrors, recentImports } from '../src/app/recent';
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

  expect(await recentImports(client(), 6)).toMatchObject({ jobs: [], complete: false });
  expect(server.asked(`GET ${base}`)).toHaveLength(5);
});

test('the whole batch of the newest import is found', async () => {
  const batch = Array.from({ length: 30 }, () => jobOf({ batch_id: 'b-1' }));
  const server = serverOf([...batch, ...Array.from({ length: 200 }, () => jobOf())]);
  const { jobs } = await recentImports(client(), 6);

  expect(jobs.filter(({ batch_id: batchID }) => batchID === 'b-1')).toHaveLength(30);
  expect(server.asked(`GET ${base}`)).toHaveLength(2);
});

test('rows to fix are looked for in all files that were started together', () => {
  const [fine, bad, other] = [
    jobOf({ job_id: 'a', batch_id: 'b-1', status: 'completed' }),
    jobOf({ job_id: 'b', batch_id: 'b-1' }),
    jobOf({ job_id: 'c', batch_id: 'b-2' }),
  ];

  expect(newestWithErrors([fine, bad, other])).toEqual([bad]);
  expect(newestWithErrors([bad, fine, { ...bad, job_id: 'd' }])).toHaveLength(2);
  expect(newestWithErrors([])).toEqual([]);

  // Those that were started alone are in no batch, and not with each other.
  const alone = jobOf({ job_id: 'e', batch_id: '' });
  expect(newestWithErrors([alone, { ...alone, job_id: 'f' }])).toEqual([alone]);
  expect(newestWithErrors([{ ...alone, status: 'completed' }, alone])).toEqual([]);
});

test('files are left behind by whoever began with them, lately, two at most', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  const begun = (id: string, hoursAgo: number, by = 'asha') =>
    jobOf({ ...pending, job_id: id, created_by: by, timestamps: { ...pending.timestamps, created_at: new Date(now - hoursAgo * 3_600_000).toISOString() } });
  const ids = (jobs: ReturnType<typeof jobOf>[]) => leftBehind(jobs, 'asha', now).map(({ job_id: id }) => id);

  expect(ids([begun('a', 1, 'meena'), begun('b', 2), begun('c', 23), begun('d', 23.5)])).toEqual(['b', 'c']);
  expect(ids([begun('a', 25)])).toEqual([]);
});
