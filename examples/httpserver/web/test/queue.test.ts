import { beforeEach, afterEach, expect, test, vi } from 'vitest';
import { Client } from '../src/api/client';
import { offline, Problem } from '../src/api/problem';
import { sameOrigin, type Put } from '../src/importing/put';
import { isCheckedWith, Queue } from '../src/importing/queue';
import { base, FakeServer, instantPut, jobOf, uploadOf, validationOf } from './server';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const csv = (name = 'products.csv') => new File(['name,category\nSoap,Home\n'], name, { type: 'text/csv' });
const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

function queueOf(put: Put, more: Partial<ConstructorParameters<typeof Queue>[0]> = {}) {
  const queue = new Queue({ client: new Client({ base, getToken: () => 'a.b.c' }), put, ...more });

  return { queue, item: (i = 0) => queue.getItems()[i]! };
}

test('a file is uploaded, checked, started and followed to its end', async () => {
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: uploadOf('job-1'),
    [`POST ${base}/validate`]: { body: validationOf() },
    [`POST ${base}/process`]: { status: 202 },
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'processing', completed_at: null }) },
  });
  const onEnded = vi.fn();
  const put = instantPut();
  const { queue, item } = queueOf(put, { onEnded });

  queue.add([csv()], { skip_duplicates: true });
  await settle();
  expect(item()).toMatchObject({ phase: 'ready', jobID: 'job-1', check: { outcomes: { errors: 7 } } });
  expect(put).toHaveBeenCalledOnce();

  const [asked] = server.asked(`GET ${base}/upload-url`);
  expect(asked!.query.get('filename')).toBe('products.csv');
  expect(asked!.query.get('size')).toBe('24');
  expect(asked!.headers.get('Authorization')).toBe('Bearer a.b.c');
  expect(server.asked(`POST ${base}/validate`)[0]!.body).toEqual({ job_id: 'job-1', rows: 1000, options: { skip_duplicates: true } });

  queue.start([item().key], { skip_duplicates: false });
  await settle();
  expect(item().phase).toBe('running');
  const [started] = server.asked(`POST ${base}/process`);
  expect(started!.body).toEqual({ job_id: 'job-1', options: { skip_duplicates: false } });
  expect(started!.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);

  server.on(`GET ${base}/job-1/status`, { body: jobOf() });
  await settle(2_000);
  expect(item()).toMatchObject({ phase: 'ended', job: { status: 'completed_with_errors' } });
  expect(onEnded).toHaveBeenCalledOnce();
  queue.dispose();
});

test('the headers of the upload are sent', async () => {
  new FakeServer({
    [`GET ${base}/upload-url`]: {
      body: { job_id: 'job-1', upload_url: 'https://bucket.example/x', upload_headers: { 'Content-Type': 'text/csv' }, expires_in: 600 },
    },
  });
  const put = instantPut();
  const { queue } = queueOf(put);

  queue.add([csv()], {});
  await settle();
  expect(put.mock.calls[0]![0]).toBe('https://bucket.example/x');
  expect(put.mock.calls[0]![2]?.headers).toEqual({ 'Content-Type': 'text/csv' });
  queue.dispose();
});

test('a large file goes in parts, and a part that fails is sent again alone', async () => {
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: {
      body: {
        job_id: 'job-1',
        upload_url: '',
        expires_in: 600,
        multipart: { part_size: 10, parts: [1, 2, 3].map((n) => ({ part_number: n, url: `https://bucket.example/${n}` })) },
      },
    },
    [`POST ${base}/job-1/upload/complete`]: {},
  });
  const sizes: number[] = [];
  let failures = 1;
  const put = vi.fn<Put>((address, body) => {
    if (address.endsWith('/2') && failures-- > 0) {
      return Promise.reject(offline());
    }

    sizes.push(body.size);

    return Promise.resolve(`"etag${address.at(-1)}"`);
  });
  const { queue, item } = queueOf(put);

  queue.add([csv()], {});
  await settle(2_000);
  expect(sizes).toEqual([10, 10, 4]);
  expect(server.asked(`POST ${base}/job-1/upload/complete`)[0]!.body).toEqual({
    parts: [1, 2, 3].map((n) => ({ part_number: n, etag: `"etag${n}"` })),
  });
  expect(item()).toMatchObject({ phase: 'ready', sent: 24 });
  queue.dispose();
});

