import { vi } from 'vitest';
import type { JobStatus, Validation } from '../src/api/types';
import type { Put } from '../src/importing/put';

export const base = '/api/v1/admin/products/import';

export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  headers: Headers;
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'offline';
type Handler = (request: Request) => Answer;

/**
 * A server of the tests: answers fetch from a table of "METHOD path" and remembers
 * what it was asked. What the table leaves out is not found, as at an older server.
 */
export class FakeServer {
  readonly requests: Request[] = [];

  constructor(private readonly table: Record<string, Handler | Answer>) {
    vi.stubGlobal('fetch', (address: string, init: RequestInit) => this.fetch(address, init));
  }

  /** Changes what an endpoint answers. */
  on(endpoint: string, handler: Handler | Answer): void {
    this.table[endpoint] = handler;
  }

  /** Returns the requests to an endpoint. */
  asked(endpoint: string): Request[] {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === endpoint);
  }

  private fetch(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address, 'http://page.test');
    const request: Request = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: JSON.parse((init.body as string | undefined) ?? '{}') as Record<string, unknown>,
      headers: new Headers(init.headers),
    };
    this.requests.push(request);

    if (init.signal?.aborted === true) {
      return Promise.reject(init.signal.reason as Error);
    }

    const found = this.table[`${request.method} ${request.path}`] ?? {
      status: 404,
      body: { success: false, error: 'There is nothing at this address.', code: 'not_found' },
    };
    const answer = typeof found === 'function' ? found(request) : found;

    if (answer === 'offline') {
      return Promise.reject(new TypeError('Failed to fetch'));
    }

    return Promise.resolve(
      new Response(JSON.stringify(answer.body ?? { success: true }), { status: answer.status ?? 200, headers: answer.headers ?? {} }),
    );
  }
}

/** Uploads go by XMLHttpRequest; here they succeed at once. */
export class InstantRequest extends EventTarget {
  readonly upload = new EventTarget();
  readonly status = 200;
  readonly responseText = '';
  open() {}
  setRequestHeader() {}
  getResponseHeader() {
    return null;
  }
  abort() {}
  send() {
    queueMicrotask(() => this.dispatchEvent(new Event('load')));
  }
}

/** Returns an upload that succeeds at once. */
export function instantPut(): ReturnType<typeof vi.fn<Put>> {
  return vi.fn<Put>((_address, body, options) => {
    options?.onProgress?.(body.size);

    return Promise.resolve('"etag"');
  });
}

export function uploadOf(id: string): Answer {
  return { body: { success: true, job_id: id, upload_url: `http://page.test/files/${id}`, expires_in: 600 } };
}

/** Returns a job with some of its fields changed. */
export function jobOf(change: Partial<JobStatus> = {}): JobStatus {
  return {
    job_id: 'job-1',
    job_type: 'admin_product_import',
    status: 'completed_with_errors',
    filename: 'products.csv',
    created_by: 'asha',
    progress: { total_rows: 40, processed_rows: 40, successful: 25, duplicates: 8, errors: 7, percentage: 100 },
    duplicates_by_tier: { barcode: 4, image_hash: 0, name_brand: 4 },
    images: { processed: 0, failed: 0, reused: 0 },
    quality: { count: 25, sum: 1450, mean: 58, bands: { '0-19': 0, '20-39': 2, '40-59': 13, '60-79': 8, '80-100': 2 } },
    timestamps: {
      created_at: '2026-11-24T10:00:00Z',
      started_at: '2026-11-24T10:00:01Z',
      estimated_completion: null,
      completed_at: '2026-11-24T10:00:03Z',
    },
    completed_at: '2026-11-24T10:00:03Z',
    warnings: [],
    options: {
      skip_duplicates: true,
      barcode_conflict: 'duplicate',
      auto_verify: false,
      process_images: true,
      default_region: '',
      notification_email: '',
    },
    failure: null,
    error_report_url: '/files/errors.csv?signature=x',
    results_url: '/files/results.csv?signature=x',
    recent_errors: [
      { row_number: 21, barcode: '', name: 'Rock Salt', error_code: 'barcode_too_short', error_message: 'barcode has 6 digits' },
    ],
    ...change,
  };
}

export function validationOf(change: Partial<Validation> = {}): Validation {
  return {
    rows_checked: 40,
    complete: true,
    estimated_rows: 40,
    columns: [
      { position: 1, header: 'Item Name', column: 'name', status: 'recognised', samples: ['Toor Dal'] },
      { position: 2, header: 'shelf', column: '', status: 'unknown', samples: ['A1'] },
    ],
    outcomes: { successful: 25, duplicates: 8, errors: 7 },
    duplicates_by_tier: { barcode: 4, image_hash: 0, name_brand: 4 },
    error_codes: [{ code: 'barcode_too_short', count: 7 }],
    errors: [{ row_number: 21, barcode: '', name: 'Rock Salt', error_code: 'barcode_too_short', error_message: 'barcode has 6 digits' }],
    warnings: [],
    quality: { count: 25, sum: 1450, mean: 58, bands: {} },
    ...change,
  };
}
