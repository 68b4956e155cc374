// SPDX-License-Identifier: Apache-2.0
// Pouches as files: how large their parts are, how they are cut and named, what the lines at the head of a part say.
// Whether a part is sound only the desk knows. spec/pouch.md.
import type { PouchArrival, PouchGap, SealedPouch } from '../types';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Sealed bytes of one pouch. */
export const POUCH_MAX = 18 * MIB;
/** A part's own bytes, but for the last. */
export const PART_MIN = 4 * KIB;
const HEAD_MAX = KIB;
/** No part is larger as a file. */
export const FILE_MAX = POUCH_MAX + HEAD_MAX;

// Sizes

export const ways = ['whole', 'floppy', 'mail', 'own'] as const;
export type Way = (typeof ways)[number];

export interface Size {
  way: Way;
  /** MiB that an attachment may have, as typed */
  mail: string;
  /** KiB, as typed */
  own: string;
}
/** What may be typed. */
export const bounds = { mail: [1, 25], own: [PART_MIN / KIB, POUCH_MAX / KIB] } as const;

/** A floppy disk has a little more; FAT needs some of it. */
const FLOPPY = 1_400_000;
/** Mail writes 3 bytes as 4 and breaks the lines. */
const MAIL_SHARE = 0.72;

const numberIn = (text: string, [least, most]: readonly [number, number]): number | undefined => {
  const n = /^\d{1,6}$/.test(text.trim()) ? Number(text) : NaN;
  return n >= least && n <= most ? n : undefined;
};

/** Bytes in a part; undefined: what is typed is no size. */
export function partSizeOf({ way, mail, own }: Size): number | undefined {
  if (way === 'whole') return POUCH_MAX;
  if (way === 'floppy') return FLOPPY - HEAD_MAX;
  if (way === 'own') {
    const kib = numberIn(own, bounds.own);
    return kib && kib * KIB;
  }
  const mib = numberIn(mail, bounds.mail);
  return mib && Math.min(POUCH_MAX, Math.floor(mib * MIB * MAIL_SHARE) - HEAD_MAX);
}

// Out

export interface Part {
  name: string;
  number: number;
  count: number;
  content: Blob;
}

/** A piece at a time: one string of all bytes would be as large again. */
const PIECE = 4 * 65536;

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const length = (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  const bytes = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at < text.length; at += PIECE) {
    const piece = atob(text.slice(at, at + PIECE));
    for (let i = 0; i < piece.length; i++) bytes[to++] = piece.charCodeAt(i);
  }
  return bytes;
}

/** The files of a pouch: each head, as the desk wrote it, before its share of the bytes. */
export function cut(made: SealedPouch, partSize: number): Part[] {
  const sealed = fromBase64(made.sealed);
  return made.heads.map((head, at) => ({
    name: `pouch-for-${made.to}-${made.pouch.slice(0, 8)}-${at + 1}-of-${made.heads.length}.pouch`,
    number: at + 1,
    count: made.heads.length,
    content: new Blob([head, sealed.subarray(at * partSize, (at + 1) * partSize)], { type: 'application/octet-stream' }),
  }));
}

// In

export interface Head {
  from: string;
  to: string;
  part: number;
  parts: number;
}

/** What a file says at its head, for showing it before the desk has judged it; undefined: it is no pouch. */
export function readHead(text: string): Head | undefined {
  const found =
    /^aldis\.pouch\/1\nfrom ([a-z0-9.-]{1,253})\nto ([a-z0-9.-]{1,253})\nchannel [0-9a-f]{64}\nbox [\w+/]{43}=\npouch [0-9a-f]{64}\nsize \d+\npart (\d{1,4}) of (\d{1,4})\nsha256 [0-9a-f]{64}\n\n/.exec(
      text,
    );
  if (found === null) return undefined;
  const [, from = '', to = '', part, parts] = found;
  return { from, to, part: Number(part), parts: Number(parts) };
}
export const readHeadOf = async (file: Blob): Promise<Head | undefined> => readHead(await file.slice(0, HEAD_MAX).text());

export interface News {
  /** of the sender's log, that were not here */
  entries: number;
  /** of the own log, that it has acknowledged */
  receipts: number;
}
/** Undefined: nothing was taken yet. */
export const newsOf = ({ state, entries = 0, entries_before = 0, receipts = 0, receipts_before = 0 }: PouchArrival): News | undefined =>
  state === 'taken' ? { entries: entries - entries_before, receipts: receipts - receipts_before } : undefined;

/** Whom to answer, and in which channel: each once, in the order in which they came. */
export function answerable(arrivals: readonly PouchArrival[]): { channel: string; desk: string }[] {
  const found = new Map<string, { channel: string; desk: string }>();
  for (const { state, channel, from } of arrivals)
    if (state === 'taken') found.set(`${channel} ${from}`, { channel, desk: from });
  return [...found.values()];
}

/** Of those that had to wait, for parts or for a pouch before, which were taken in with one that came after them. */
export function takenLater(arrivals: readonly (PouchArrival | undefined)[]): ReadonlySet<PouchArrival> {
  const taken = new Set<string>();
  const found = new Set<PouchArrival>();
  for (const one of [...arrivals].reverse()) {
    if (one === undefined) continue;
    if (one.state !== 'taken' && taken.has(one.pouch)) found.add(one);
    for (const pouch of [...(one.state === 'taken' ? [one.pouch] : []), ...(one.taken_too ?? [])]) taken.add(pouch);
  }
  return found;
}

/** "2", "4–7" */
export const gapWords = (gaps: readonly PouchGap[]): string[] =>
  gaps.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`));