test('an upload that is interrupted is made again, and an address that expired is renewed', async () => {
  let jobs = 0;
  const server = new FakeServer({ [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`), [`DELETE ${base}/job-1`]: {} });
  const put = instantPut();
  put
    .mockRejectedValueOnce(offline())
    .mockRejectedValueOnce(new Problem(503, 'unavailable', ''))
    .mockRejectedValueOnce(new Problem(403, 'url_expired', 'The URL has expired.'));
  const { queue, item } = queueOf(put);

  queue.add([csv()], {});
  await settle();
  expect(item().trouble?.problem.code).toBe('offline');
  await settle(1_000);
  expect(item().trouble?.problem.code).toBe('unavailable');
  await settle(2_000);
  expect(item()).toMatchObject({ phase: 'ready', jobID: 'job-2', trouble: null });
  expect(put).toHaveBeenCalledTimes(4);
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1);
  queue.dispose();
});

test('a file that was changed here meanwhile is told apart from a network that is gone', async () => {
  new FakeServer({ [`GET ${base}/upload-url`]: uploadOf('job-1') });
  const file = csv();
  vi.spyOn(file, 'slice').mockReturnValue({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) } as Blob);
  const { queue, item } = queueOf(vi.fn<Put>(() => Promise.reject(offline())));

  queue.add([file], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'stopped', problem: { code: 'file_changed_here' } });
  queue.dispose();
});

test('an empty file is not sent', async () => {
  const server = new FakeServer({});
  const { queue, item } = queueOf(instantPut());

  queue.add([new File([], 'empty.csv')], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'stopped', problem: { code: 'file_empty_here' } });
  expect(server.requests).toEqual([]);
});

test('a server without a dry run, and without batches, imports nevertheless', async () => {
  let jobs = 0;
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`POST ${base}/process`]: { status: 202 },
    [`GET ${base}/job-1/status`]: { body: jobOf() },
    [`GET ${base}/job-2/status`]: { body: jobOf() },
  });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv('a.csv'), csv('b.csv')], {});
  await settle();
  expect(queue.getItems().map(({ phase, unchecked }) => [phase, unchecked?.code])).toEqual([
    ['ready', 'not_found'],
    ['ready', 'not_found'],
  ]);

  queue.start([item(0).key, item(1).key], {});
  await settle();
  expect(server.asked(`POST ${base}/batches`)).toHaveLength(1);
  expect(server.asked(`POST ${base}/process`)).toHaveLength(2);
  expect(item(1).phase).toBe('ended');
});

test('several files are one batch, and each has its own answer', async () => {
  let jobs = 0;
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`POST ${base}/batches`]: {
      status: 202,
      body: {
        batch_id: 'batch',
        jobs: [
          { job_id: 'job-1', status: 'queued', error: null },
          { job_id: 'job-2', status: 'failed', error: { code: 'column_missing', message: 'category is missing' } },
        ],
      },
    },
    [`GET ${base}/job-1/status`]: { body: jobOf() },
  });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv('a.csv'), csv('b.csv')], {});
  await settle();
  queue.start([item(0).key, item(1).key], {});
  await settle();
  expect(server.asked(`POST ${base}/process`)).toHaveLength(0);
  expect(item(0).phase).toBe('ended');
  expect(item(1)).toMatchObject({ phase: 'stopped', problem: { code: 'column_missing' } });
});

test('two files are on their way at a time', async () => {
  let jobs = 0;
  new FakeServer({ [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`) });
  const done: ((etag: string) => void)[] = [];
  const { queue } = queueOf(vi.fn<Put>(() => new Promise((resolve) => done.push(resolve))));

  queue.add([csv('a.csv'), csv('b.csv'), csv('c.csv')], {});
  await settle();
  const phases = () => queue.getItems().map(({ phase }) => phase);
  expect(phases()).toEqual(['uploading', 'uploading', 'waiting']);
  expect(queue.isSending()).toBe(true);

  done[0]!('');
  await settle();
  expect(phases()).toEqual(['ready', 'uploading', 'uploading']);
  queue.dispose();
});

