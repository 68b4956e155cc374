// SPDX-License-Identifier: Apache-2.0
// One shared text that several people write in: saved as it is typed, with the version it stands on. What two wrote in
// different lines is joined; what both changed is kept from both, one after the other, and said. Pure but for what is
// handed in.

/** Lines of the longest common subsequence, as pairs of indexes. */
function common(a: string[], b: string[]): [number, number][] {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

export interface Joined {
  text: string;
  /** both changed the same lines: both stand in the text */
  isConflict: boolean;
}

const LINES_MAX = 3000;

/** Joins two texts that came from one, by lines. */
export function joinTexts(base: string, mine: string, theirs: string): Joined {
  if (mine === theirs || base === theirs) return { text: mine, isConflict: false };
  if (base === mine) return { text: theirs, isConflict: false };
  const [b, m, o] = [base.split('\n'), mine.split('\n'), theirs.split('\n')];
  if (Math.max(b.length, m.length, o.length) > LINES_MAX) return { text: `${theirs}\n${mine}`, isConflict: true };
  const inMine = new Map(common(b, m));
  const inTheirs = new Map(common(b, o));
  const out: string[] = [];
  let isConflict = false;
  let [i, j, k] = [0, 0, 0];
  const flush = (toB: number, toM: number, toO: number) => {
    const [was, my, their] = [b.slice(i, toB).join('\n'), m.slice(j, toM), o.slice(k, toO)];
    const [isMine, isTheirs] = [my.join('\n') !== was || my.length !== toB - i, their.join('\n') !== was || their.length !== toB - i];
    if (isMine && isTheirs && my.join('\n') !== their.join('\n')) {
      isConflict = true;
      out.push(...their, ...my);
    } else out.push(...(isMine ? my : their));
  };
  for (let line = 0; line < b.length; line++) {
    const [x, y] = [inMine.get(line), inTheirs.get(line)];
    if (x === undefined || y === undefined) continue;
    flush(line, x, y);
    out.push(b[line] ?? '');
    [i, j, k] = [line + 1, x + 1, y + 1];
  }
  flush(b.length, m.length, o.length);
  return { text: out.join('\n'), isConflict };
}
