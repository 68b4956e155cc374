// SPDX-License-Identifier: Apache-2.0
// The rows of a channel as the list needs them, kept up to date by the desk's events. Without filters any place of
// the record can be opened at once (`useDense`); with filters rows are gathered from the newest backwards
// (`useGathered`), first a page, then the rest while nobody waits for it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asProblem, channelPath, get, NO_ANSWER, type Problem, query } from '../../api';
import { onComeBack, pause } from '../../connection';
import { onEvent } from '../../live';
import { GatheredRows, PageCache } from '../../model/rows';
import type { MessagePage, Row } from '../../types';

/** What the desk filters. */
export interface DeskFilters {
  author?: string;
  kind?: string;
  line?: string;
  overdue?: boolean;
  thread?: string;
  /** also what desks wrote by themselves */
  all?: boolean;
}

const FIRST_PAGE = 200;
const NEXT_PAGE = 1000;
/** Rows that are gathered without being asked for. */
const GATHER_MAX = 20_000;
const REST_MS = 300;

const pathOf = (channel: string, filters: DeskFilters, place: { from?: number; before?: number; limit: number }) =>
  channelPath(channel) +
  '/messages' +
  query({
    form: 'row',
    people: filters.all || filters.thread !== undefined ? undefined : 1,
    author: filters.author,
    kind: filters.kind,
    line: filters.line,
    overdue: filters.overdue ? 1 : undefined,
    thread: filters.thread,
    ...place,
  });

/** Beyond any position. */
const NEWEST = 2 ** 40 - 1;

/** Runs `run` soon after events of this channel that change what a list shows, not more often than REST_MS. */
function useChanges(channel: string | undefined, run: () => void): void {
  const newest = useRef(run);
  newest.current = run;
  useEffect(() => {
    if (channel === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        newest.current();
      }, REST_MS);
    };
    const quiet = ['verify', 'draft', 'handover', 'notes', 'operators', 'session', 'alarm'];
    const stops = [
      onEvent((event) => {
        if (event.type === 'again' || (event.channel === channel && !quiet.includes(event.type))) later();
      }),
      onComeBack(later),
    ];
    return () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
    };
  }, [channel]);
}

/** Asks until there is an answer; a problem is one of the request, not of the line. */
async function patient<T>(path: string, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await get<T>(path, { signal });
    } catch (caught) {
      const problem = asProblem(caught);
      if (signal.aborted || (problem.status !== NO_ANSWER && problem.status !== 503)) throw problem;
      await pause(attempt);
      if (signal.aborted) throw problem;
    }
  }
}

export interface Gathered {
  rows: readonly Row[];
  /** messages of the channel, also those that the filters leave out */
  total: number;
  hasMore: boolean;
  isLoading: boolean;
  problem: Problem | undefined;
  /** reads further back than is done unasked */
  more: () => void;
}

const nothing: readonly Row[] = [];

