// SPDX-License-Identifier: Apache-2.0
// Looking for many sequences of numbers at once, in one pass however they overlap (Aho and Corasick); and numbers for pairs
// of numbers. The same as release/quote_pattern.c.

const QuotePattern = (() => {
  const { AT_ONCE } = QuoteChars;

  // Numbers from 1 on for pairs of numbers.
  class Pairs {
    constructor() {
      this.seed = (Math.random() * 0x7fffffff) | 0;
      this.count = 0;
      this.table = new Int32Array(4 << 12); // left, right, number (0: free), nothing
    }
    placeOf(a, b) {
      const mask = this.table.length / 4 - 1;
      const h = Math.imul(Math.imul(a ^ this.seed, 0x9e3779b1) + b, 0x85ebca6b);
      let at = 4 * ((h ^ (h >>> 15)) & mask);
      while (this.table[at + 2] !== 0 && (this.table[at] !== a || this.table[at + 1] !== b)) at = (at + 4) & (4 * mask);
      return at;
    }
    find(a, b) {
      return this.table[this.placeOf(a, b) + 2];
    }
    put(a, b, number) {
      const at = this.placeOf(a, b);
      this.table[at] = a;
      this.table[at + 1] = b;
      this.table[at + 2] = number;
    }
    add(a, b) {
      const known = this.find(a, b);
      if (known !== 0) return known;
      if (8 * ++this.count > this.table.length) this.grow();
      this.put(a, b, this.count);
      return this.count;
    }
    grow() {
      const before = this.table;
      this.table = new Int32Array(2 * before.length);
      for (let at = 0; at < before.length; at += 4)
        if (before[at + 2] !== 0) this.put(before[at], before[at + 1], before[at + 2]);
    }
  }

  class Patterns {
    constructor() {
      this.steps = new Pairs(); // of a node and an id: the node behind it
      this.parents = [0];
      this.lasts = [0]; // id that leads to the node
      this.depths = [0];
      this.patterns = [undefined]; // that ends at the node
    }
    // The pattern of these ids, one object for all who ask for the same.
    add(ids) {
      let node = 0;
      for (const id of ids) {
        const next = this.steps.add(node, id);
        if (next === this.parents.length) {
          this.parents.push(node);
          this.lasts.push(id);
          this.depths.push(this.depths[node] + 1);
          this.patterns.push(undefined);
        }
        node = next;
      }
      return (this.patterns[node] ??= { length: ids.length, literal: [], last: [], seen: 0, end: 0 });
    }
    // Yields once in a while.
    *close() {
      const count = this.parents.length;
      this.fails = new Int32Array(count);
      this.ends = new Int32Array(count); // the longest suffix that is a pattern, itself included
      this.stamps = new Int32Array(count);
      let seen = 0;
      for (const node of this.byDepth()) {
        if (node === 0) continue;
        if (++seen % AT_ONCE === 0) yield;
        if (this.parents[node] !== 0) this.fails[node] = this.step(this.fails[this.parents[node]], this.lasts[node]);
        this.ends[node] = this.patterns[node] !== undefined ? node : this.ends[this.fails[node]];
      }
    }
    // All nodes, those of one depth together.
    byDepth() {
      const { depths } = this, starts = [0], order = new Int32Array(depths.length);
      for (const depth of depths) starts[depth + 1] = (starts[depth + 1] ?? 0) + 1;
      for (let depth = 1; depth < starts.length; depth++) starts[depth] += starts[depth - 1];
      depths.forEach((depth, node) => (order[starts[depth]++] = node));
      return order;
    }
    step(node, id) {
      for (;;) {
        const next = this.steps.find(node, id);
        if (next !== 0 || node === 0) return next;
        node = this.fails[node];
      }
    }
    // Calls found(pattern, index of its last token) once for each that is there.
    scan(ids, count, stamp, found) {
      let node = 0;
      for (let i = 0; i < count; i++) {
        node = ids[i] === 0 ? 0 : this.step(node, ids[i]);
        for (let end = this.ends[node]; end !== 0 && this.stamps[end] !== stamp; end = this.ends[this.fails[end]]) {
          this.stamps[end] = stamp;
          found(this.patterns[end], i);
        }
      }
    }
  }

  return { Pairs, Patterns };
})();
