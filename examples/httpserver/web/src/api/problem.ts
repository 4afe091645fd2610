// What can go wrong with a request, and whether it is worth another try.

import type { Column } from './types';

/** The columns of a file that cannot be imported because of them. */
export interface Header {
  columns: readonly Column[];
  missing: readonly string[];
}

/** Why a request did not succeed. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 where there was no answer. */
    readonly status: number,
    /** What programs go by, such as job_not_found; offline where there was no answer. */
    readonly code: string,
    /** A sentence of the server for people, in English; may be empty. */
    message: string,
    /** Seconds after which the server wants to be asked again, or null. */
    readonly retryAfter: number | null = null,
    /** Of a file whose columns do not do, how they are understood, and which are missing. */
    readonly header: Header | null = null,
  ) {
    super(message);
    this.name = 'Problem';
  }
}

/** Returns the problem of a request that got no answer. */
export function offline(): Problem {
  return new Problem(0, 'offline', '');
}

// A wait that is longer than this is told rather than waited for, in seconds.
const longestWait = 120;

/** Tells whether the same request may succeed later without anybody doing anything. */
export function isPassing(problem: Problem): boolean {
  if (problem.status === 429) {
    return problem.retryAfter === null || problem.retryAfter <= longestWait;
  }

  return problem.status === 0 || problem.status === 408 || problem.status >= 500;
}

// What lies in the file itself, or in what became of it on this machine.
const fileFaults = new Set([
  'file_empty',
  'file_empty_here',
  'file_changed_here',
  'file_not_csv',
  'file_compressed',
  'file_too_large',
  'file_unreadable',
  'header_missing',
  'header_empty',
  'header_malformed',
  'header_too_long',
  'header_too_wide',
  'column_missing',
  'column_duplicate',
  'too_many_columns',
  'upload_too_large',
]);

/** Tells whether the same bytes would be refused again, so that only another file helps. */
export function isFileFault({ status, code }: Pick<Problem, 'status' | 'code'>): boolean {
  return status === 422 || fileFaults.has(code);
}

/** Tells whether the server does not have this endpoint, as older ones may not. */
export function isUnknownEndpoint(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'not_found' || error.status === 405 || error.status === 501);
}

/**
 * Returns what an answer says of its failure. The body is not trusted to be what
 * the server would send: a proxy may have answered in its place.
 */
export function problemOf(status: number, body: string, retryAfter: string | null): Problem {
  let code = 'unknown';
  let message = '';
  let header: Header | null = null;

  try {
    const parsed: unknown = JSON.parse(body);

    if (typeof parsed === 'object' && parsed !== null) {
      const fields = parsed as Record<string, unknown>;
      code = typeof fields['code'] === 'string' ? fields['code'] : code;
      message = typeof fields['error'] === 'string' ? fields['error'] : message;
      header = headerOf(fields['columns'], fields['missing_columns']);
    }
  } catch {
    // Not JSON: the status says enough. A 404 of somebody else is an endpoint that
    // is not there.
    if (status === 404) {
      code = 'not_found';
    }
  }

  return new Problem(status, code, message, seconds(retryAfter), header);
}

function headerOf(columns: unknown, missing: unknown): Header | null {
  const isText = (value: unknown): value is string => typeof value === 'string';

  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(isColumn)) {
    return null;
  }

  return { columns, missing: Array.isArray(missing) ? missing.filter(isText) : [] };
}

function isColumn(value: unknown): value is Column {
  if (typeof value !== 'object' || value === null) {
    return false;
  }

  const { position, header, column, status, samples } = value as Record<keyof Column, unknown>;

  return (
    typeof position === 'number' &&
    typeof header === 'string' &&
    typeof column === 'string' &&
    typeof status === 'string' &&
    Array.isArray(samples) &&
    samples.every((sample) => typeof sample === 'string')
  );
}

function seconds(retryAfter: string | null): number | null {
  if (retryAfter === null || !/^\d{1,9}$/.test(retryAfter.trim())) {
    return null;
  }

  return Number(retryAfter);
}
