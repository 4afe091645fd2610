import { offline, problemOf } from '../api/problem';

export interface PutOptions {
  headers?: Record<string, string> | undefined;
  /** Called with the bytes that have left this machine. */
  onProgress?: ((sent: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Puts a body to a signed address and returns the ETag of the answer, or "". */
export type Put = (address: string, body: Blob, options?: PutOptions) => Promise<string>;

// How long an upload may stand still, and how long the answer may take once all is
// sent, in milliseconds: the server syncs the file to its disk before it answers.
const stallTimeout = 60_000;
const answerTimeout = 5 * 60_000;

/**
 * Puts by XMLHttpRequest, since fetch tells nothing of how much it has sent. Rejects
 * with a Problem, or with the reason of the signal where that was aborted.
 */
export const put: Put = (address, body, options = {}) => {
  const { signal } = options;

  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);

      return;
    }

    const request = new XMLHttpRequest();
    let watchdog: ReturnType<typeof setTimeout>;

    const watch = (timeout: number) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => request.abort(), timeout);
    };

    const stop = () => request.abort();

    const finish = (settle: () => void) => {
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', stop);
      settle();
    };

    request.upload.addEventListener('progress', (event) => {
      watch(stallTimeout);
      options.onProgress?.(Math.min(event.loaded, body.size));
    });
    request.upload.addEventListener('load', () => watch(answerTimeout));

    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) {
        finish(() => resolve(request.getResponseHeader('ETag') ?? ''));
      } else {
        const problem = problemOf(request.status, request.responseText, request.getResponseHeader('Retry-After'));
        finish(() => reject(problem));
      }
    });
    request.addEventListener('error', () => finish(() => reject(offline())));
    request.addEventListener('abort', () =>
      finish(() => reject(signal?.aborted === true ? (signal.reason as Error) : offline())),
    );

    signal?.addEventListener('abort', stop);

    request.open('PUT', sameOrigin(address, location.href));

    for (const [name, value] of Object.entries(options.headers ?? {})) {
      request.setRequestHeader(name, value);
    }

    // Without its own type, which the browser would send as a header that the
    // address may not be signed for.
    watch(stallTimeout);
    request.send(body.slice(0, body.size, ''));
  });
};

/**
 * Returns the address as this page may use it. A server on this machine signs
 * addresses of one of its names, and may have been opened by another: 127.0.0.1 and
 * localhost are two origins. Any other address is left as it is.
 */
export function sameOrigin(address: string, page: string): string {
  const target = new URL(address, page);
  const here = new URL(page);

  if (isLoopback(target) && isLoopback(here) && target.port === here.port && target.protocol === here.protocol) {
    target.hostname = here.hostname;
  }

  return target.href;
}

function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}