test('a check that is made again takes a lane, and gives it to what waits', async () => {
  let jobs = 0;
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`POST ${base}/validate`]: { body: validationOf() },
  });
  const { queue } = queueOf(instantPut());
  const phases = () => queue.getItems().map(({ phase }) => phase);
  const keys = () => queue.getItems().map(({ key }) => key);

  queue.add([csv('a.csv'), csv('b.csv'), csv('c.csv')], {});
  await settle();
  expect(phases()).toEqual(['ready', 'ready', 'ready']);

  // The server has no room for checks, so that these go on for as long as it says.
  server.on(`POST ${base}/validate`, { status: 503, body: { code: 'validations_busy', error: '' } });
  queue.recheck(keys(), {}, 'all');
  await settle();
  expect(phases()).toEqual(['checking', 'checking', 'waiting']);
  expect(queue.isSending()).toBe(false);

  queue.add([csv('d.csv')], {});
  await settle();
  expect(phases()).toEqual(['checking', 'checking', 'waiting', 'waiting']);
  expect(queue.isSending()).toBe(true);

  server.on(`POST ${base}/validate`, { body: validationOf() });
  await settle(60_000);
  expect(phases()).toEqual(['ready', 'ready', 'ready', 'ready']);
});

test('what waits when the queue ends is not begun', async () => {
  let jobs = 0;
  const server = new FakeServer({ [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`) });
  const { queue } = queueOf(
    vi.fn<Put>((_, __, o) => new Promise((_resolve, reject) => o!.signal!.addEventListener('abort', () => reject(o!.signal!.reason as Error)))),
  );

  queue.add([csv('a.csv'), csv('b.csv'), csv('c.csv')], {});
  await settle();
  queue.dispose();
  await settle(60_000);
  expect(server.asked(`GET ${base}/upload-url`)).toHaveLength(2);
});

test('a file that is taken out leaves no job behind', async () => {
  const server = new FakeServer({ [`GET ${base}/upload-url`]: uploadOf('job-1'), [`DELETE ${base}/job-1`]: {} });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv()], {});
  await settle();
  queue.remove(item().key);
  await settle();
  expect(queue.getItems()).toEqual([]);
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1);
});

test('an upload that is cancelled leaves no job behind', async () => {
  const server = new FakeServer({ [`GET ${base}/upload-url`]: uploadOf('job-1'), [`DELETE ${base}/job-1`]: {} });
  const { queue, item } = queueOf(
    vi.fn<Put>((_, __, o) => new Promise((_resolve, reject) => o!.signal!.addEventListener('abort', () => reject(o!.signal!.reason as Error)))),
  );

  queue.add([csv()], {});
  await settle();
  queue.remove(item().key);
  await settle();
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1);
});

test('a file that was refused leaves no job behind, however often it is tried', async () => {
  let jobs = 0;
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`POST ${base}/validate`]: { status: 422, body: { code: 'column_missing', error: '' } },
    [`DELETE ${base}/job-1`]: {},
    [`DELETE ${base}/job-2`]: {},
  });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv()], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'stopped', jobID: null });
  queue.retry(item().key, {});
  await settle();
  queue.discard();
  await settle(1_000);
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1);
  expect(server.asked(`DELETE ${base}/job-2`)).toHaveLength(1);
});

test('another file takes the place of one that was refused', async () => {
  let jobs = 0;
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`),
    [`POST ${base}/validate`]: { status: 422, body: { code: 'column_missing', error: '' } },
    [`DELETE ${base}/job-1`]: {},
  });
  const put = instantPut();
  const { queue, item } = queueOf(put);

  queue.add([csv()], {});
  await settle();
  server.on(`POST ${base}/validate`, { body: validationOf() });
  queue.replace(item().key, new File(['name,category\nSalt,Spices\nRice,Grains\n'], 'corrected.csv'), {});
  await settle();
  expect(item()).toMatchObject({ phase: 'ready', name: 'corrected.csv', jobID: 'job-2', problem: null });
  expect(await put.mock.calls[1]![1].text()).toContain('Rice');
});

test('an upload that fails for good leaves no job behind', async () => {
  const server = new FakeServer({ [`GET ${base}/upload-url`]: uploadOf('job-1'), [`DELETE ${base}/job-1`]: {} });
  const { queue, item } = queueOf(vi.fn<Put>(() => Promise.reject(new Problem(413, 'upload_too_large', ''))));

  queue.add([csv()], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'stopped', problem: { code: 'upload_too_large' } });
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(1);
});

