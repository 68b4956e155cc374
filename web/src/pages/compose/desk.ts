// SPDX-License-Identifier: Apache-2.0
// The keeper's two places: drafts on the desk, and this browser for what the desk has not got yet. Kept by the name of
// who is logged in: nobody is shown another's text.
import { get, NO_ANSWER, post, Problem, query } from '../../api';
import { pause } from '../../connection';
import { session } from '../../session';
import { now } from '../../time';
import type { Draft, DraftMessage, Drafts } from '../../types';
import { isSame } from './check';
import type { Desk, Kept, Local } from './keeper';

export const draftPath = (id: string, what = '') => `/api/drafts/${encodeURIComponent(id)}${what}`;

export const isAway = (caught: unknown) =>
  caught instanceof Problem && (caught.status === NO_ANSWER || caught.status === 503);

const LOST_S = 600;

export const desk: Desk = {
  create: (channel, message) => post<Draft>('/api/drafts', { channel, message }),
  read: (id) => get<Draft>(draftPath(id)),
  write: (id, version, message) => post<Draft>(draftPath(id), { version, message }),
  async find(channel: string, message: DraftMessage) {
    const { drafts } = await get<Drafts>(`/api/drafts${query({ state: 'editing', channel })}`);
    const me = session.value?.operator.name;
    return drafts.find(
      (draft) =>
        draft.by === me &&
        now() - Date.parse(draft.created) < LOST_S * 1000 &&
        isSame(draft.message as never, message as never),
    );
  },
  judge(caught) {
    if (isAway(caught)) return 'away';
    return caught instanceof Problem && caught.status === 409 ? 'conflict' : 'refused';
  },
  comeBack: pause,
  now,
};

/** A colon: names have dots, so that `ada.` would begin what `ada.b` wrote. */
const prefix = () => `aldis.draft.${session.value?.operator.name ?? ''}:`;

function readKey(key: string): Kept | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Kept> | null;
    return typeof kept?.channel === 'string' && typeof kept.message?.kind === 'string' && kept.base
      ? (kept as Kept)
      : undefined;
  } catch {
    return undefined;
  }
}

function writeKey(key: string, kept: Kept | undefined): void {
  try {
    if (kept) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  } catch {
    // No room or forbidden: the desk is the place that counts.
  }
}

/** `slot`: a draft's id, or a name for one that the desk has not got yet. */
export function localOf(slot: string): Local {
  const base = prefix();
  let at = base + slot;
  return {
    read: () => readKey(at),
    write(kept) {
      const goal = kept?.id === undefined ? at : base + kept.id;
      if (goal !== at) writeKey(at, undefined);
      at = goal;
      writeKey(at, kept);
    },
  };
}

export const newSlot = () => `new.${Math.random().toString(36).slice(2, 10)}`;

export interface Lost {
  slot: string;
  kept: Kept;
}
/** What this browser holds for this person and the desk has not got. */
export function lostTexts(): Lost[] {
  const found: Lost[] = [];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      const kept = key?.startsWith(prefix()) ? readKey(key) : undefined;
      if (key && kept) found.push({ slot: key.slice(prefix().length), kept });
    }
  } catch {
    // forbidden: there is nothing
  }
  return found.sort((a, b) => b.kept.time - a.kept.time);
}
export const dropLost = (slot: string) => writeKey(prefix() + slot, undefined);

/**
 * An act on a draft that may be sent twice: when the answer is lost, the draft itself says whether it was done.
 * `isDone` judges by the draft's state.
 */
export async function act(
  id: string,
  what: string,
  body: unknown,
  isDone: (draft: Draft) => boolean,
  onWait: () => void,
): Promise<Draft> {
  for (let attempt = 0; ; attempt++) {
    try {
      if (attempt > 0) {
        const draft = await desk.read(id);
        if (isDone(draft)) return draft;
      }
      await post(draftPath(id, what), body);
      return await desk.read(id);
    } catch (caught) {
      if (!isAway(caught)) throw caught;
      onWait();
      await pause(attempt);
    }
  }
}
