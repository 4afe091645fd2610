import { existsSync, readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server as HTTPServer, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launch, Visit } from './browser';
import { binary, freePort, sample, scratch, Server } from './server';

const root = join(import.meta.dirname, '../embed');
const packaged = existsSync(join(import.meta.dirname, '../dist-lib/index.js'));

if (!packaged) {
  console.warn('skipped: the package is not built; npm run build:lib');
}

describe.skipIf(!packaged || !hasBrowser())('another application', () => {
  const { folder, remove } = scratch();
  let browser: Browser;
  let server: Server;
  let application: HTTPServer;
  let origin: string;

  beforeAll(async () => {
    const built = join(folder, 'application');
    await build({ root, configFile: false, logLevel: 'error', build: { outDir: built, emptyOutDir: true } });

    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    server = new Server(binary(folder), join(folder, 'data'), await freePort(), ['-public-url', origin]);
    await server.start();

    application = createServer((asked, answer) => serve(built, server.port, asked, answer));
    await new Promise<void>((ready) => application.listen(port, '127.0.0.1', ready));
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    application?.close();
    await server?.stop();
    remove();
  });

  test('imports with the dialog of the package', async () => {
    const visit = await Visit.open(browser, origin);
    const { page } = visit;
    await page.goto(origin);
    await page.evaluate((token) => sessionStorage.setItem('token', token), server.token);

    await page.getByRole('button', { name: 'Import products' }).click();
    const dialog = page.getByRole('dialog', { name: 'उत्पाद आयात करें' });
    await dialog.locator('input[type=file]').setInputFiles(sample);
    await dialog.locator('.bi-dialog-foot .bi-primary:enabled').click();
    await dialog.getByText('25 उत्पाद आयात हुए').waitFor();
    await visit.inspect('embedded');

    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('products.csv: 25 imported').waitFor();
    // The focus is where it was, and the styles of the dialog have touched nothing else.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Import products');
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('h1')!).fontSize)).toBe('32px');
    await visit.close();
  });
});

/** Serves the files of the application, and asks the import server for the rest. */
function serve(folder: string, port: number, asked: IncomingMessage, answer: ServerResponse): void {
  const path = asked.url ?? '/';

  if (path.startsWith('/api/') || path.startsWith('/files/')) {
    const passed = request({ host: '127.0.0.1', port, path, method: asked.method, headers: asked.headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });

    passed.on('error', () => answer.writeHead(502).end());
    asked.pipe(passed);

    return;
  }

  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
  const file = join(folder, path === '/' ? 'index.html' : path);

  if (!existsSync(file)) {
    answer.writeHead(path === '/favicon.ico' ? 204 : 404).end();

    return;
  }

  answer.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
}
