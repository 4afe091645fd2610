import { createContext, useContext, useEffect, useRef, useState } from 'react';
import type { Client } from '../api/client';
import type { Problem } from '../api/problem';
import type { Kind } from '../kind';
import { poll } from '../importing/poll';
import type { Trouble } from '../importing/retry';

/** What the views need of the server and of who is signed in. */
export interface Server {
  client: Client;
  kind: Kind;
  /** The id of the user, as the server writes it beside what they did; empty where the token has none. */
  user: string;
  /** Changes when somebody signs in. */
  tokenVersion: number;
  onUnauthorized: () => void;
  /** Opens the dialog, with files or without. */
  openDialog: (files?: readonly File[]) => void;
  /** Changes when an import was started or has ended, so that lists look again. */
  changes: number;
}

const Context = createContext<Server | null>(null);

export const ServerProvider = Context.Provider;

export function useServer(): Server {
  const server = useContext(Context);

  if (server === null) {
    throw new Error('useServer outside of ServerProvider');
  }

  return server;
}

export interface Watched<T> {
  data: T | null;
  trouble: Trouble | null;
  /** Why there will be no data. */
  problem: Problem | null;
  again: () => void;
}

/** How soon to look again: in a moment, in a while, or not until something has changed. */
export type Pace = 'soon' | 'later' | 'once';

/**
 * Looks at something of the server for as long as the view is open. load must keep
 * its identity for as long as it asks for the same.
 */
export function useWatched<T>(load: (signal: AbortSignal) => Promise<T>, pace: (data: T) => Pace): Watched<T> {
  const { onUnauthorized, tokenVersion, changes } = useServer();
  const [state, setState] = useState<Omit<Watched<T>, 'again'>>({ data: null, trouble: null, problem: null });
  const [tries, setTries] = useState(0);
  const latest = useRef({ pace, onUnauthorized });
  useEffect(() => {
    latest.current = { pace, onUnauthorized };
  });

  // What was seen of something else is not shown for this.
  const loaded = useRef(load);
  useEffect(() => {
    if (loaded.current !== load) {
      loaded.current = load;
      setState({ data: null, trouble: null, problem: null });
    }
  }, [load]);

  useEffect(() => {
    let next: Pace = 'soon';

    const watch = poll<T>({
      look: load,
      onSeen: (data) => {
        next = latest.current.pace(data);
        setState({ data, trouble: null, problem: null });

        return next === 'once';
      },
      idle: () => next === 'later',
      onTrouble: (trouble) => setState((before) => (before.trouble === trouble ? before : { ...before, trouble })),
      onFailed: (problem) => setState((before) => ({ ...before, trouble: null, problem })),
      onUnauthorized: () => latest.current.onUnauthorized(),
    });

    return watch.stop;
  }, [load, tokenVersion, changes, tries]);

  return { ...state, again: () => setTries((n) => n + 1) };
}
