import { beforeEach, expect, test } from 'vitest';
import { addressOf, parseRoute } from '../src/app/route';
import { claimsOf, isToken, storedToken, storeToken, takeToken } from '../src/app/session';

const encode = (payload: unknown) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(payload))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const token = (payload: unknown) => `e30.${encode(payload)}.c2ln`;

beforeEach(() => {
  sessionStorage.clear();
  history.replaceState(null, '', '/');
});

test('the token is taken out of the address', () => {
  const given = token({ sub: 'asha' });
  history.replaceState(null, '', `/?x=1#token=${given}`);

  expect(takeToken()).toBe(given);
  expect(location.href).toBe('http://localhost:3000/?x=1');
  expect(takeToken()).toBeNull();
});

test('what is no token leaves the address too, and is not taken', () => {
  history.replaceState(null, '', '/#token=<script>');
  expect(takeToken()).toBe('');
  expect(location.hash).toBe('');
});

test('another fragment stays', () => {
  history.replaceState(null, '', '/#/imports');
  expect(takeToken()).toBeNull();
  expect(location.hash).toBe('#/imports');
});

test('claims', () => {
  expect(claimsOf(token({ user_id: 'आशा', sub: 'x', role: 'store_owner', store_id: 's-1', exp: 1_800_000_000 }))).toEqual({
    user: 'आशा',
    email: '',
    role: 'store_owner',
    storeID: 's-1',
    expires: 1_800_000_000_000,
  });
  expect(claimsOf(token({ sub: 'ravi', exp: 'never' }))).toMatchObject({ user: 'ravi', role: '', expires: null });
  expect(claimsOf(token({ sub: 'ravi', exp: 1e300 }))?.expires).toBeNull();
  expect(claimsOf(token({ sub: { toString: 1 } }))?.user).toBe('');
});

test.each(['', 'a', 'a.b.c', `e30.${btoa('[]')}.x`, `e30.${btoa('null')}.x`, 'e30.////.x', `e30.${btoa('\xff\xfe')}.x`])(
  '%j has no claims',
  (text) => expect(claimsOf(text)).toBeNull(),
);

test('the form of a token', () => {
  expect(isToken('a.b.c')).toBe(true);
  expect(isToken('a.b')).toBe(false);
  expect(isToken('a.b.c\n')).toBe(false);
  expect(isToken(`a.${'b'.repeat(20_000)}.c`)).toBe(false);
});

test('the tab keeps the token', () => {
  storeToken('a.b.c');
  expect(storedToken()).toBe('a.b.c');
  storeToken('');
  expect(sessionStorage).toHaveLength(0);
});

test.each([
  ['', { view: 'overview' }],
  ['#/', { view: 'overview' }],
  ['#/imports', { view: 'imports', status: '', cursors: [] }],
  ['#/imports?status=failed&after=a%2B%3D&after=b', { view: 'imports', status: 'failed', cursors: ['a+=', 'b'] }],
  ['#/imports?status=constructor&after=&x=%', { view: 'imports', status: '', cursors: [] }],
  ['#/imports/a?status=failed', { view: 'import', jobID: 'a' }],
  ['#/imports/admin_import_20250106_abc123', { view: 'import', jobID: 'admin_import_20250106_abc123' }],
  ['#/imports/../../x', { view: 'overview' }],
  ['#/statistics', { view: 'statistics' }],
  ['#/constructor', { view: 'overview' }],
  ['#main', { view: 'overview' }],
])('the fragment %j', (hash, route) => expect(parseRoute(hash)).toEqual(route));

test('the address of a list is read again as it was written', () => {
  for (const route of [
    { view: 'imports', status: '', cursors: [] },
    { view: 'imports', status: 'completed_with_errors', cursors: ['eyJ+/=', '&after=x', '#'] },
  ] as const) {
    expect(parseRoute(addressOf(route))).toEqual(route);
  }
});
