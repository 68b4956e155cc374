// SPDX-License-Identifier: Apache-2.0
// What the desk has and how pages keep up with it. One event stream a browser, not one a tab: a browser opens six
// connections to a host at most, and a seventh tab would hang. The tab that holds the lock listens and tells the
// others. Events say only that something changed; resources are then read again.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, get, NO_ANSWER, type Problem } from './api';
import { Cell } from './cell';
import { connectionLost, connectionWorks, onComeBack, pause } from './connection';
import { login } from './session';
import type { LiveEvent } from './types';

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();
const tell = (event: LiveEvent) => {
  for (const listener of [...listeners]) listener(event);
};

/** Calls back on each event of the desk. The type "again" means: what was missed is not known, read anew. */
export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What this page itself has just changed: all that shows it is read again without waiting for the desk's event. */
export const changed = (type: string, channel?: string) => tell(channel === undefined ? { type } : { type, channel });

/** Of several tabs the one that listens; it alone makes sounds. */
export const isFirstTab = new Cell(false);

let started = false;
let isOver = false;
/** Before one logs out: the end of the stream is no news then. */
export function endLive(): void {
  isOver = true;
}
export function startLive(): void {
  if (started) return;
  started = true;
  const others = 'BroadcastChannel' in window ? new BroadcastChannel('aldis-live') : undefined;
  if (others) others.onmessage = (message: MessageEvent<LiveEvent>) => tell(message.data);
  const listen = () => {
    isFirstTab.set(true);
    return follow((event) => {
      tell(event);
      others?.postMessage(event);
    });
  };
  if (others && 'locks' in navigator) void navigator.locks.request('aldis-live', listen);
  else void listen();
}

/** Follows the stream until one logs out. */
async function follow(take: Listener): Promise<void> {
  for (let attempt = 0; !isOver; attempt++) {
    if (await once(take)) attempt = 0;
    await pause(attempt);
  }
}

/** One stream until it ends. True when it had been open. */
function once(take: Listener): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = new EventSource('/api/events');
    let isOpen = false;
    stream.onopen = () => {
      isOpen = true;
      connectionWorks();
      take({ type: 'again' });
    };
    stream.onmessage = (message: MessageEvent<string>) => {
      try {
        take(JSON.parse(message.data) as LiveEvent);
      } catch {
        take({ type: 'again' });
      }
    };
    stream.onerror = () => {
      stream.close();
      if (isOver) return;
      // The stream can't tell why. A request can: it finds the ended session or that nothing answers.
      void fetch('/api/session', { headers: { accept: 'application/json' } })
        .then(async (response) => {
          if (response.status === 502 || response.status === 504) connectionLost();
          else connectionWorks();
          if (response.status === 401) await login().catch(() => undefined);
        })
        .catch(connectionLost)
        .then(() => resolve(isOpen));
    };
  });
}

export interface Resource<T> {
  /** the last answer; stays while a new one is awaited */
  data: T | undefined;
  problem: Problem | undefined;
  /** no answer yet */
  loading: boolean;
  reload: () => Promise<void>;
  /** takes what a POST has answered as the newest state */
  set: (data: T) => void;
}

export interface Follow {
  /** types of events that change it; a type ending in * stands for all that begin so. Absent: all */
  events?: string[];
  /** only events of this channel, or of none */
  channel?: string;
  /** and read anew every so many seconds */
  every?: number;
}

const fits = (event: LiveEvent, { events, channel }: Follow): boolean => {
  if (event.type === 'again') return true;
  if (channel !== undefined && event.channel !== undefined && event.channel !== channel) return false;
  if (events === undefined) return true;
  return events.some((e) => (e.endsWith('*') ? event.type.startsWith(e.slice(0, -1)) : e === event.type));
};

/** Not more often than this, however many events come. */
const REST_MS = 300;

/**
 * Reads `path` and keeps it up to date. Undefined: nothing is read. A lost connection does not become a problem:
 * the last answer stays, the banner tells, and it is read again by itself.
 */
export function useResource<T>(path: string | undefined, how: Follow = {}): Resource<T> {
  const [state, setState] = useState<{ path?: string; data?: T; problem?: Problem }>({});
  const running = useRef<AbortController>();
  const timer = useRef<ReturnType<typeof setTimeout>>();

  const reload = useCallback(async () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    running.current?.abort();
    if (path === undefined) return;
    const mine = new AbortController();
    running.current = mine;
    for (let attempt = 0; ; attempt++) {
      try {
        const data = await get<T>(path, { signal: mine.signal });
        if (!mine.signal.aborted) setState({ path, data });
      } catch (caught) {
        if (mine.signal.aborted) return;
        const problem = asProblem(caught);
        if (problem.status === NO_ANSWER || problem.status === 503 || problem.status === 429) {
          await pause(attempt);
          if (mine.signal.aborted) return;
          continue;
        }
        setState((last) => ({ path, data: last.path === path ? last.data : undefined, problem }));
      }
      if (running.current === mine) running.current = undefined;
      return;
    }
  }, [path]);

  const followed = useRef(how);
  followed.current = how;
  useEffect(() => {
    void reload();
    const later = () => {
      timer.current ??= setTimeout(() => void reload(), REST_MS);
    };
    const stops = [
      onEvent((event) => {
        if (fits(event, followed.current)) later();
      }),
      onComeBack(later),
    ];
    const every = followed.current.every;
    const beat = every === undefined ? undefined : setInterval(later, every * 1000);
    return () => {
      for (const stop of stops) stop();
      clearInterval(beat);
      clearTimeout(timer.current);
      timer.current = undefined;
      running.current?.abort();
    };
  }, [reload]);

  const set = useCallback((data: T) => setState({ path, data }), [path]);
  const isCurrent = state.path === path;
  const data = isCurrent ? state.data : undefined;
  const problem = isCurrent ? state.problem : undefined;
  return { data, problem, loading: path !== undefined && data === undefined && problem === undefined, reload, set };
}
