import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, catalogue, freePort, sample, scratch, Server } from './server';

if (!existsSync(catalogue)) {
  console.warn(`skipped: no real catalogue at ${catalogue}; name one by BULKIMPORT_BIGBASKET`);
}

describe.skipIf(!hasBrowser())('an import', () => {
  const { folder, remove } = scratch();
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    server = new Server(binary(folder), join(folder, 'data'), await freePort());
    await server.start();
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    remove();
  });

  async function signedIn(options = {}): Promise<Visit> {
    const visit = await Visit.open(browser, server.origin, options);
    await visit.page.goto(server.link);
    await visit.page.getByRole('heading', { level: 1 }).waitFor();

    return visit;
  }

  test('the link signs in, and its token leaves the address at once', async () => {
    const visit = await signedIn();
    const { page } = visit;

    expect(page.url()).toBe(`${server.origin}/`);
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
    await page.getByText('operator').waitFor();
    await page.getByText('No imports yet').waitFor();
    await visit.inspect('overview-empty');

    await page.reload();
    await page.getByText('No imports yet').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await visit.inspect('sign-in');
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await visit.close();
  });

  test('the field takes a link or a token, and says what is wrong with it', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    await page.goto(server.origin);

    const field = page.getByLabel('Link or token');
    await field.fill('nonsense');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'not a token' }).waitFor();
    await visit.inspect('sign-in-malformed');

    await field.fill('a.b.c');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor();

    await field.fill(server.link);
    await field.press('Enter');
    await page.getByText('No imports yet').waitFor();
    await visit.close();
  });

  test('the sample goes from a dry run to errors.csv, and corrected into the catalogue', async () => {
    const visit = await signedIn();
    const { page } = visit;

    await page.locator('input[type=file]').first().setInputFiles(sample);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('ready, not imported yet').waitFor();
    await dialog.getByText('7 of 40 rows need fixing').waitFor();
    await dialog.getByText('All 40 rows were checked').waitFor();
    await dialog.getByText('Product name').waitFor();
    expect(await dialog.getByText('Unknown, not imported').count()).toBe(2);
    await visit.inspect('dialog-ready');

    // Nothing is written by a dry run.
    const before = (await server.ask('/api/v1/admin/products/import')) as { jobs: { status: string }[] };
    expect(before.jobs.map(({ status }) => status)).toEqual(['pending_upload']);

    await dialog.getByRole('button', { name: 'Import 25 rows' }).click();
    await dialog.getByText('25 products imported').waitFor();
    await dialog.getByText('7 rows were not imported').waitFor();
    await visit.inspect('dialog-ended');

    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: /errors\.csv/ }).click()]);
    const errors = join(folder, 'errors.csv');
    await download.saveAs(errors);
    const text = readFileSync(errors, 'utf8');
    expect(text).toContain('barcode_scientific');

    const corrected = join(folder, 'corrected.csv');
    writeFileSync(corrected, correct(text));

    await dialog.locator('input[type=file]').setInputFiles(corrected);
    const again = dialog.getByRole('region', { name: 'corrected.csv' });
    await again.getByText('ready, not imported yet').waitFor();
    await dialog.getByRole('button', { name: 'Import 1 row' }).click();
    await again.getByText('1 product imported').waitFor();
    await visit.shoot('dialog-corrected');

    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'corrected.csv' }).waitFor();
    await visit.inspect('overview');

    await page.getByRole('link', { name: 'products.csv' }).click();
    await page.getByRole('heading', { name: 'products.csv' }).waitFor();
    await page.getByText('25 products imported').waitFor();
    await visit.inspect('import');
    await visit.close();
  });

  test('several files go as one, and what is in them cannot run', async () => {
    const visit = await signedIn();
    const { page } = visit;
    const mark = '<img src=x onerror="document.title=1">';
    const files = ['first.csv', 'second.csv'].map((name) => join(folder, name));
    writeFileSync(files[0]!, `name,category,${mark}\n${mark},,"${mark}"\nLamp oil,Puja,x\n`.replaceAll('"document.title=1"', 'document.title=1'));
    writeFileSync(files[1]!, 'name,category\nCamphor,Puja\nIncense,Puja\n');

    await page.locator('input[type=file]').first().setInputFiles(files);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Import 2 files' }).waitFor();
    await dialog.getByRole('region', { name: 'first.csv' }).getByText('Details').click();
    await dialog.getByText('<img src=x onerror=document.title=1>').first().waitFor();
    await visit.inspect('dialog-batch');
    await dialog.getByRole('button', { name: 'Import 2 files' }).click();
    await dialog.getByText('1 product imported').waitFor();
    await dialog.getByText('2 products imported').waitFor();
    await visit.inspect('dialog-batch-ended');

    const { jobs } = (await server.ask('/api/v1/admin/products/import?limit=2')) as { jobs: { batch_id: string }[] };
    expect(jobs[0]!.batch_id).toMatch(/^batch_/);
    expect(jobs[1]!.batch_id).toBe(jobs[0]!.batch_id);
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
    await visit.close();
  });

  test.skipIf(!existsSync(catalogue))('a real catalogue of 27,555 rows', async () => {
    const visit = await signedIn();
    const { page } = visit;

    await page.locator('input[type=file]').first().setInputFiles(catalogue);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('ready, not imported yet').waitFor();
    await dialog.getByText('The first 1,000 of about').waitFor();
    await dialog.getByRole('button', { name: 'Check all rows' }).click();
    await dialog.getByText('All 27,555 rows were checked').waitFor();
    await dialog.getByRole('button', { name: 'Import 24,486 rows' }).waitFor();
    await visit.inspect('dialog-large-ready');
    await dialog.getByRole('button', { name: /^(Import|Start)/ }).click();
    await dialog.getByText('24,486 products imported').waitFor();
    await dialog.getByText('3,068').first().waitFor();
    await visit.inspect('dialog-large-ended');
    await visit.close();
  });
});

/** Gives the row without a name one, and leaves the others as they are. */
function correct(errors: string): string {
  const lines = errors.split('\r\n');
  const missing = lines.findIndex((line) => line.includes('name_missing'));
  lines[missing] = lines[missing]!.replace(/^,/, 'A name at last,');

  return lines.join('\r\n');
}
