import type { Client } from '../api/client';
import { Problem } from '../api/problem';
import type { Upload } from '../api/types';
import type { Put } from './put';
import { persist, type Persistence } from './retry';

export interface UploadDeps {
  client: Client;
  put: Put;
  /** Told of the bytes that have arrived at the server, as far as this side knows. */
  onProgress: (sent: number) => void;
  /** Told of a job that nobody will use. */
  giveUp: (jobID: string) => void;
  persistence: Persistence;
}

// Refusals after which the same file goes up under another job: the address has
// expired, or its job has, while the server was away.
const renewable = new Set(['url_expired', 'job_not_found', 'upload_closed', 'AccessDenied', 'NoSuchUpload']);
const mostRenewals = 5;

// The jobs of files that this page has sent, for as long as it lives.
const sentHere = new Set<string>();

/** Tells whether a job is of a file that this page, as it was loaded now, has begun to send. */
export function isSentHere(jobID: string): boolean {
  return sentHere.has(jobID);
}

/**
 * Uploads a file under a job of its own and returns the id of that. Tries until it
 * succeeds; where an address has expired meanwhile, it asks for another. Rejects with
 * the Problem that no other try mends.
 */
export async function upload(file: File, deps: UploadDeps): Promise<string> {
  const { client, persistence } = deps;

  for (let renewals = 0; ; renewals++) {
    const target = await persist(() => client.createUpload(file, persistence.signal), persistence);
    sentHere.add(target.job_id);

    try {
      await send(file, target, deps);

      return target.job_id;
    } catch (error) {
      const renew = error instanceof Problem && (renewable.has(error.code) || error.status === 403);

      deps.giveUp(target.job_id);

      if (!renew || renewals === mostRenewals) {
        throw error;
      }
    }
  }
}

async function send(file: File, target: Upload, deps: UploadDeps): Promise<void> {
  if (target.multipart !== undefined) {
    return sendParts(file, target, deps);
  }

  await persist(() => attempt(file, target.upload_url, file, 0, target.upload_headers, deps), deps.persistence);
}

/** Sends a file in parts, one after the other: a part that fails is sent again alone. */
async function sendParts(file: File, target: Upload, deps: UploadDeps): Promise<void> {
  const { part_size: size, parts } = target.multipart!;
  const sent: { part_number: number; etag: string }[] = [];

  for (const part of parts) {
    const from = (part.part_number - 1) * size;
    const body = file.slice(from, Math.min(from + size, file.size));
    const etag = await persist(() => attempt(file, part.url, body, from, undefined, deps), deps.persistence);

    sent.push({ part_number: part.part_number, etag });
  }

  await persist(() => deps.client.completeUpload(target.job_id, sent, deps.persistence.signal), deps.persistence);
}

async function attempt(
  file: File,
  address: string,
  body: Blob,
  before: number,
  headers: Record<string, string> | undefined,
  deps: UploadDeps,
): Promise<string> {
  deps.onProgress(before);

  try {
    const etag = await deps.put(address, body, {
      headers,
      signal: deps.persistence.signal,
      onProgress: (sent) => deps.onProgress(before + sent),
    });
    deps.onProgress(before + body.size);

    return etag;
  } catch (error) {
    if (error instanceof Problem && error.status === 0 && !(await isReadable(file))) {
      throw new Problem(400, 'file_changed_here', '');
    }

    throw error;
  }
}

/**
 * Tells whether a file can still be read. One that was changed or removed since it
 * was chosen cannot, and a request with it fails just as one without network does.
 */
async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();

    return true;
  } catch {
    return false;
  }
}
