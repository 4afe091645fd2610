import { useSyncExternalStore } from 'react';

/** A view of the page. They live in the fragment, so that the server needs to know one address. */
export type Route =
  | { view: 'overview' }
  | { view: 'imports' }
  | { view: 'import'; jobID: string }
  | { view: 'statistics' };

export function parseRoute(hash: string): Route {
  const [, view = '', id = ''] = /^#\/([a-z]*)(?:\/([\w.-]+))?$/.exec(hash) ?? [];

  if (view === 'imports') {
    return id === '' ? { view: 'imports' } : { view: 'import', jobID: id };
  }

  return view === 'statistics' ? { view } : { view: 'overview' };
}

export function addressOf(route: Route): string {
  switch (route.view) {
    case 'overview':
      return '#/';
    case 'import':
      return `#/imports/${encodeURIComponent(route.jobID)}`;
    default:
      return `#/${route.view}`;
  }
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);

  return parseRoute(hash);
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);

  return () => removeEventListener('hashchange', listener);
}
