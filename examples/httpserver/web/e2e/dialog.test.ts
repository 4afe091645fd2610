import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, freePort, sample, scratch, Server } from './server';

const phone: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const looks: { name: string; options: BrowserContextOptions }[] = [
  { name: 'light', options: {} },
  { name: 'dark', options: { colorScheme: 'dark' } },
  { name: 'phone', options: phone },
  { name: 'hindi', options: { locale: 'hi-IN' } },
  { name: 'hindi-phone', options: { ...phone, locale: 'hi-IN', colorScheme: 'dark' } },
];

const patient = { timeout: 60_000 };

describe.skipIf(!hasBrowser())('the dialog', () => {
  const { folder, remove } = scratch();
  const paths = Object.fromEntries(
    ['long', 'large', 'header', 'empty', 'noname', 'small'].map((name) => [name, join(folder, `${name}.csv`)]),
  ) as Record<'long' | 'large' | 'header' | 'empty' | 'noname' | 'small', string>;
  // Names may have hundreds of characters.
  const named = join(folder, `${'price list of the shop '.repeat(8)}.csv`);
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    server = new Server(binary(folder), join(folder, 'data'), await freePort());
    await server.start();
    browser = await launch();
    writeFileSync(paths.long, rowsOf(3_000));
    writeFileSync(paths.large, rowsOf(200_000));
    writeFileSync(paths.header, 'name,brand,category,barcode\n');
    writeFileSync(paths.empty, '');
    writeFileSync(named, '');
    writeFileSync(paths.noname, 'brand,category\nAcme,Home\n');
    writeFileSync(paths.small, 'name,category\nSoap,Home\n');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    remove();
  });

  async function opened(files: string | string[], options: BrowserContextOptions = {}): Promise<{ visit: Visit; page: Page; dialog: Locator }> {
    const visit = await Visit.open(browser, server.origin, options);
    const { page } = visit;
    await page.goto(server.link);
    await page.locator('.bi-hero').waitFor();
    await page.locator('input[type=file]').first().setInputFiles(files);

    return { visit, page, dialog: page.getByRole('dialog') };
  }

  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

  test('asks before it drops an upload, where it is seen, and a second key means no', { timeout: 420_000 }, async () => {
    const { visit, page, dialog } = await opened([], phone);
    page.setDefaultTimeout(120_000);
    const link = await page.context().newCDPSession(page);
    const speed = (bytes: number) =>
      link.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });
    await link.send('Network.enable');
    // Slow enough for all of this, on a machine with much else to do: it takes six minutes.
    await speed(30_000);
    await page.locator('input[type=file]').first().setInputFiles(paths.large);
    await dialog.getByRole('progressbar', { name: 'Upload' }).waitFor();
    await dialog.getByText('Options').click();
    await dialog.locator('.bi-dialog-body').evaluate((e) => e.scrollTo(0, 99_999));

    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const question = dialog.getByText('A file is still being uploaded');
    await question.waitFor();
    const onTop = () => question.evaluate((e) => document.elementFromPoint(e.getBoundingClientRect().x + 5, e.getBoundingClientRect().y + 5) === e);
    await expect.poll(onTop, patient).toBe(true);
    await expect.poll(() => focused(page), patient).toBe('Keep uploading');
    // A second click, as half of a double one, takes nothing back.
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await expect.poll(() => focused(page), patient).toBe('Keep uploading');
    await visit.inspect('leave-phone');

    // The browser would let the page prevent an Escape once between two clicks.
    for (const shown of [0, 1, 0, 1]) {
      // oxlint-disable-next-line no-await-in-loop
      await page.keyboard.press('Escape');
      // oxlint-disable-next-line no-await-in-loop
      await expect.poll(() => question.count(), patient).toBe(shown);
    }

    await speed(-1);
    await dialog.getByText('ready, not imported yet').waitFor();
    expect(await question.count()).toBe(0);
    expect(await dialog.getByText('Not everything is imported yet').count()).toBe(0);
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), patient).toBe('H3');

    await page.keyboard.press('Escape');
    await dialog.getByText('Not everything is imported yet').waitFor();
    await visit.inspect('leave-ready-phone');
    await dialog.getByRole('button', { name: 'Discard them and close' }).click();
    await dialog.waitFor({ state: 'detached' });
    await visit.close();
  });

  test('keeps the focus where a button goes', async () => {
    const { visit, page, dialog } = await opened(paths.long);
    const press = async (name: string | RegExp) => {
      await dialog.getByRole('button', { name }).first().focus();
      await page.keyboard.press('Enter');
    };

    await dialog.getByText(/The first 1,000 of about/).waitFor();
    await press('Check all rows');
    await dialog.getByText(/All 3,000 rows were checked/).waitFor();
    expect(await focused(page)).toBe('long.csv');

    await dialog.getByText('Options').click();
    await dialog.getByLabel('Mark new products as verified').check();
    await press('Check again with these options');
    // As many rows as before.
    await dialog.getByRole('button', { name: 'Import 3,000 rows' }).waitFor();
    expect(await focused(page)).toBe('long.csv');

    // Slow enough to be cancelled: its status says that it runs.
    await page.route('**/status', async (route) => {
      const answer = await route.fetch();
      const job = (await answer.json()) as Record<string, unknown>;
      await route.fulfill({ response: answer, json: { ...job, status: 'processing', completed_at: null } });
    });
    await page.route(/import\/admin_import[^/]*$/, (route) =>
      route.fulfill({ status: 202, contentType: 'application/json', body: '{"success":true}' }),
    );
    await press('Import 3,000 rows');
    await dialog.getByRole('button', { name: 'Cancel the import' }).waitFor();
    expect(await focused(page)).toBe('long.csv');

    await press('Cancel the import');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await dialog.getByText('Cancelling;').waitFor();
    expect(await focused(page)).toContain('Cancelling;');

    await page.unroute('**/status');
    await dialog.getByText('3,000 products imported').waitFor();
    expect(await focused(page)).toBe('long.csv');

    await press('Remove long.csv');
    await dialog.getByText('Drop CSV files here').waitFor();
    expect(await focused(page)).toBe('Choose files');
    await visit.close();
  });

  test('takes files that are dropped beside their place', async () => {
    const { visit, page, dialog } = await opened([]);
    const drop = (target: Locator, name: string) =>
      target.evaluate((element, file) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['name,category\nSoap,Home\n'], file, { type: 'text/csv' }));
        const fire = (type: string) =>
          element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));

        // Neither is left to the browser, which would open the file.
        return [fire('dragover'), fire('drop')];
      }, name);

    expect(await drop(page.locator('.bi-header'), 'page.csv')).toEqual([false, false]);
    await dialog.getByRole('region', { name: 'page.csv' }).waitFor();
    expect(await drop(dialog.locator('.bi-item').first(), 'card.csv')).toEqual([false, false]);
    await dialog.getByRole('region', { name: 'card.csv' }).waitFor();
    await dialog.getByRole('button', { name: 'Import 2 files' }).waitFor();
    expect(await dialog.getByRole('region').filter({ has: page.locator('h3') }).count()).toBe(2);

    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await dialog.getByRole('button', { name: 'Discard them and close' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await drop(page.locator('main'), 'nobody.csv')).toEqual([false, false]);
    expect(await dialog.count()).toBe(0);
    await visit.close();
  });

  test('leaves no job behind of files that are refused', async () => {
    const { visit, page, dialog } = await opened(paths.noname);
    await dialog.getByRole('alert').waitFor();

    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog.getByRole('button', { name: 'Choose the corrected file' }).click(),
    ]);
    await chooser.setFiles(paths.small);
    await dialog.getByRole('button', { name: /^(Import 1 row|Start import)$/ }).waitFor();
    expect(await dialog.getByRole('region', { name: 'noname.csv' }).count()).toBe(0);

    await expect
      .poll(async () => {
        const { jobs } = (await server.ask('/api/v1/admin/products/import')) as { jobs: { filename: string; status: string }[] };

        return jobs.filter(({ filename }) => filename === 'noname.csv').map(({ status }) => status);
      }, patient)
      .toEqual(['cancelled']);
    await visit.close();
  });

  test('takes no more files than it may, and leaves no job behind of any', async () => {
    const names = Array.from({ length: 52 }, (_, i) => join(folder, `many-${i}.csv`));
    names.forEach((name, i) => writeFileSync(name, `name,category\nThing ${i},Home\n`));
    const { visit, dialog } = await opened(names);

    await dialog.getByText('At most 50 files at a time; the others were left out.').waitFor();
    expect(await dialog.locator('.bi-item').count()).toBe(50);
    await dialog.getByRole('button', { name: 'Import 50 files' }).waitFor({ timeout: 120_000 });
    await dialog.locator('.bi-dialog-head .bi-button').click();
    await dialog.getByRole('button', { name: 'Discard them and close' }).click();

    await expect
      .poll(async () => {
        const { jobs } = (await server.ask('/api/v1/admin/products/import?limit=100')) as { jobs: { filename: string; status: string }[] };

        return jobs.filter(({ filename, status }) => filename.startsWith('many-') && status === 'cancelled').length;
      }, { timeout: 60_000, interval: 1_000 })
      .toBe(50);
    await visit.close();
  });

  test.each(looks)('in every state, in $name', async ({ name, options }) => {
    const { visit, page, dialog } = await opened(sample, options);
    const region = dialog.locator('.bi-field .bi-input').first();
    const recheck = dialog.locator('.bi-foot-note .bi-button');
    const start = dialog.locator('.bi-dialog-foot > .bi-primary');
    const close = dialog.locator('.bi-dialog-head .bi-button');

    // Other options than those of the check, and one that is not valid.
    await dialog.locator('.bi-verdict').waitFor();
    await dialog.locator('summary').last().click();
    await dialog.locator('.bi-check input').first().uncheck();
    await recheck.waitFor();
    await dialog.locator('.bi-dialog-body').evaluate((e) => e.scrollTo(0, 0));
    await visit.inspect(`${name}-stale`);
    await region.fill('not a region!!');
    await recheck.click();
    await dialog.locator('[aria-invalid=true]').waitFor();
    expect(await region.evaluate((e) => e === document.activeElement)).toBe(true);
    expect(await start.isDisabled()).toBe(true);
    await visit.inspect(`${name}-option-wrong-field`);
    await dialog.locator('.bi-dialog-body').evaluate((e) => e.scrollTo(0, 0));
    await visit.inspect(`${name}-option-wrong`);
    await close.click();
    await visit.inspect(`${name}-leave`);
    await dialog.locator('.bi-dialog-ask .bi-danger').click();
    await dialog.waitFor({ state: 'detached' });

    // Refused files, and one without rows.
    await page.locator('input[type=file]').first().setInputFiles([paths.noname, named, paths.header]);
    await expect.poll(() => dialog.getByRole('alert').count(), patient).toBe(2);
    await dialog.locator('.bi-verdict-warn').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await start.hover({ force: true });
    expect(await start.evaluate((e) => getComputedStyle(e).borderColor === getComputedStyle(e.closest('footer')!).borderTopColor)).toBe(true);
    expect(await dialog.locator('.bi-dialog-sum li').count()).toBe(1);
    const lines = dialog.locator('.bi-item-name h3').nth(1).evaluate((e) => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight));
    expect(Math.round(await lines)).toBeLessThanOrEqual(3);
    await visit.inspect(`${name}-refused`);
    // Nothing would be lost, so that nothing is asked.
    await close.click();
    await dialog.waitFor({ state: 'detached' });

    // An import that cannot be cancelled, and then cannot be seen.
    await page.route('**/status', async (route) => {
      const answer = await route.fetch();
      const job = (await answer.json()) as Record<string, unknown>;
      await route.fulfill({ response: answer, json: { ...job, status: 'processing', completed_at: null } });
    });
    await page.route(/import\/admin_import[^/]*$/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":"The server is busy; try again.","code":"unavailable"}' }),
    );
    await page.locator('input[type=file]').first().setInputFiles([paths.small]);
    await start.and(page.locator(':enabled')).click();
    await dialog.locator('.bi-cancelling button').click();
    await dialog.locator('.bi-confirm .bi-danger').click();
    await dialog.locator('.bi-cancelling .bi-notice').waitFor();
    await visit.inspect(`${name}-cancel-trouble`);
    await page.unroute('**/status');
    await page.route('**/status', (route) =>
      route.fulfill({ status: 404, contentType: 'application/json', body: '{"error":"There is no such import job.","code":"job_not_found"}' }),
    );
    await dialog.getByRole('alert').waitFor();
    await visit.inspect(`${name}-unseen`);
    await page.unrouteAll();
    await visit.close();
  });
});

function rowsOf(n: number): string {
  const lines = Array.from({ length: n }, (_, i) => `Product ${i},Household,${8_900_000_000_000 + i},One of many`);

  return `name,category,barcode,description\n${lines.join('\n')}\n`;
}
