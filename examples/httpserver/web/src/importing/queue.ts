import type { Client } from '../api/client';
import { isUnknownEndpoint, Problem } from '../api/problem';
import { hasEnded, type ImportOptions, type JobStatus, type Validation } from '../api/types';
import { poll, type Poll } from './poll';
import type { Put } from './put';
import { Release } from './release';
import { persist, Waiting, type Trouble } from './retry';
import { upload } from './upload';

/**
 * Where a file stands: waiting for its turn, uploading, checking (the dry run),
 * ready to be started, starting, running (the server imports it), ended, unseen (it was
 * started, and the server does not say how it goes), or stopped by a problem that a
 * person has to look at: it was not imported.
 */
export type Phase = 'waiting' | 'uploading' | 'checking' | 'ready' | 'starting' | 'running' | 'ended' | 'unseen' | 'stopped';

type Task = (signal: AbortSignal) => Promise<void>;

/** A file on its way into the catalogue. Never changed: every step makes a new one. */
export interface Item {
  /** Tells items of one queue apart. */
  readonly key: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly phase: Phase;
  /** Bytes uploaded so far. */
  readonly sent: number;
  readonly jobID: string | null;
  /** What the dry run found; null where there was none. */
  readonly check: Validation | null;
  /** The options that the dry run was made with; see checkKeyOf. */
  readonly checkedWith: string;
  /** How many rows the last dry run was to read. */
  readonly rows: number | 'all';
  /** Why the server does not take the options, and which; null where it takes them. */
  readonly misfit: Misfit | null;
  /** Why there was no dry run; null where there was one, or none yet. */
  readonly unchecked: Problem | null;
  readonly job: JobStatus | null;
  /** What stands in the way for the moment. */
  readonly trouble: Trouble | null;
  /** What ended it, in phase stopped, or hides it, in phase unseen. */
  readonly problem: Problem | null;
  /** Whether somebody asked to cancel the running import. */
  readonly cancelling: boolean;
  /**
   * Why the server does not know of that yet, or why it will not cancel. Apart from
   * trouble, which every look at the import that succeeds takes away.
   */
  readonly cancelTrouble: Trouble | null;
}

export type Options = Partial<ImportOptions>;

/** A refusal of options. */
export interface Misfit {
  readonly problem: Problem;
  /** Which options; see keyOf. */
  readonly options: string;
}

/** Returns what tells options from others. */
export function keyOf(options: Options): string {
  return JSON.stringify(options);
}

/** Returns what tells options from others that a dry run would find something else with. */
export function checkKeyOf(options: Options): string {
  return JSON.stringify(options, (name, value: unknown) => (name === 'notification_email' ? undefined : value));
}

/** Tells whether an item has a dry run that was made with these options. */
export function isCheckedWith(item: Item, options: Options): boolean {
  return item.check !== null && item.checkedWith === checkKeyOf(options);
}

export interface QueueOptions {
  client: Client;
  put: Put;
  /** Told when the token is not good any more. */
  onUnauthorized?: (() => void) | undefined;
  /** Told of every import that has ended, once. */
  onEnded?: ((job: JobStatus) => void) | undefined;
}

// How many files are uploaded or checked at a time, and how many rows a check
// reads unless it is told to read all.
const lanes = 2;
const checkRows = 1_000;

/**
 * Queue takes files from this machine into the catalogue: each is uploaded and
 * checked, waits for start, and is followed to its end. Nothing is lost while the
 * server is away: a step that fails for a passing reason is made again.
 */
export class Queue {
  private items: readonly Item[] = [];
  private readonly files = new Map<string, File>();
  private readonly tasks = new Map<string, AbortController>();
  private readonly polls = new Map<string, Poll>();
  private readonly cancels = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();
  private readonly waiting = new Waiting();
  /** What waits for a lane, in its order, and how many lanes are taken. */
  private line: { key: string; task: Task }[] = [];
  private taken = 0;
  private readonly told = new Set<string>();
  private serial = 0;

  private readonly release: Release;

  constructor(private readonly o: QueueOptions) {
    this.release = new Release(o.client, this.waiting);
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);

