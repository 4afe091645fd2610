import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../../..');

/** The sample that is shipped, and a real catalogue that is there on some machines only. */
export const sample = join(repository, 'examples/data/products.csv');
export const catalogue = process.env['BULKIMPORT_BIGBASKET'] ?? resolve(repository, '../shared/data/bigbasket.csv');

/** Returns a folder for one test, and what removes it. */
export function scratch(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'bulkimport-web-'));

  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Returns the program: that of scripts/web-test, or one that is built now. */
export function binary(folder: string): string {
  const built = process.env['BULKIMPORT_BINARY'];

  if (built !== undefined && existsSync(built)) {
    return built;
  }

  const program = join(folder, 'httpserver');
  execFileSync('go', ['build', '-o', program, './examples/httpserver'], { cwd: repository, stdio: 'inherit' });

  return program;
}

/** Returns a port of this machine that is free right now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? done(address.port) : failed(new Error('no port'))));
    });
  });
}

/** A server in a process of its own, on a folder that outlives it. */
export class Server {
  private child: ChildProcess | null = null;
  private greeting = '';

  constructor(
    private readonly program: string,
    private readonly data: string,
    readonly port: number,
    private readonly args: readonly string[] = [],
  ) {}

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The link that signs in, as the server prints it. */
  get link(): string {
    const found = /http:\S+#token=\S+/.exec(this.greeting);

    if (found === null) {
      throw new Error(`no link in: ${this.greeting}`);
    }

    return found[0];
  }

  get token(): string {
    return this.link.replace(/^.*#token=/, '');
  }

  /** Starts it and waits for its greeting. */
  async start(): Promise<void> {
    const args = ['-addr', `127.0.0.1:${this.port}`, '-data', this.data, '-images', 'off', '-max-jobs-day', '-1', ...this.args];
    const child = spawn(this.program, args, { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    this.child = child;
    this.greeting = '';
    child.stderr.on('data', (text: Buffer) => (log += text.toString()));

    await new Promise<void>((ready, failed) => {
      child.stdout.on('data', (text: Buffer) => {
        this.greeting += text.toString();

        if (this.greeting.includes("/status'")) {
          ready();
        }
      });
      child.on('exit', (code) => failed(new Error(`the server ended with ${code}: ${log}`)));
    });
  }

  /** Ends it by a signal, and waits until it has ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;

    if (child === null || child.exitCode !== null || child.signalCode !== null) {
      return;
    }

    await new Promise<void>((ended) => {
      child.removeAllListeners('exit');
      child.on('exit', () => ended());
      child.kill(signal);
    });
  }

  /** Asks the API, as the user of the link. */
  async ask(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
    const answer = await fetch(this.origin + path, {
      ...init,
      headers: { Authorization: `Bearer ${this.token}`, ...init.headers },
    });

    return (await answer.json()) as Record<string, unknown>;
  }
}
