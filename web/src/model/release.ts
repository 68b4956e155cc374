// SPDX-License-Identifier: Apache-2.0
// What is chosen for a release, and what a manifest says of each entry. spec/release.md, Manifest.
import type { Hash, MessageId } from '../types';

export type Mode = 'full' | 'envelope' | 'withheld';
export const modes: readonly Mode[] = ['full', 'envelope', 'withheld'];

/** A choice that is being made: one rule for all, and the messages that are chosen otherwise. */
export interface Choice {
  /** UTC, as a field of the browser gives it, "2026-11-20T23:49"; empty: no bound */
  since: string;
  until: string;
  others: Mode;
  named: ReadonlyMap<MessageId, Mode>;
  /** those to be opened, with the message that has each */
  attachments: ReadonlyMap<Hash, { id: MessageId; sent?: string }>;
  cover: { en: string; id: string };
}

export const noChoice: Choice = {
  since: '',
  until: '',
  others: 'withheld',
  named: new Map(),
  attachments: new Map(),
  cover: { en: '', id: '' },
};

/** "2026-11-20T23:49" → "2026-11-20T23:49:00Z", its end at :59; undefined for none. */
const timeOf = (field: string, seconds: string): string | undefined =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(field) ? `${field}:${seconds}Z` : /^\d{4}-\d\d-\d\dT[\d:]{8}$/.test(field) ? `${field}Z` : undefined;

/** What the desk is asked for a manifest with. */
export function bodyOf(choice: Choice): { [name: string]: unknown } {
  const ids = (mode: Mode) => [...choice.named].filter(([, one]) => one === mode && one !== choice.others).map(([id]) => id);
  const cover = Object.fromEntries(Object.entries(choice.cover).filter(([, text]) => text.trim() !== ''));
  return {
    since: timeOf(choice.since, '00'),
    until: timeOf(choice.until, '59'),
    others: choice.others,
    full: ids('full'),
    envelope: ids('envelope'),
    withheld: ids('withheld'),
    // Only a message in full opens what it carries.
    attachments: [...choice.attachments].filter(([, { id, sent }]) => modeOf(choice, id, sent) === 'full').map(([blob]) => blob),
    cover,
  };
}

/** Is it within the times? Outside all is withheld. */
export function isWithin(choice: Choice, sent: string | undefined): boolean {
  const since = timeOf(choice.since, '00');
  const until = timeOf(choice.until, '59');
  if (sent === undefined) return since === undefined && until === undefined;
  return (since === undefined || sent >= since) && (until === undefined || sent <= until);
}

export const modeOf = (choice: Choice, id: MessageId, sent: string | undefined): Mode =>
  isWithin(choice, sent) ? (choice.named.get(id) ?? choice.others) : 'withheld';

/** Is anything chosen that could be shown? */
export const showsSome = (choice: Choice): boolean =>
  choice.others !== 'withheld' || [...choice.named.values()].some((mode) => mode !== 'withheld');

export function choose(choice: Choice, id: MessageId, mode: Mode): Choice {
  const named = new Map(choice.named);
  if (mode === choice.others) named.delete(id);
  else named.set(id, mode);
  return { ...choice, named };
}

// Manifests

interface Log {
  /** index in the id of its first entry */
  from: number;
  /** where each run ends, and how it is shown */
  ends: number[];
  letters: string[];
}

const LETTERS: { [letter: string]: Mode } = { f: 'full', e: 'envelope', w: 'withheld' };

/** How the manifest shows a message; undefined: it was written behind the cut. */
export type Shown = (id: MessageId) => Mode | undefined;

/** Of a text that the desk has read before; one that is none shows nothing. words: what the desk says of it, log by log in
 * the manifest's order: ids go on in a log that succeeds another. */
export function readManifest(text: string, words: readonly { topic: string; from?: number }[]): Shown {
  const logs = new Map<string, Log[]>();
  const froms = words.filter(({ topic }) => topic === 'log').map(({ from }) => from ?? 0);
  try {
    const { logs: list } = JSON.parse(text.split('\n')[1] ?? '') as { logs: { origin: string; modes: string }[] };
    for (const [nth, { origin, modes: runs }] of list.entries()) {
      const log: Log = { from: froms[nth] ?? 0, ends: [], letters: [] };
      let end = 0;
      for (const [, count, letter] of runs.matchAll(/(\d+)([few])/g)) {
        end += Number(count);
        log.ends.push(end);
        log.letters.push(letter ?? 'w');
      }
      const desk = origin.slice(0, origin.indexOf('/'));
      logs.set(desk, [log, ...(logs.get(desk) ?? [])]); // the last one first
    }
  } catch {
    return () => undefined;
  }
  return (id) => {
    const at = id.lastIndexOf('#');
    const asked = Number(id.slice(at + 1));
    const log = logs.get(id.slice(0, at))?.find(({ from }) => from <= asked);
    const index = asked - (log?.from ?? 0);
    let low = 0;
    let high = log?.ends.length ?? 0;
    while (log !== undefined && low < high) {
      const middle = (low + high) >> 1;
      if ((log.ends[middle] ?? 0) > index) high = middle;
      else low = middle + 1;
    }
    return LETTERS[log?.letters[low] ?? ''];
  };
}
