// SPDX-License-Identifier: Apache-2.0
// Does the desk answer? Requests and the event stream say; the banner shows it.
import { Cell } from './cell';

/** Undefined while all is well; else since when nothing came through, by the browser's clock. */
export const lostSince = new Cell<number | undefined>(undefined);

const comeBack = new Set<() => void>();

export function connectionLost(): void {
  if (lostSince.value === undefined) lostSince.set(Date.now());
}

export function connectionWorks(): void {
  if (lostSince.value === undefined) return;
  lostSince.set(undefined);
  for (const run of [...comeBack]) run();
}

/** Runs each time the connection comes back. */
export function onComeBack(run: () => void): () => void {
  comeBack.add(run);
  return () => comeBack.delete(run);
}

/** Waits with growing pauses, less when the connection comes back meanwhile. */
export function pause(attempt: number): Promise<void> {
  const ms = Math.min(500 * 2 ** attempt, 10_000) * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const stop = onComeBack(done);
    const timer = setTimeout(done, ms);
  });
}
