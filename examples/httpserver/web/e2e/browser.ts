import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect } from 'vitest';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executable = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const screenshots = process.env['SCREENSHOTS'];

/** Whether there is a browser; tests skip without one, but not where all must run. */
export function hasBrowser(): boolean {
  if (existsSync(executable)) {
    return true;
  }

  if (process.env['CI'] !== undefined) {
    throw new Error(`no browser at ${executable}; apt-get install chromium`);
  }

  console.warn(`skipped: no browser at ${executable}; apt-get install chromium, or set CHROMIUM`);

  return false;
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page, and what it did that it must not do. */
export class Visit {
  private readonly faults: string[] = [];
  /** Whether requests that fail are no fault: the server is away on purpose. */
  outage = false;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly origin: string,
  ) {}

  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({
      locale: 'en-IN',
      timezoneId: 'Asia/Kolkata',
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    const visit = new Visit(context, page, origin);

    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`);
      });
    });
    page.on('console', (message) => {
      const failed = message.text().startsWith('Failed to load resource');

      // The browser reports each answer that is an error; the page handles those.
      if ((message.type() === 'error' || message.type() === 'warning') && !failed) {
        visit.faults.push(message.text());
      }
    });
    page.on('pageerror', (error) => visit.faults.push(String(error)));
    page.on('request', (request) => {
      const { origin: to, protocol } = new URL(request.url());

      if (to !== origin && protocol !== 'data:' && protocol !== 'blob:') {
        visit.faults.push(`request to ${request.url()}`);
      }

      if (request.url().includes('#token=') || /[?&]token=/.test(request.url())) {
        visit.faults.push(`the token in ${request.url()}`);
      }
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';

      if (!visit.outage && !why.includes('ERR_ABORTED')) {
        visit.faults.push(`failed: ${request.url()} ${why}`);
      }
    });

    return visit;
  }

  /** Ends the visit; it must have been without a fault. */
  async close(): Promise<void> {
    await this.context.close();
    expect(this.faults).toEqual([]);
  }

  /** Checks accessibility of what is shown, and keeps a picture where one is wanted. */
  async inspect(name: string): Promise<void> {
    // Evaluated rather than added as a script, which the policy of the page forbids.
    await this.page.evaluate(source);

    const violations = await this.page.evaluate(async () => {
      const { axe: checker } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: Violation[] }> } };
      const result = await checker.run({ resultTypes: ['violations'] });

      return result.violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
      );
    });

    await this.shoot(name);
    expect(violations, name).toEqual([]);
  }

  async shoot(name: string): Promise<void> {
    if (screenshots !== undefined) {
      mkdirSync(screenshots, { recursive: true });
      await this.page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    }
  }
}

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}
