import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, freePort, scratch, Server } from './server';

const rows = 500_000;

describe.skipIf(!hasBrowser())('a server that goes away', () => {
  const { folder, remove } = scratch();
  const file = join(folder, 'large.csv');
  let browser: Browser;
  let server: Server;

  beforeAll(async () => {
    server = new Server(binary(folder), join(folder, 'data'), await freePort());
    await server.start();
    browser = await launch();
    writeFileSync(file, largeFile());
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    remove();
  });

  test('in mid-upload and in mid-import costs nothing', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    const link = await page.context().newCDPSession(page);
    const speed = (bytes: number) =>
      link.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytes });

    await page.goto(server.link);
    await page.getByText('No imports yet').waitFor();
    await link.send('Network.enable');
    await speed(2_000_000);
    await page.locator('input[type=file]').first().setInputFiles(file);

    const dialog = page.getByRole('dialog');
    const bar = dialog.getByRole('progressbar', { name: 'Upload' });
    await expect.poll(() => bar.evaluate((e: HTMLProgressElement) => e.position), { timeout: 60_000 }).toBeGreaterThan(0.1);
    await dialog.getByText(/MB per second/).waitFor();
    await visit.inspect('dialog-uploading');

    visit.outage = true;
    await server.stop('SIGKILL');
    await dialog.getByText('The server does not answer').waitFor();
    await dialog.getByText('Your file is safe').waitFor();
    await visit.inspect('dialog-upload-interrupted');

    await speed(-1);
    await server.start();
    await dialog.getByText('ready, not imported yet').waitFor({ timeout: 90_000 });
    expect(await dialog.getByText('The server does not answer').count()).toBe(0);

    await dialog.locator('.bi-dialog-foot .bi-primary').click();
    await dialog.getByText(/Importing, [1-9]\d* % done/).waitFor();
    await dialog.getByText(/rows per second/).waitFor();
    await visit.inspect('dialog-running');

    await server.stop('SIGKILL');
    await dialog.getByText('The import is not lost').waitFor();
    await visit.inspect('dialog-import-interrupted');
    await server.start();

    await dialog.getByText('5,00,000 products imported').waitFor({ timeout: 120_000 });
    expect(await dialog.getByText('The server does not answer').count()).toBe(0);
    await visit.inspect('dialog-survived');
    await visit.close();
  });

  test('a running import is cancelled, and goes on where it stopped', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    await page.goto(server.link);
    await page.getByRole('link', { name: 'large.csv' }).waitFor();
    await page.locator('input[type=file]').first().setInputFiles(file);

    const dialog = page.getByRole('dialog');
    await dialog.getByText('Options').click();
    await dialog.getByLabel('Leave out duplicates').uncheck();
    await dialog.locator('.bi-dialog-foot .bi-primary:enabled').click({ timeout: 60_000 });
    await dialog.getByText(/Importing, \d+ % done/).waitFor();

    await dialog.getByRole('button', { name: 'Cancel the import' }).click();
    const sure = dialog.getByRole('group', { name: /Cancel this import/ });
    await visit.inspect('dialog-cancel');
    expect(await sure.getByRole('button', { name: 'Go on' }).evaluate((e) => e === document.activeElement)).toBe(true);
    await sure.getByRole('button', { name: 'Cancel the import' }).click();

    await dialog.getByText('The import was cancelled').waitFor();
    await visit.inspect('dialog-cancelled');

    await dialog.getByRole('button', { name: 'Go on where it stopped' }).click();
    await dialog.getByText(/products imported/).waitFor({ timeout: 120_000 });
    await dialog.getByText('Every row is accounted for').waitFor();
    await visit.close();
  });

  test('an upload is cancelled', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    const link = await page.context().newCDPSession(page);
    await page.goto(server.link);
    await page.getByRole('link', { name: 'large.csv' }).first().waitFor();
    await link.send('Network.enable');
    await link.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 500_000 });
    await page.locator('input[type=file]').first().setInputFiles(file);

    const dialog = page.getByRole('dialog');
    await dialog.getByRole('progressbar', { name: 'Upload' }).waitFor();

    // Closing asks first.
    await page.keyboard.press('Escape');
    await dialog.getByText('A file is still being uploaded').waitFor();
    await visit.inspect('dialog-leave');
    await dialog.getByRole('button', { name: 'Keep uploading' }).click();

    await dialog.getByRole('button', { name: 'Cancel the upload of large.csv' }).click();
    await dialog.getByText('Drop CSV files here').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    // Its job is given up, too.
    await expect
      .poll(async () => {
        const { jobs } = (await server.ask('/api/v1/admin/products/import')) as { jobs: { status: string }[] };

        return jobs[0]?.status;
      })
      .toBe('cancelled');
    await visit.close();
  });

  test('a session that has ended is taken up by another token', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    await page.goto(server.link);
    await page.getByRole('link', { name: 'large.csv' }).first().waitFor();

    // As a token that has expired: the server takes it no more.
    await page.evaluate(() => sessionStorage.setItem('bulkimport.token', 'eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoieCJ9.AAAA'));
    await page.reload();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await again.waitFor();
    await visit.inspect('session-ended');
    await again.getByLabel('Link or token').fill(server.token);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'large.csv' }).first().waitFor();
    await visit.close();
  });
});

/** Returns a file that takes seconds to import. */
function largeFile(): string {
  const lines = ['name,category,barcode,description'];

  for (let i = 0; i < rows; i++) {
    lines.push(`Product ${i},Household,${8_900_000_000_000 + i},A thing of which there are many`);
  }

  return `${lines.join('\n')}\n`;
}