test('many files are given up two at a time, and again where the server asks for a pause', async () => {
  let jobs = 0;
  let open = 0;
  let most = 0;
  let refusals = 5;
  const gone: string[] = [];
  const server = new FakeServer({ [`GET ${base}/upload-url`]: () => uploadOf(`job-${++jobs}`) });
  const { queue } = queueOf(instantPut());

  queue.add(
    Array.from({ length: 20 }, (_, i) => csv(`${i}.csv`)),
    {},
  );
  await settle();
  expect(queue.getItems().every(({ phase }) => phase === 'ready')).toBe(true);
  expect(server.requests.some(({ method }) => method === 'DELETE')).toBe(false);

  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    expect(init.method).toBe('DELETE');
    most = Math.max(most, ++open);
    await new Promise((done) => setTimeout(done, 100));
    open--;

    if (refusals-- > 0) {
      return new Response('{"code":"rate_limited"}', { status: 429, headers: { 'Retry-After': '2' } });
    }

    gone.push(address);

    return new Response('{}');
  });

  queue.discard();
  queue.dispose();
  await settle(60_000);
  expect(most).toBe(2);
  expect(new Set(gone).size).toBe(20);
  expect(gone).toHaveLength(20);
});

test('a start that is refused for now is made again', async () => {
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: uploadOf('job-1'),
    [`POST ${base}/process`]: { status: 429, body: { code: 'quota_concurrent_jobs', error: '' }, headers: { 'Retry-After': '5' } },
    [`GET ${base}/job-1/status`]: { body: jobOf() },
  });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv()], {});
  await settle();
  queue.start([item().key], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'starting', trouble: { problem: { code: 'quota_concurrent_jobs' } } });

  server.on(`POST ${base}/process`, { status: 202 });
  await settle(6_000);
  expect(item().phase).toBe('ended');
  const keys = server.asked(`POST ${base}/process`).map(({ headers }) => headers.get('Idempotency-Key'));
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test('a check that is made again reads as many rows as the last', async () => {
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: uploadOf('job-1'),
    [`POST ${base}/validate`]: { body: validationOf() },
  });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv()], {});
  await settle();
  queue.recheck([item().key], {}, 'all');
  await settle();
  queue.recheck([item().key], { auto_verify: true });
  await settle();
  expect(server.asked(`POST ${base}/validate`).map(({ body }) => body['rows'])).toEqual([1_000, 'all', 'all']);
});

test('a cancel that fails is shown, and made again until the server has heard', async () => {
  const server = new FakeServer({
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'processing', completed_at: null }) },
    [`DELETE ${base}/job-1`]: { status: 500, body: { code: 'internal_error', error: '' } },
  });
  const { queue, item } = queueOf(instantPut());

  queue.follow('job-1');
  await settle();
  queue.cancel(item().key);
  await settle();
  expect(item()).toMatchObject({ cancelling: true, cancelTrouble: { problem: { code: 'internal_error' } } });

  // Looks that succeed say nothing about it.
  await settle(10_000);
  expect(item()).toMatchObject({ trouble: null, cancelling: true, cancelTrouble: { problem: { code: 'internal_error' } } });
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(4);

  server.on(`DELETE ${base}/job-1`, { status: 202 });
  queue.wake();
  await settle();
  expect(item()).toMatchObject({ cancelling: true, cancelTrouble: null });

  server.on(`GET ${base}/job-1/status`, { body: jobOf({ status: 'cancelled' }) });
  await settle(2_000);
  expect(item()).toMatchObject({ phase: 'ended', cancelling: false });
});

test('a cancel that comes too late is given up with the import', async () => {
  const server = new FakeServer({
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'processing', completed_at: null }) },
    [`DELETE ${base}/job-1`]: { status: 503, body: { code: 'unavailable', error: '' } },
  });
  const { queue, item } = queueOf(instantPut());

  queue.follow('job-1');
  await settle();
  queue.cancel(item().key);
  await settle();
  server.on(`GET ${base}/job-1/status`, { body: jobOf() });
  await settle(2_000);
  const tries = server.asked(`DELETE ${base}/job-1`).length;
  await settle(60_000);
  expect(item()).toMatchObject({ phase: 'ended', cancelling: false, cancelTrouble: null });
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(tries);
});

test('a cancel that is refused leaves the import as it is, and says why', async () => {
  new FakeServer({
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'processing', completed_at: null }) },
    [`DELETE ${base}/job-1`]: { status: 403, body: { code: 'forbidden', error: '' } },
  });
  const { queue, item } = queueOf(instantPut());

  queue.follow('job-1');
  await settle();
  queue.cancel(item().key);
  await settle(10_000);
  expect(item()).toMatchObject({ phase: 'running', cancelling: false, cancelTrouble: { problem: { code: 'forbidden' }, retryAt: null } });
  queue.dispose();
});

