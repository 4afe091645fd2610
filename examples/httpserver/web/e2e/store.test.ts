import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, freePort, scratch, Server } from './server';

const stock = `Item Name,EAN,Category,Qty,Cost Price,Price,Rack
Toor Dal 1 kg,8909900001020,Pulses,12,140.00,182,A2
Chakki Atta,8909900001037,Flours,7,380,420,A2
Rock Salt,8909900001044,Spices,lots,20,25,B1
`;

describe.skipIf(!hasBrowser())('the owner of a store', () => {
  const { folder, remove } = scratch();
  const data = join(folder, 'data');
  let browser: Browser;
  let server: Server;
  let token = '';

  beforeAll(async () => {
    const program = binary(folder);
    server = new Server(program, data, await freePort());
    await server.start();
    browser = await launch();
    token = execFileSync(program, ['token', '-user', 'meena', '-role', 'store_owner', '-store', 'store-7', '-data', data], {
      encoding: 'utf8',
    }).trim();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    remove();
  });

  test('imports the stock of the store', async () => {
    const visit = await Visit.open(browser, server.origin);
    const { page } = visit;
    await page.goto(`${server.origin}/#token=${token}`);
    await page.getByRole('heading', { name: 'Bring your stock up to date' }).waitFor();
    await page.getByText('Store owner').waitFor();
    await page.getByText('No imports yet').waitFor();

    const file = join(folder, 'stock.csv');
    writeFileSync(file, stock);
    await page.locator('input[type=file]').first().setInputFiles(file);

    const dialog = page.getByRole('dialog', { name: 'Import stock' });
    await dialog.locator('.bi-dialog-foot .bi-primary:enabled').waitFor();
    await visit.inspect('store-dialog');
    await dialog.locator('.bi-dialog-foot .bi-primary:enabled').click();
    await dialog.getByText('2 items recorded').waitFor();
    await dialog.getByText('1 row was not imported').waitFor();
    await visit.inspect('store-ended');
    await page.keyboard.press('Escape');

    // The overview speaks of stock.
    await page.getByRole('complementary', { name: 'Stock recorded' }).getByText('In the last 30 days').waitFor();
    await page.getByText('2 recorded, 2 of them new products').waitFor();
    await visit.inspect('store-overview');

    await page.getByRole('link', { name: 'stock.csv' }).click();
    await page.getByText('2 items recorded').waitFor();
    await page.goto(`${server.origin}/#/statistics`);
    await page.locator('.bi-plot').first().waitFor();
    await visit.inspect('store-statistics');
    await visit.close();
  });
});
