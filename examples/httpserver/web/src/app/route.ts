import { useMemo, useSyncExternalStore } from 'react';
import { statusNames, type JobStatusName } from '../api/types';

/** The list of imports: what it is filtered by, and which page of it is shown. */
export interface ImportsRoute {
  view: 'imports';
  status: JobStatusName | '';
  /** The cursors of the pages up to this one; the first page has none. */
  cursors: readonly string[];
}

/** The list of all imports, from its beginning. */
export const allImports: ImportsRoute = { view: 'imports', status: '', cursors: [] };

// Pages behind this one are reached page by page, and their addresses are cut off. A
// cursor is longer than this at no server.
const mostCursors = 500;
const longestCursor = 512;

/** A view of the page. They live in the fragment, so that the server needs to know one address. */
export type Route =
  | { view: 'overview' }
  | ImportsRoute
  | { view: 'import'; jobID: string }
  | { view: 'statistics' };

export function parseRoute(hash: string): Route {
  const [, view = '', id = '', query = ''] = /^#\/([a-z]*)(?:\/([\w.-]+))?(?:\?(.*))?$/.exec(hash) ?? [];

  if (view === 'imports') {
    return id === '' ? parseImports(new URLSearchParams(query)) : { view: 'import', jobID: id };
  }

  return view === 'statistics' ? { view } : { view: 'overview' };
}

function parseImports(values: URLSearchParams): ImportsRoute {
  const status = statusNames.find((name) => name === values.get('status')) ?? '';
  const cursors = values.getAll('after').filter((cursor) => cursor !== '' && cursor.length <= longestCursor);

  return { view: 'imports', status, cursors: cursors.slice(0, mostCursors) };
}

export function addressOf(route: Route): string {
  switch (route.view) {
    case 'overview':
      return '#/';
    case 'imports': {
      const values = new URLSearchParams([
        ...(route.status === '' ? [] : [['status', route.status]]),
        ...route.cursors.map((cursor) => ['after', cursor]),
      ]);

      return values.size === 0 ? '#/imports' : `#/imports?${values.toString()}`;
    }
    case 'import':
      return `#/imports/${encodeURIComponent(route.jobID)}`;
    default:
      return `#/${route.view}`;
  }
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);

  return useMemo(() => parseRoute(hash), [hash]);
}

/** Shows a view, which the browser can go back from. */
export function go(route: Route): void {
  location.hash = addressOf(route);
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);

  return () => removeEventListener('hashchange', listener);
}
