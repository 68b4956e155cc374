// SPDX-License-Identifier: Apache-2.0
// Numbers at random for tests that must be told again by their seed alone (mulberry32).

/** random(n) gives 0 to n - 1, one(list) an item of it. */
export function randomOf(seed) {
  let state = seed;
  const random = (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  return { random, one: (list) => list[random(list.length)] };
}
