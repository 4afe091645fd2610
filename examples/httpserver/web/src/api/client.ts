import { offline, problemOf } from './problem';
import type {
  Analytics,
  BatchAnswer,
  ImportOptions,
  JobPage,
  JobStatus,
  JobStatusName,
  Upload,
  Validation,
} from './types';

/** Returns the token to send, or an empty string where there is none. */
export type GetToken = () => string | Promise<string>;

export interface ClientOptions {
  /** The address of the imports, such as /api/v1/admin/products/import. */
  base: string;
  /** The address of the statistics; null where there are none. */
  analytics?: string | null;
  getToken: GetToken;
}

interface Sent {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal | undefined;
  headers?: Record<string, string>;
  /** Milliseconds until an answer is given up. */
  timeout?: number;
}

// An answer that takes longer than this will not come, in milliseconds. A dry run of
// all rows reads the whole file and is given more.
const answerTimeout = 30_000;
const validateTimeout = 10 * 60_000;

/**
 * Client asks the server. Every method rejects with a Problem, or with the reason of
 * the signal where that was aborted.
 */
export class Client {
  private readonly base: string;
  private readonly analyticsAddress: string | null;
  private readonly getToken: GetToken;

  constructor(options: ClientOptions) {
    this.base = options.base.replace(/\/+$/, '');
    this.analyticsAddress = options.analytics ?? null;
    this.getToken = options.getToken;
  }

  /** Creates a job for a file and says where to put it. */
  createUpload(file: { name: string; size: number }, signal?: AbortSignal): Promise<Upload> {
    return this.json(`${this.base}/upload-url?${query({ filename: file.name, size: String(file.size) })}`, { signal });
  }

  completeUpload(jobID: string, parts: { part_number: number; etag: string }[], signal?: AbortSignal): Promise<unknown> {
    return this.json(`${this.job(jobID)}/upload/complete`, { method: 'POST', body: { parts }, signal });
  }

  /** Checks rows of an uploaded file without importing any. */
  validate(jobID: string, rows: number | 'all', options: Partial<ImportOptions>, signal?: AbortSignal): Promise<Validation> {
    return this.json(`${this.base}/validate`, {
      method: 'POST',
      body: { job_id: jobID, rows, options },
      signal,
      timeout: validateTimeout,
    });
  }

  /** Starts an import. The key makes it one start, however often it is sent. */
  process(jobID: string, options: Partial<ImportOptions>, key: string, signal?: AbortSignal): Promise<unknown> {
    return this.json(`${this.base}/process`, {
      method: 'POST',
      body: { job_id: jobID, options },
      headers: { 'Idempotency-Key': key },
      signal,
    });
  }

  /** Starts several imports at once. */
  startBatch(jobIDs: string[], options: Partial<ImportOptions>, signal?: AbortSignal): Promise<BatchAnswer> {
    return this.json(`${this.base}/batches`, { method: 'POST', body: { job_ids: jobIDs, options }, signal });
  }

  status(jobID: string, signal?: AbortSignal): Promise<JobStatus> {
    return this.json(`${this.job(jobID)}/status`, { signal });
  }

  list(filter: { status?: JobStatusName | ''; cursor?: string; limit?: number }, signal?: AbortSignal): Promise<JobPage> {
    const q = query({ limit: String(filter.limit ?? 20), status: filter.status ?? '', cursor: filter.cursor ?? '' });

    return this.json(`${this.base}?${q}`, { signal });
  }

  cancel(jobID: string, signal?: AbortSignal): Promise<unknown> {
    return this.json(this.job(jobID), { method: 'DELETE', signal });
  }

  /** Goes on with an import that failed or was cancelled. */
  retry(jobID: string, signal?: AbortSignal): Promise<unknown> {
    return this.json(`${this.job(jobID)}/retry`, { method: 'POST', body: {}, signal });
  }

  /** Returns the template of a file, with every column. */
  async template(signal?: AbortSignal): Promise<Blob> {
    return (await this.send(`${this.base}/template`, { signal })).blob();
  }

  /** Returns the analytics of products: the address has those of every type. */
  analytics(days: number, signal?: AbortSignal): Promise<Analytics> {
    if (this.analyticsAddress === null) {
      return Promise.reject(problemOf(404, '', null));
    }

    return this.json(`${this.analyticsAddress}?${query({ days: String(days), type: 'admin_product_import' })}`, { signal });
  }

  private job(jobID: string): string {
    return `${this.base}/${encodeURIComponent(jobID)}`;
  }

  private async json<T>(address: string, sent: Sent): Promise<T> {
    const answer = await this.send(address, sent);

    try {
      return (await answer.json()) as T;
    } catch {
      sent.signal?.throwIfAborted();

      // Cut off, or not the server that answered.
      throw offline();
    }
  }

  private async send(address: string, sent: Sent): Promise<Response> {
    const token = await this.getToken();
    const headers: Record<string, string> = { ...sent.headers };

    if (token !== '') {
      headers['Authorization'] = `Bearer ${token}`;
    }

    const init: RequestInit = {
      method: sent.method ?? 'GET',
      headers,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: within(sent.timeout ?? answerTimeout, sent.signal),
    };

    if (sent.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(sent.body);
    }

    let answer: Response;

    try {
      answer = await fetch(address, init);
    } catch {
      sent.signal?.throwIfAborted();

      throw offline();
    }

    if (!answer.ok) {
      throw problemOf(answer.status, await answer.text().catch(() => ''), answer.headers.get('Retry-After'));
    }

    return answer;
  }
}

function within(milliseconds: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(milliseconds);

  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

function query(values: Record<string, string>): string {
  const set = Object.entries(values).filter(([, value]) => value !== '');

  return new URLSearchParams(set).toString();
}