test('an import that cannot be seen is looked at again, and never started again', async () => {
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: uploadOf('job-1'),
    [`POST ${base}/process`]: { status: 202 },
    [`GET ${base}/job-1/status`]: { status: 404, body: { code: 'job_not_found', error: '' } },
  });
  const { queue, item } = queueOf(instantPut());

  queue.add([csv()], {});
  await settle();
  queue.start([item().key], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'unseen', jobID: 'job-1', problem: { code: 'job_not_found' } });

  server.on(`GET ${base}/job-1/status`, { body: jobOf() });
  queue.retry(item().key, {});
  await settle();
  expect(item()).toMatchObject({ phase: 'ended', problem: null });
  expect(server.asked(`GET ${base}/upload-url`)).toHaveLength(1);
  expect(server.asked(`POST ${base}/process`)).toHaveLength(1);

  queue.dispose();
  await settle(1_000);
  expect(server.asked(`DELETE ${base}/job-1`)).toHaveLength(0);
});

test('a wrong option costs no upload', async () => {
  const wrong = { status: 400, body: { code: 'options_invalid', error: 'The region is wrong.' } };
  const server = new FakeServer({
    [`GET ${base}/upload-url`]: uploadOf('job-1'),
    [`POST ${base}/validate`]: wrong,
    [`POST ${base}/process`]: wrong,
    [`GET ${base}/job-1/status`]: { body: jobOf() },
  });
  const put = instantPut();
  const { queue, item } = queueOf(put);

  queue.add([csv()], { default_region: '?' });
  await settle();
  const misfit = { problem: { code: 'options_invalid' }, options: '{"default_region":"?"}' };
  expect(item()).toMatchObject({ phase: 'ready', trouble: null, misfit });
  queue.start([item().key], { default_region: '?' });
  await settle();
  expect(item()).toMatchObject({ phase: 'ready', trouble: null, misfit });

  server.on(`POST ${base}/validate`, { body: validationOf() });
  queue.recheck([item().key], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'ready', misfit: null, checkedWith: '{}' });
  expect(isCheckedWith(item(), {})).toBe(true);
  expect(isCheckedWith(item(), { default_region: '?' })).toBe(false);

  server.on(`POST ${base}/process`, { status: 202 });
  queue.start([item().key], {});
  await settle();
  expect(item()).toMatchObject({ phase: 'ended', trouble: null });
  expect(put).toHaveBeenCalledOnce();
});

test('a token that is not good any more stops nothing for good', async () => {
  const server = new FakeServer({ [`GET ${base}/upload-url`]: { status: 401, body: { code: 'token_expired', error: '' } } });
  const onUnauthorized = vi.fn();
  const { queue, item } = queueOf(instantPut(), { onUnauthorized });

  queue.add([csv()], {});
  await settle(600_000);
  expect(onUnauthorized).toHaveBeenCalledOnce();
  expect(item()).toMatchObject({ phase: 'uploading', trouble: { retryAt: null } });

  server.on(`GET ${base}/upload-url`, uploadOf('job-1'));
  queue.wake();
  await settle();
  expect(item()).toMatchObject({ phase: 'ready', trouble: null });
});

test('an import that failed goes on where it stopped', async () => {
  const server = new FakeServer({
    [`GET ${base}/job-1/status`]: { body: jobOf({ status: 'cancelled' }) },
    [`POST ${base}/job-1/retry`]: { status: 202 },
  });
  const { queue, item } = queueOf(instantPut());

  queue.follow('job-1');
  await settle();
  expect(item().phase).toBe('ended');

  server.on(`GET ${base}/job-1/status`, { body: jobOf({ status: 'completed' }) });
  queue.retry(item().key, {});
  await settle();
  expect(item()).toMatchObject({ phase: 'ended', job: { status: 'completed' } });
  expect(server.asked(`POST ${base}/job-1/retry`)).toHaveLength(1);
});

test.each([
  ['http://127.0.0.1:8080/files/x?s=1', 'http://localhost:8080/', 'http://localhost:8080/files/x?s=1'],
  ['http://localhost:8080/files/x', 'http://127.0.0.1:8080/#/', 'http://127.0.0.1:8080/files/x'],
  ['http://127.0.0.1:9000/x', 'http://localhost:8080/', 'http://127.0.0.1:9000/x'],
  ['https://bucket.example/x', 'http://localhost:8080/', 'https://bucket.example/x'],
  ['http://127.0.0.1.example/x', 'http://localhost/', 'http://127.0.0.1.example/x'],
])('%s from %s', (address, page, used) => expect(sameOrigin(address, page)).toBe(used));
