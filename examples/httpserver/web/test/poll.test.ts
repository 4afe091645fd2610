import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { offline, Problem } from '../src/api/problem';
import { poll, pollInterval } from '../src/importing/poll';
import { backOff, persist, Waiting, type Trouble } from '../src/importing/retry';

let hidden = false;

beforeEach(() => {
  hidden = false;
  vi.useFakeTimers();
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  vi.spyOn(Math, 'random').mockReturnValue(1);
});

afterEach(() => {
  vi.useRealTimers();
});

const show = (shown: boolean) => {
  hidden = !shown;
  document.dispatchEvent(new Event('visibilitychange'));
};

function watch(look: () => Promise<string>) {
  const troubles: (Trouble | null)[] = [];
  const failed = vi.fn();
  const unauthorized = vi.fn();
  const p = poll({
    look,
    onSeen: (seen) => seen === 'done',
    onTrouble: (trouble) => troubles.push(trouble),
    onFailed: failed,
    onUnauthorized: unauthorized,
  });

  return { p, troubles, failed, unauthorized };
}

test('it looks at once, every two seconds, and not after the end', async () => {
  const look = vi.fn(() => Promise.resolve('busy'));
  const { p } = watch(look);

  await vi.advanceTimersByTimeAsync(0);
  expect(look).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(look).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(look).toHaveBeenCalledTimes(2);

  look.mockResolvedValue('done');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(look).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(60_000);
  p.now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(look).toHaveBeenCalledTimes(3);
});

test('a hidden page looks less often, and at once when it is shown again', async () => {
  hidden = true;
  const look = vi.fn(() => Promise.resolve('busy'));
  const { p } = watch(look);

  await vi.advanceTimersByTimeAsync(14_999);
  expect(look).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(look).toHaveBeenCalledTimes(2);

  await vi.advanceTimersByTimeAsync(5_000);
  show(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(look).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(look).toHaveBeenCalledTimes(4);
  p.stop();
});

test('two looks are never under way at a time', async () => {
  let answer: (seen: string) => void = () => undefined;
  const look = vi.fn(() => new Promise<string>((resolve) => (answer = resolve)));
  const { p } = watch(look);

  show(true);
  p.now();
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(look).toHaveBeenCalledTimes(1);

  answer('busy');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(look).toHaveBeenCalledTimes(2);
  p.stop();
});

test('a server that is away is asked with growing waits, and at once when the network is back', async () => {
  const look = vi.fn((): Promise<string> => Promise.reject(offline()));
  const { p, troubles, failed } = watch(look);

  await vi.advanceTimersByTimeAsync(0);
  expect(troubles.at(-1)?.problem.code).toBe('offline');

  // 1, 2, 4 seconds.
  await vi.advanceTimersByTimeAsync(7_000);
  expect(look).toHaveBeenCalledTimes(4);

  look.mockResolvedValue('busy');
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(look).toHaveBeenCalledTimes(5);
  expect(troubles.at(-1)).toBeNull();
  expect(failed).not.toHaveBeenCalled();
  p.stop();
});

test('what another look does not mend ends it', async () => {
  const look = vi.fn((): Promise<string> => Promise.reject(new Problem(404, 'job_not_found', 'gone')));
  const { failed } = watch(look);

  await vi.advanceTimersByTimeAsync(60_000);
  expect(look).toHaveBeenCalledTimes(1);
  expect(failed).toHaveBeenCalledOnce();
});

test('a token that is not good any more is waited for', async () => {
  const look = vi.fn((): Promise<string> => Promise.reject(new Problem(401, 'token_expired', '')));
  const { p, unauthorized, failed } = watch(look);

  await vi.advanceTimersByTimeAsync(600_000);
  expect(look).toHaveBeenCalledTimes(1);
  expect(unauthorized).toHaveBeenCalledOnce();
  expect(failed).not.toHaveBeenCalled();

  look.mockResolvedValue('done');
  p.now();
  await vi.advanceTimersByTimeAsync(0);
  expect(look).toHaveBeenCalledTimes(2);
});

test('many jobs at a time are looked at less often each', () => {
  expect(pollInterval(false, 1)).toBe(2_000);
  expect(pollInterval(false, 8)).toBe(2_000);
  expect(pollInterval(false, 50)).toBe(12_500);
  expect(pollInterval(true, 50)).toBe(15_000);
});

test('the wait doubles up to half a minute, and the server may name another', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map((n) => backOff(n, null, 1))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(backOff(1, null, 0)).toBe(500);
  expect(backOff(1, 7, 0)).toBe(7_000);
});

test('persist goes on after passing failures and gives up on others', async () => {
  const attempt = vi.fn<() => Promise<string>>();
  attempt
    .mockRejectedValueOnce(new Problem(503, 'unavailable', ''))
    .mockRejectedValueOnce(new Problem(429, 'rate_limited', '', 3))
    .mockResolvedValueOnce('fine')
    .mockRejectedValueOnce(new Problem(429, 'quota_daily_jobs', '', 40_000));

  const p = { waiting: new Waiting(), signal: new AbortController().signal, onTrouble: vi.fn() };
  const result = persist(attempt, p);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(attempt).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(await result).toBe('fine');

  await expect(persist(attempt, p)).rejects.toMatchObject({ code: 'quota_daily_jobs' });
});

test('a wait ends with its signal', async () => {
  const controller = new AbortController();
  const waiting = new Waiting().sleep(null, controller.signal);
  controller.abort(new Error('enough'));

  await expect(waiting).rejects.toThrow('enough');
});
