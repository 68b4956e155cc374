// SPDX-License-Identifier: Apache-2.0
// Codebooks as the desk has them built in: a book never changes, so each is read once and kept.
import { useEffect, useState } from 'preact/hooks';
import { get } from './api';
import type { Codebook } from './model/signal_text';

const held = new Map<string, Codebook | undefined>();
const asked = new Map<string, Promise<void>>();

function load(digest: string): Promise<void> {
  const running = asked.get(digest);
  if (running) return running;
  const begun = get<Codebook>(`/api/codebooks/${encodeURIComponent(digest)}`, { patient: true })
    .then((book) => void held.set(digest, book))
    // A book that the desk does not have: its signals stay numbers.
    .catch(() => void held.set(digest, undefined));
  asked.set(digest, begun);
  return begun;
}

export type Books = (digest: string) => Codebook | undefined;
const find: Books = (digest) => held.get(digest);

/** The books of these digests, as far as they are here; the component is drawn anew when one comes. */
export function useBooks(digests: readonly string[]): Books {
  const [, draw] = useState(0);
  const key = digests.join(' ');
  useEffect(() => {
    let isHere = true;
    const lacking = key.split(' ').filter((digest) => digest !== '' && !held.has(digest));
    if (lacking.length > 0) void Promise.all(lacking.map(load)).then(() => isHere && draw((n) => n + 1));
    return () => {
      isHere = false;
    };
  }, [key]);
  return find;
}