/** Rows of the filters from the newest backwards. `channel` undefined: none. */
export function useGathered(channel: string | undefined, filters: DeskFilters): Gathered {
  const key = JSON.stringify([channel, filters]);
  const [, draw] = useState(0);
  const state = useMemo(
    () => ({
      rows: new GatheredRows<Row>(),
      total: 0,
      hasCome: false,
      isLoading: false,
      /** something came between rows that were read: all are to be read again */
      isStale: false,
      problem: undefined as Problem | undefined,
      stop: new AbortController(),
    }),
    [key],
  );
  const show = () => draw((n) => n + 1);

  /** One page further back; false when there is no more. */
  const older = useCallback(async (rows: GatheredRows<Row>): Promise<boolean> => {
    if (channel === undefined) return false;
    const before = rows.before ?? NEWEST;
    const limit = rows.rows.length === 0 ? FIRST_PAGE : NEXT_PAGE;
    const page = await patient<MessagePage>(pathOf(channel, filters, { before, limit }), state.stop.signal);
    state.total = page.total;
    rows.addOlder(page.messages, page.previous);
    return rows.hasMore;
  }, [state]);

  const gather = useCallback(async (rows: GatheredRows<Row>, till: number) => {
    if (state.isLoading) return;
    state.isLoading = true;
    state.problem = undefined;
    try {
      while (rows.rows.length < till && rows.hasMore && (await older(rows))) {
        if (rows === state.rows) show();
        // The first page is drawn before the rest is read.
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    } catch (caught) {
      if (!state.stop.signal.aborted) state.problem = asProblem(caught);
    }
    state.isLoading = false;
    state.hasCome = true;
    if (state.stop.signal.aborted) return;
    show();
    if (state.isStale) void anew();
  }, [state]);

  /** The newest page again. What fails is tried again with the next event. */
  const refresh = useCallback(async () => {
    try {
      const path = pathOf(channel ?? '', filters, { before: NEWEST, limit: FIRST_PAGE });
      const page = await patient<MessagePage>(path, state.stop.signal);
      state.total = page.total;
      const { isShifted } = state.rows.merge(page.messages);
      show();
      if (isShifted) await anew();
    } catch {
      // what is here stays
    }
  }, [state]);

  /** Reads all again while the old rows stay in sight. */
  const anew = useCallback(async () => {
    state.isStale = true;
    if (state.isLoading) return;
    state.isStale = false;
    const rows = new GatheredRows<Row>();
    await gather(rows, Math.max(GATHER_MAX, state.rows.rows.length));
    if (state.stop.signal.aborted || state.problem !== undefined) return;
    state.rows = rows;
    // What came meanwhile is not among them.
    await refresh();
  }, [state]);

  useEffect(() => {
    if (channel === undefined) return;
    void gather(state.rows, GATHER_MAX);
    return () => state.stop.abort();
  }, [state]);

  useChanges(channel, () => {
    if (state.hasCome || state.rows.rows.length > 0) void refresh();
  });

  return {
    rows: channel === undefined ? nothing : state.rows.rows,
    total: state.total,
    hasMore: state.rows.hasMore,
    isLoading: channel !== undefined && (state.isLoading || !state.hasCome),
    problem: state.problem,
    more: () => void gather(state.rows, state.rows.rows.length + 5 * NEXT_PAGE),
  };
}

export interface Dense {
  total: number;
  get: (position: number) => Row | undefined;
  find: (id: string) => number | undefined;
  /** these are looked at: they are read if they are not here */
  want: (from: number, till: number) => void;
  isLoading: boolean;
  problem: Problem | undefined;
}

/** Every place of the record. `channel` undefined: nothing is read. */
export function useDense(channel: string | undefined): Dense {
  const [, draw] = useState(0);
  const state = useMemo(
    () => ({
      cache: new PageCache<Row>(FIRST_PAGE),
      range: [0, 0] as [number, number],
      hasCome: false,
      problem: undefined as Problem | undefined,
      stop: new AbortController(),
    }),
    [channel],
  );

  const fetchPage = useCallback(async (page: number) => {
    const { cache } = state;
    try {
      const path = pathOf(channel ?? '', { all: true }, { from: page * cache.pageSize, limit: cache.pageSize });
      const answer = await patient<MessagePage>(path, state.stop.signal);
      cache.put(page, answer.messages, answer.total);
      state.problem = undefined;
    } catch (caught) {
      cache.fail(page);
      if (state.stop.signal.aborted) return;
      state.problem = asProblem(caught);
    }
    state.hasCome = true;
    draw((n) => n + 1);
  }, [state]);

  /** How many there are, and the newest of them, whatever is in sight. */
  const newest = useCallback(async () => {
    try {
      const path = pathOf(channel ?? '', { all: true }, { before: NEWEST, limit: 1 });
      state.cache.total = (await patient<MessagePage>(path, state.stop.signal)).total;
      const { total, pageSize } = state.cache;
      const wanted = new Set([
        ...state.cache.need(total - pageSize / 2, total - 1),
        ...state.cache.need(state.range[0], state.range[1]),
      ]);
      await Promise.all([...wanted].map(fetchPage));
      state.hasCome = true;
    } catch (caught) {
      if (!state.stop.signal.aborted) state.problem = asProblem(caught);
    }
    draw((n) => n + 1);
  }, [state]);

  useEffect(() => {
    if (channel === undefined) return;
    void newest();
    return () => state.stop.abort();
  }, [state]);

  useChanges(channel, () => {
    state.cache.age();
    void newest();
  });

  const want = useCallback(
    (from: number, till: number) => {
      state.range = [from, till];
      if (state.hasCome) for (const page of state.cache.need(from, till - 1)) void fetchPage(page);
    },
    [state],
  );

  return {
    total: channel === undefined ? 0 : state.cache.total,
    get: (position) => state.cache.get(position),
    find: (id) => state.cache.find((row) => row.id === id),
    want,
    isLoading: channel !== undefined && !state.hasCome,
    problem: state.problem,
  };
}
