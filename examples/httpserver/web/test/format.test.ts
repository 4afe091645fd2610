import { expect, test } from 'vitest';
import { ticks } from '../src/charts/scale';
import { formats } from '../src/i18n/format';
import { Meter } from '../src/job/rate';

const en = formats('en');
const hi = formats('hi');

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 KB'],
  [1_536_000, '1.5 MB'],
  [5_368_709_120, '5.4 GB'],
  [1e18, '10,00,000 TB'],
])('%d bytes', (n, text) => expect(en.bytes(n)).toBe(text));

test('bytes in Hindi', () => {
  expect(hi.bytes(999)).toBe('999 बाइट');
  expect(hi.bytes(1_536_000)).toBe('1.5 एमबी');
});

test.each([
  [0, '1 second'],
  [45, '45 seconds'],
  [120, '2 minutes'],
  [3 * 3600, '3 hours'],
])('%d seconds', (n, text) => expect(en.duration(n)).toBe(text));

test('what is neither none nor all never shows as such', () => {
  expect(en.percent(0)).toBe('0%');
  expect(en.percent(0.00001)).toBe('0.1%');
  expect(en.percent(0.5)).toBe('50%');
  expect(en.percent(0.99999)).toBe('99.9%');
  expect(en.percent(1)).toBe('100%');
  expect(en.percent(Number.NaN)).toBe('0%');
});

test('dates', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');

  expect(en.day('2026-11-24')).toBe('24 Nov');
  expect(hi.day('2026-11-24')).toContain('24');
  expect(en.ago('2026-11-24T11:59:50Z', now)).toBe('now');
  expect(en.ago('2026-11-24T11:58:59Z', now)).toBe('1 minute ago');
  expect(en.ago('2026-11-24T09:00:00Z', now)).toBe('3 hours ago');
  expect(en.ago('2026-11-23T11:00:00Z', now)).toBe('yesterday');
  expect(hi.ago('2026-11-24T09:00:00Z', now)).toBe('3 घंटे पहले');
  // A clock that is ahead of the server's.
  expect(en.ago('2026-11-24T12:00:30Z', now)).toBe('now');
});

test('what is no date is no text', () => {
  expect(en.dateTime('soon')).toBe('');
  expect(en.ago('soon', 0)).toBe('');
  expect(en.day('soon')).toBe('soon');
});

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [80, [0, 20, 40, 60, 80]],
  [27_555, [0, 10_000, 20_000, 30_000]],
  [Number.NaN, [0, 1]],
])('marks of an axis up to %d', (max, marks) => expect(ticks(max)).toEqual(marks));

test('the rate is that of the last seconds', () => {
  const meter = new Meter();

  expect(meter.rate(0, 0)).toBe(0);
  expect(meter.rate(1_000, 1_000)).toBe(1_000);
  expect(meter.rate(2_000, 2_000)).toBe(1_000);

  // It stands still, and what was before is forgotten.
  for (let at = 3_000; at <= 15_000; at += 1_000) {
    meter.rate(2_000, at);
  }

  expect(meter.rate(2_000, 16_000)).toBe(0);
  // It begins again.
  expect(meter.rate(0, 17_000)).toBe(0);
  expect(meter.rate(500, 18_000)).toBe(500);
});
