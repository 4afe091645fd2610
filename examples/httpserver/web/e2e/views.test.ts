import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, freePort, sample, scratch, Server } from './server';

const looks: { name: string; options: BrowserContextOptions }[] = [
  { name: 'light', options: {} },
  { name: 'dark', options: { colorScheme: 'dark' } },
  { name: 'phone', options: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
  { name: 'phone-dark', options: { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' } },
  { name: 'hindi', options: { locale: 'hi-IN' } },
  { name: 'hindi-phone', options: { locale: 'hi-IN', viewport: { width: 360, height: 740 }, isMobile: true } },
];

describe.skipIf(!hasBrowser())('every view', () => {
  const { folder, remove } = scratch();
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    server = new Server(binary(folder), join(folder, 'data'), await freePort());
    await server.start();
    browser = await launch();
    await importSample(server, 'march.csv');
    await importSample(server, 'april.csv');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    remove();
  });

  test.each(looks)('in $name', async ({ name, options }) => {
    const visit = await Visit.open(browser, server.origin, options);
    const { page } = visit;

    await page.goto(server.origin);
    await page.locator('form').waitFor();
    await visit.inspect(`${name}-sign-in`);

    await page.goto(server.link);
    await page.getByRole('link', { name: 'march.csv' }).waitFor();
    await visit.inspect(`${name}-overview`);
    expect(await overflow(visit)).toBe(0);

    await page.goto(`${server.origin}/#/imports`);
    await page.getByRole('combobox').waitFor();
    await page.getByRole('link', { name: 'march.csv' }).waitFor();
    await visit.inspect(`${name}-imports`);
    expect(await overflow(visit)).toBe(0);

    await page.getByRole('link', { name: 'march.csv' }).click();
    await page.getByRole('heading', { name: 'march.csv' }).waitFor();
    await visit.inspect(`${name}-import`);
    expect(await overflow(visit)).toBe(0);

    await page.goto(`${server.origin}/#/statistics`);
    await page.locator('.bi-plot').first().waitFor();
    await page.locator('.bi-as-table summary').first().click();
    await visit.inspect(`${name}-statistics`);
    expect(await overflow(visit)).toBe(0);

    await page.goto(`${server.origin}/#/`);
    await page.locator('input[type=file]').first().setInputFiles(sample);
    const dialog = page.getByRole('dialog');
    await dialog.locator('.bi-dialog-foot .bi-primary:enabled').waitFor();
    await dialog.locator('summary').last().click();
    await visit.inspect(`${name}-dialog`);

    // Nothing stays behind of a file that was not imported.
    await page.keyboard.press('Escape');
    await visit.inspect(`${name}-leave`);
    await dialog.locator('.bi-dialog-ask .bi-danger').click();
    await dialog.waitFor({ state: 'detached' });
    await visit.close();
  });

  test('nothing of the page is in another language than the one that was chosen', async () => {
    const visit = await Visit.open(browser, server.origin, { locale: 'en-IN' });
    const { page } = visit;
    await page.goto(server.link);
    await page.getByRole('button', { name: 'हिन्दी' }).click();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('hi');
    await page.getByRole('heading', { name: 'अपने कैटलॉग में उत्पाद जोड़ें' }).waitFor();

    for (const view of ['', 'imports', 'statistics']) {
      await page.goto(`${server.origin}/#/${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const words = await page.evaluate(() => {
        // What is not ours to translate: names of files, users, codes and languages.
        const copy = document.querySelector('.bi-root')!.cloneNode(true) as Element;
        copy.querySelectorAll('.bi-mono, .bi-user-name, [lang=en], tbody th, code').forEach((e) => e.remove());
        copy.querySelectorAll('.bi-notice-title').forEach((e) => e.replaceChildren(e.textContent.replace(/\S+\.csv/, '')));

        return copy.textContent.match(/[A-Za-z]{3,}/g) ?? [];
      });
      expect(words.filter((word) => !['CSV', 'UTC', 'csv', 'zst', 'operator'].includes(word))).toEqual([]);
    }

    // It is kept.
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('hi');
    await visit.close();
  });

  test('the colours can be chosen, and are kept', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    const ground = () => page.evaluate(() => getComputedStyle(document.querySelector('.bi-page')!).backgroundColor);

    await page.goto(server.link);
    expect(await ground()).toBe('rgb(246, 245, 240)');
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    expect(await ground()).toBe('rgb(18, 23, 22)');
    await page.reload();
    expect(await ground()).toBe('rgb(18, 23, 22)');
    await visit.close();
  });

  test('history is filtered and paged', async () => {
    for (let i = 0; i < 21; i++) {
      // One after the other: the order is what the pages show.
      // oxlint-disable-next-line no-await-in-loop
      await importSample(server, `batch ${i}.csv`, 'name,category\nSoap,Home\n');
    }

    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    await page.goto(server.link);
    await page.getByRole('link', { name: 'All imports' }).click();
    await page.getByRole('link', { name: 'batch 20.csv' }).waitFor();
    expect(await page.getByRole('link', { name: 'march.csv' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByRole('link', { name: 'march.csv' }).waitFor();
    await visit.inspect('imports-page-2');
    await page.getByRole('button', { name: 'Newer' }).click();
    await page.getByRole('link', { name: 'batch 20.csv' }).waitFor();

    await page.getByLabel('Status').selectOption('completed_with_errors');
    await page.getByRole('link', { name: 'march.csv' }).waitFor();
    expect(await page.getByRole('link', { name: 'batch 20.csv' }).count()).toBe(0);

    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('No import has this status').waitFor();
    await visit.close();
  });
});

/** Returns by how many pixels the page is wider than its window. */
function overflow({ page }: Visit): Promise<number> {
  return page.evaluate(() => Math.max(document.documentElement.scrollWidth - document.documentElement.clientWidth, 0));
}

async function importSample(server: Server, name: string, text = readFileSync(sample, 'utf8')): Promise<void> {
  const base = '/api/v1/admin/products/import';
  const upload = await server.ask(`${base}/upload-url?filename=${encodeURIComponent(name)}`);

  await fetch(String(upload['upload_url']), { method: 'PUT', body: text });
  await server.ask(`${base}/process`, { method: 'POST', body: JSON.stringify({ job_id: upload['job_id'] }) });

  for (;;) {
    const job = await server.ask(`${base}/${String(upload['job_id'])}/status`);

    if (job['completed_at'] !== null && job['completed_at'] !== undefined) {
      return;
    }

    await new Promise((done) => setTimeout(done, 100));
  }
}
