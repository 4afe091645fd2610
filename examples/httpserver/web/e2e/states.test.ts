import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, freePort, scratch, Server } from './server';

const base = '/api/v1/admin/products/import';
const good = 'name,category\nSoap,Home\nLamp oil,Puja\n';

const looks: { name: string; options: BrowserContextOptions }[] = [
  { name: 'light', options: {} },
  { name: 'hindi', options: { locale: 'hi-IN' } },
];

// For somebody to look at.
if (process.env['SCREENSHOTS'] !== undefined) {
  looks.push(
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: 'phone', options: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } },
    { name: 'hindi-phone', options: { locale: 'hi-IN', viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' } },
  );
}

describe.skipIf(!hasBrowser())('what does not go as it should', () => {
  const { folder, remove } = scratch();
  const jobs = { failed: '', ready: '', header: '', twice: '', missing: '', discarded: '' };
  const columns = join(folder, 'columns.csv');
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    server = new Server(binary(folder), join(folder, 'data'), await freePort());
    await server.start();
    browser = await launch();
    writeFileSync(columns, 'सामान,Barcode,rack\nतेल,8909900001020,A1\n');

    const rows = Array.from({ length: 3_000 }, (_, i) => `${Math.random()} ${i},Home\n`).join('');
    jobs.failed = await upload('cut.csv.gz', gzipSync(`name,category\n${rows}`).subarray(0, -2_000));
    await server.ask(`${base}/process`, { method: 'POST', body: JSON.stringify({ job_id: jobs.failed }) });
    await ended(jobs.failed);

    jobs.ready = await upload('not started.csv', good);
    jobs.header = await upload('columns.csv', 'सामान,Barcode,rack\nतेल,8909900001020,A1\n');
    jobs.twice = await upload('twice.csv', 'name,category,Barcode,EAN\nSoap,Home,1,2\n');
    jobs.missing = await upload('missing.csv', null);
    jobs.discarded = await upload('discarded.csv', good);
    await server.ask(`${base}/${jobs.discarded}`, { method: 'DELETE' });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    remove();
  });

  async function upload(name: string, content: string | Buffer | null): Promise<string> {
    const { job_id: id, upload_url: address } = await server.ask(`${base}/upload-url?filename=${encodeURIComponent(name)}`);

    if (content !== null) {
      await fetch(String(address), { method: 'PUT', body: content as BodyInit });
    }

    return String(id);
  }

  async function ended(id: string): Promise<void> {
    while (!(await server.ask(`${base}/${id}/status`))['completed_at']) {
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  test.each(looks)('is said and offered a way out of, in $name', async ({ name, options }) => {
    const visit = await Visit.open(browser, server.origin, options);
    const { page } = visit;

    await page.goto(`${server.origin}/#token=eyJhbGciOi`);
    await page.locator('.bi-signin .bi-notice').waitFor();
    expect(page.url()).toBe(`${server.origin}/`);
    await visit.inspect(`${name}-broken-link`);

    await page.goto(server.link);
    await page.locator('.bi-hero').waitFor();
    await page.locator('.bi-jobs').first().waitFor();
    await visit.inspect(`${name}-states-overview`);

    const open = async (id: string, what: string) => {
      await page.goto(`${server.origin}/#/imports/${id}`);
      await page.locator('.bi-main .bi-job, .bi-main .bi-notice').first().waitFor();
      await page.locator('.bi-busy').waitFor({ state: 'detached' });
      await visit.inspect(`${name}-${what}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    };
    const buttons = () => page.locator('.bi-main .bi-job button').allInnerTexts();

    await open(jobs.failed, 'job-failed');
    expect((await buttons()).filter((text) => /where it stopped|जहाँ रुका/.test(text))).toEqual([]);
    await open(jobs.ready, 'job-not-started');
    expect(await page.locator('.bi-actions .bi-primary:enabled').count()).toBe(1);
    await open(jobs.header, 'job-columns');
    expect(await page.locator('.bi-columns tbody tr').count()).toBe(3);
    await open(jobs.twice, 'job-twice');
    await open(jobs.missing, 'job-not-arrived');
    expect(await page.locator('.bi-drop').count()).toBe(1);
    await open(jobs.discarded, 'job-discarded');
    expect((await buttons()).filter((text) => /where it stopped|जहाँ रुका/.test(text))).toEqual([]);
    await open('admin_import_20250106_nothere', 'job-404');

    await page.goto(`${server.origin}/#/imports?status=completed_with_errors`);
    await page.locator('.bi-empty').waitFor();
    await visit.inspect(`${name}-filter-empty`);

    await page.goto(`${server.origin}/#/statistics`);
    await page.locator('.bi-plot-head button').nth(1).click();
    await visit.inspect(`${name}-imports-per-day`);

    await page.goto(`${server.origin}/#/`);
    await page.locator('input[type=file]').first().setInputFiles(columns);
    const dialog = page.getByRole('dialog');
    await dialog.locator('.bi-columns').waitFor();
    await visit.inspect(`${name}-dialog-columns`);

    if (name.startsWith('hindi')) {
      const words = await dialog.evaluate((element) => {
        const copy = element.cloneNode(true) as Element;
        copy.querySelectorAll('.bi-mono, .bi-samples, h3, [role=status]').forEach((e) => e.remove());

        return copy.textContent.match(/[A-Za-z]{2,}/g) ?? [];
      });
      expect(words.filter((word) => !['CSV', 'IN', 'MH'].includes(word))).toEqual([]);
    }

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await visit.close();
  });

  test('a file that was left behind is started from its page, by the keyboard', async () => {
    const id = await upload('left behind.csv', good);
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    await page.goto(server.link);
    await page.locator('.bi-hero').waitFor();
    await page.goto(`${server.origin}/#/imports/${id}`);

    await page.getByRole('button', { name: 'Import 2 rows' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('2 products imported').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('left behind.csv');
    await page.getByRole('status').filter({ hasText: 'left behind.csv: Done.' }).waitFor({ state: 'attached' });

    // What is discarded from here on stands before it, and hides it neither there nor from the statistics.
    for (let i = 0; i < 25; i++) {
      // One after the other, for they are few a second.
      // oxlint-disable-next-line no-await-in-loop
      const file = await upload(`looked at ${i}.csv`, null);
      // oxlint-disable-next-line no-await-in-loop
      await server.ask(`${base}/${file}`, { method: 'DELETE' });
    }

    await page.goto(`${server.origin}/#/`);
    await page.getByRole('link', { name: 'left behind.csv' }).waitFor();

    // The server gives an answer again for some seconds.
    await expect
      .poll(async () => (await server.ask('/api/v1/admin/import/analytics?days=7'))['jobs'], { timeout: 10_000 })
      .toMatchObject({ started: 2 });
    await page.goto(`${server.origin}/#/statistics`);
    await page.getByRole('button', { name: '7 days' }).click();
    await page.getByText('Imports', { exact: true }).and(page.locator('dt')).waitFor();
    await expect.poll(() => page.locator('.bi-figures dd').first().innerText()).toBe('2');
    await visit.close();
  });
});
