// SPDX-License-Identifier: Apache-2.0
// Files on their way to the desk, one after the other. They are kept here and not in the page: it goes on, and what
// became of them stays, while one reads a message in between.
import { asProblem, NO_ANSWER, Problem, upload } from '../../api';
import { Cell } from '../../cell';
import { changed } from '../../live';
import { FILE_MAX, type Head, readHeadOf } from '../../model/pouch';
import type { PouchArrival } from '../../types';

export const FILES_MAX = 500;

export interface Incoming {
  key: number;
  file: File;
  /** what it says itself */
  head?: Head;
  state: 'waits' | 'runs' | 'done' | 'failed' | 'large';
  /** of the upload, 0 to 1 */
  part: number;
  answer?: PouchArrival;
  problem?: Problem;
}

export const incoming = new Cell<readonly Incoming[]>([]);
/** Files that did not fit into one time. */
export const leftOut = new Cell(0);
let next = 1;
let isRunning = false;

const change = (key: number, more: Partial<Incoming>) =>
  incoming.set(incoming.value.map((one) => (one.key === key ? { ...one, ...more } : one)));

async function send({ key, file }: Incoming): Promise<void> {
  change(key, { state: 'runs', part: 0, problem: undefined, answer: undefined });
  try {
    const answer = await upload<PouchArrival>('/api/pouches', file, (part) => change(key, { part }));
    change(key, { state: 'done', answer });
  } catch (caught) {
    change(key, { state: 'failed', problem: asProblem(caught) });
  }
  changed('pouch'); // also when it was refused: then the parts of its pouch may be dropped
}

async function run(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  for (;;) {
    const one = incoming.value.find(({ state }) => state === 'waits');
    if (one === undefined) break;
    await send(one);
  }
  isRunning = false;
}

/** Takes files in behind those that are on their way. */
export async function take(files: readonly File[]): Promise<void> {
  const room = Math.max(0, FILES_MAX - incoming.value.filter(({ state }) => state === 'waits').length);
  leftOut.set(Math.max(0, files.length - room));
  const added = await Promise.all(
    files.slice(0, room).map(
      async (file): Promise<Incoming> => ({
        key: next++,
        file,
        head: await readHeadOf(file).catch(() => undefined),
        state: file.size > FILE_MAX ? 'large' : 'waits',
        part: 0,
      }),
    ),
  );
  incoming.set([...incoming.value, ...added]);
  await run();
}

/** A part may come twice: what has failed on its way is sent once more. */
export function again(one: Incoming): void {
  change(one.key, { state: 'waits' });
  void run();
}

/** Was it the way and not the file? */
export const mayGoAgain = ({ state, problem }: Incoming): boolean =>
  state === 'failed' && problem !== undefined && (problem.status === NO_ANSWER || problem.status === 401 || problem.status >= 429);

export const clear = (): void => {
  incoming.set(incoming.value.filter(({ state }) => state === 'waits' || state === 'runs'));
  leftOut.set(0);
};