    return () => this.listeners.delete(listener);
  };

  readonly getItems = (): readonly Item[] => this.items;

  /** Adds files, which are uploaded and checked with the options as their turn comes. */
  add(files: readonly File[], options: Options): void {
    const added = files.map((file) => {
      const key = `file-${++this.serial}`;
      this.files.set(key, file);

      return blank(key, file.name, file.size);
    });

    this.items = [...this.items, ...added];
    this.emit();

    for (const { key } of added) {
      this.enqueue(key, (signal) => this.prepare(key, options, signal));
    }
  }

  /** Follows an import that was started elsewhere. */
  follow(jobID: string): void {
    const key = `job-${++this.serial}`;

    this.items = [...this.items, { ...blank(key, '', 0), jobID, phase: 'running' }];
    this.emit();
    this.watch(key, jobID);
  }

  /**
   * Checks files that are ready once more, with other options or all their rows: as many
   * as the last time unless it is told.
   */
  recheck(keys: readonly string[], options: Options, rows?: number | 'all'): void {
    for (const key of keys) {
      const item = this.find(key);

      if (item?.phase === 'ready') {
        this.enqueue(key, (signal) => this.check(key, options, rows ?? item.rows, signal));
      }
    }
  }

  /** Starts the import of files that are ready; several go as one batch. */
  start(keys: readonly string[], options: Options): void {
    const ready = keys.filter((key) => this.find(key)?.phase === 'ready');

    if (ready.length > 1) {
      void this.startBatch(ready, options);
    } else {
      for (const key of ready) {
        void this.run(key, (signal) => this.startOne(key, options, signal));
      }
    }
  }

  /** Takes a file out that is not imported yet. */
  remove(key: string): void {
    const item = this.find(key);

    this.tasks.get(key)?.abort();
    this.cancels.get(key)?.abort();
    this.polls.get(key)?.stop();

    // One that is uploading gives up its own job.
    if (item?.jobID && !isStarted(item)) {
      this.release.add(item.jobID);
    }

    this.items = this.items.filter((other) => other.key !== key);
    this.files.delete(key);
    this.emit();
  }

  /**
   * Asks the server to stop a running import; what was imported stays. It is asked until
   * it has heard, or the import has ended.
   */
  cancel(key: string): void {
    const item = this.find(key);

    if (item?.phase === 'running' && item.jobID !== null) {
      void this.askToCancel(key, item.jobID);
    }
  }

  private async askToCancel(key: string, jobID: string): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;

    this.cancels.get(key)?.abort();
    this.cancels.set(key, controller);
    this.patch(key, { cancelling: true, cancelTrouble: null });

    try {
      await persist(() => this.o.client.cancel(jobID, signal), {
        ...this.persistence(key, signal),
        onTrouble: (cancelTrouble) => this.patch(key, { cancelTrouble }),
      });
    } catch (error) {
      if (signal.aborted) {
        return;
      }

      const problem = problemFrom(error);

      // It came to its end first, which the next look shows.
      this.patch(key, { cancelling: false, cancelTrouble: problem.status === 409 ? null : { problem, retryAt: null } });
    }

    this.polls.get(key)?.now();
  }

  /**
   * Tries a file again that was stopped, or an import that failed or was cancelled; of
   * one that is not seen it only looks again, for its import may go on.
   */
  retry(key: string, options: Options): void {
    const item = this.find(key);

    if (item?.phase === 'ended' && item.jobID !== null) {
      void this.run(key, (signal) => this.resume(key, item.jobID!, signal));
    } else if (item?.phase === 'stopped' && this.files.has(key)) {
      this.patch(key, { ...blank(key, item.name, item.size) });
      this.enqueue(key, (signal) => this.prepare(key, options, signal));
    } else if (item?.phase === 'unseen' && item.jobID !== null) {
      this.watch(key, item.jobID);
    }
  }

  /** Puts another file in the place of one that was stopped, or that is not to be started. */
  replace(key: string, file: File, options: Options): void {
    const item = this.find(key);

    if (item?.phase === 'stopped' || item?.phase === 'ready') {
      if (item.jobID !== null) {
        this.release.add(item.jobID);
      }

      this.files.set(key, file);
      this.patch(key, { ...blank(key, file.name, file.size) });
      this.enqueue(key, (signal) => this.prepare(key, options, signal));
    }
  }

  /** Asks how a job is doing now: the addresses of its reports are good for an hour. */
  latest(jobID: string): Promise<JobStatus> {
    return this.o.client.status(jobID);
  }

  /** Makes the next try of everything that waits for one, at once. */
  wake(): void {
    this.waiting.wake();

    for (const p of this.polls.values()) {
      p.now();
    }
  }

  /** Tells whether an upload or a start would be lost if the page were closed. */
  isSending(): boolean {
    return this.items.some(isSending);
  }

  /** Takes every file out that is not imported yet. */
  discard(): void {
    for (const item of this.items) {
      if (!isStarted(item)) {
        this.remove(item.key);
      }
    }
  }

  /**
   * Ends all work of this side. Imports that were started go on at the server; files
   * that were not are taken out, for nobody can start them any more.
   */
  dispose(): void {
    this.discard();
    this.line = [];

    for (const task of [...this.tasks.values(), ...this.cancels.values()]) {
      task.abort();
    }

    for (const p of this.polls.values()) {
      p.stop();
    }
  }

  /** Runs a task of an item as soon as a lane is free. */
  private enqueue(key: string, task: Task): void {
    this.patch(key, { phase: 'waiting' });
    this.line.push({ key, task });
    this.pump();
  }

  private pump(): void {
    while (this.taken < lanes) {
      const next = this.line.shift();

      if (next === undefined) {
        return;
      }

      // It may have been taken out meanwhile.
      if (this.find(next.key)?.phase === 'waiting') {
        this.taken++;
        void this.run(next.key, next.task).finally(() => {
          this.taken--;
          this.pump();
        });
      }
    }
  }

  private async prepare(key: string, options: Options, signal: AbortSignal): Promise<void> {
    const file = this.files.get(key)!;

    if (file.size === 0) {
      throw new Problem(400, 'file_empty_here', '');
    }

    this.patch(key, { phase: 'uploading', sent: 0 });

    const jobID = await upload(file, {
      client: this.o.client,
      put: this.o.put,
      onProgress: (sent) => this.patch(key, { sent }),
      giveUp: this.release.add,
      persistence: this.persistence(key, signal),
    });

    this.patch(key, { jobID, sent: file.size });
    await this.check(key, options, checkRows, signal);
  }

  private async check(key: string, options: Options, rows: number | 'all', signal: AbortSignal): Promise<void> {
    const jobID = this.find(key)!.jobID!;

    this.patch(key, { phase: 'checking', rows, misfit: null });

    try {
      const check = await persist(
        () => this.o.client.validate(jobID, rows, options, signal),
        this.persistence(key, signal),
      );

      this.patch(key, { phase: 'ready', check, checkedWith: checkKeyOf(options), unchecked: null });
    } catch (error) {
      // A server that cannot check can import nevertheless, and a wrong option can be
      // set right; a file that cannot be imported is an answer of its own.
      if (error instanceof Problem && error.code === 'options_invalid') {
        this.patch(key, { phase: 'ready', misfit: { problem: error, options: keyOf(options) } });
      } else if (isUnknownEndpoint(error)) {
        this.patch(key, { phase: 'ready', unchecked: error as Problem });
      } else {
        throw error;
      }
    }
  }

  private async startOne(key: string, options: Options, signal: AbortSignal): Promise<void> {
    const jobID = this.find(key)!.jobID!;
    const once = idempotencyKey();

    this.patch(key, { phase: 'starting', misfit: null });

    try {
      await persist(() => this.o.client.process(jobID, options, once, signal), this.persistence(key, signal));
    } catch (error) {
      // A wrong option is set right without sending the file again.
      if (error instanceof Problem && error.code === 'options_invalid') {
        this.patch(key, { phase: 'ready', misfit: { problem: error, options: keyOf(options) } });

        return;
      }

      throw error;
    }

    this.watch(key, jobID);
  }

  private async startBatch(keys: readonly string[], options: Options): Promise<void> {
    const jobs = new Map(keys.map((key) => [this.find(key)!.jobID!, key]));
    const controller = new AbortController();

    for (const key of keys) {
      this.tasks.set(key, controller);
      this.patch(key, { phase: 'starting', misfit: null });
    }

    const together = {
      ...this.persistence(keys[0]!, controller.signal),
      onTrouble: (trouble: Trouble | null) => keys.forEach((key) => this.patch(key, { trouble })),
    };

    try {
      const answer = await persist(
        () => this.o.client.startBatch([...jobs.keys()], options, controller.signal),
        together,
      );

      for (const { job_id: jobID, error } of answer.jobs) {
        const key = jobs.get(jobID);

        if (key === undefined) {
          continue;
        }

        if (error === null) {
          this.watch(key, jobID);
        } else if (error.code === 'quota_concurrent_jobs') {
          // It stays part of the batch, and is started once there is room.
          void this.run(key, (signal) => this.startOne(key, options, signal));
        } else {
          this.stop(key, new Problem(409, error.code, error.message));
        }
      }
    } catch {
      if (controller.signal.aborted) {
        return;
      }

      // One by one, where the server knows no batches, and where it refuses this
      // one: each file then has its own answer.
      for (const key of keys) {
        this.patch(key, { phase: 'ready' });
        void this.run(key, (signal) => this.startOne(key, options, signal));
      }
    }
  }

  private async resume(key: string, jobID: string, signal: AbortSignal): Promise<void> {
    this.patch(key, { phase: 'starting', cancelling: false, cancelTrouble: null });

    try {
      await persist(() => this.o.client.retry(jobID, signal), this.persistence(key, signal));
    } catch (error) {
      signal.throwIfAborted();
      this.patch(key, { phase: 'ended', trouble: { problem: problemFrom(error), retryAt: null } });

      return;
    }

    this.told.delete(key);
    this.watch(key, jobID);
  }

  /** Follows an import to its end. */
  private watch(key: string, jobID: string): void {
    this.polls.get(key)?.stop();
    this.patch(key, { phase: 'running', problem: null });

    this.polls.set(
      key,
      poll<JobStatus>({
        look: (signal) => this.o.client.status(jobID, signal),
        companions: () => this.items.filter(({ phase }) => phase === 'running').length,
        // It waits for somebody to start it.
        idle: () => this.find(key)?.job?.status === 'pending_upload',
        onTrouble: (trouble) => this.patch(key, { trouble }),
        onUnauthorized: this.o.onUnauthorized,
        onFailed: (problem) => this.patch(key, { phase: 'unseen', problem }),
        onSeen: (job) => {
          const ended = hasEnded(job.status);

          this.patch(key, { job, phase: ended ? 'ended' : 'running' });

          if (ended) {
            this.cancels.get(key)?.abort();
            this.patch(key, { cancelling: false, cancelTrouble: null });
          }

          if (ended && !this.told.has(key)) {
            this.told.add(key);
            this.o.onEnded?.(job);
          }

          return ended;
        },
      }),
    );
  }

  /** Runs a task of an item; a problem that it ends with stops the item. */
  private async run(key: string, task: Task): Promise<void> {
    const controller = new AbortController();

    this.tasks.get(key)?.abort();
    this.tasks.set(key, controller);

    try {
      await task(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) {
        this.stop(key, problemFrom(error));
      }
    }
  }

  /** Stops an item that was not imported. Another try sends its file under another job. */
  private stop(key: string, problem: Problem): void {
    const jobID = this.find(key)?.jobID;

    if (jobID) {
      this.release.add(jobID);
    }

    this.patch(key, { phase: 'stopped', jobID: null, trouble: null, problem });
  }

  private persistence(key: string, signal: AbortSignal) {
    return {
      waiting: this.waiting,
      signal,
      onTrouble: (trouble: Trouble | null) => this.patch(key, { trouble }),
      onUnauthorized: this.o.onUnauthorized,
    };
  }

  private find(key: string): Item | undefined {
    return this.items.find((item) => item.key === key);
  }

  private patch(key: string, change: Partial<Item>): void {
    const item = this.find(key);

    if (item === undefined || isSame(item, change)) {
      return;
    }

    this.items = this.items.map((other) => (other === item ? { ...item, ...change } : other));
    this.emit();
  }

  private emit(): void {
    for (const listener of this.listeners) {
      listener();
    }
  }
}

function blank(key: string, name: string, size: number): Item {
  return {
    key,
    name,
    size,
    phase: 'waiting',
    sent: 0,
    jobID: null,
    check: null,
    checkedWith: '',
    rows: checkRows,
    misfit: null,
    unchecked: null,
    job: null,
    trouble: null,
    problem: null,
    cancelling: false,
    cancelTrouble: null,
  };
}

function isStarted({ phase }: Item): boolean {
  return phase === 'starting' || phase === 'running' || phase === 'ended' || phase === 'unseen';
}

// One that waits for another check has arrived already.
function isSending({ phase, jobID }: Item): boolean {
  return (phase === 'waiting' && jobID === null) || phase === 'uploading' || phase === 'starting';
}

function isSame(item: Item, change: Partial<Item>): boolean {
  return Object.entries(change).every(([field, value]) => item[field as keyof Item] === value);
}

function problemFrom(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'unknown', error instanceof Error ? error.message : String(error));
}

/** Returns a random key. Pages without TLS have no randomUUID. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));

  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
