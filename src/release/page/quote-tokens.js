// SPDX-License-Identifier: Apache-2.0
// Texts as sequences of words and signs, the same word by the same number: spec/release.md, Quotes, Tokens. The same as
// release/quote_tokens.c.

const QuoteTokens = (() => {
  const { AT_ONCE, LETTER, MARK, NUMBER, BARE, SPACE, DOUBLE, SINGLE, DASH, DOT, OMISSION, Numbers, kindOf, foldOf } = QuoteChars;
  const WORD = 2, SIGN = 1; // weights of a word, of a character that is written without spaces

  // The text as it is compared, character by character, and where each stands in it.
  class Folded {
    constructor() {
      this.chars = new Numbers();
      this.from = new Numbers();
      this.to = new Numbers();
    }
    put(c, from, to) {
      if (c === 0x307 && this.chars.length > 0 && this.chars.all[this.chars.length - 1] === 0x69) return;
      this.chars.push(c);
      this.from.push(from);
      this.to.push(to);
    }
    *fill(text) {
      this.chars.length = this.from.length = this.to.length = 0;
      for (let i = 0, next = AT_ONCE; i < text.length;) {
        if (i >= next) {
          next = i + AT_ONCE;
          yield;
        }
        const c = text.codePointAt(i), from = i;
        i += c > 0xffff ? 2 : 1;
        if (c < 0x80) this.put(c < 0x20 || c === 0x7f ? SPACE : c >= 0x41 && c <= 0x5a ? c + 32 : c === 0x60 ? SINGLE : c, from, i);
        else for (const f of foldOf(c)) this.put(f, from, i);
      }
      this.sortMarks();
    }
    sortMarks() {
      const chars = this.chars.all, count = this.chars.length;
      for (let i = 0; i < count; i++) {
        if (chars[i] < 0x300 || kindOf(chars[i]) !== MARK) continue;
        let end = i + 1;
        while (end < count && chars[end] >= 0x300 && kindOf(chars[end]) === MARK) end++;
        if (end - i > 1) {
          let marks = "";
          for (let j = i; j < end; j++) marks += String.fromCodePoint(chars[j]);
          for (const mark of marks.normalize("NFD")) chars[i++] = mark.codePointAt(0);
        }
        i = end;
      }
    }
  }

  // Numbers for sequences of numbers. The seed keeps strangers from choosing what collides.
  class Vocabulary {
    constructor() {
      this.seed = (Math.random() * 0x7fffffff) | 0;
      this.slots = new Int32Array(1 << 12); // number + 1
      this.starts = new Numbers();
      this.starts.push(0);
      this.chars = new Numbers();
      this.count = 0;
    }
    holds(id, key, length) {
      const start = this.starts.all[id];
      if (this.starts.all[id + 1] - start !== length) return false;
      for (let i = 0; i < length; i++) if (this.chars.all[start + i] !== key[i]) return false;
      return true;
    }
    hash(key, length) {
      let h = this.seed;
      for (let i = 0; i < length; i++) h = Math.imul((h ^ key[i]) + (h >>> 15), 0x9e3779b1);
      return h ^ (h >>> 16);
    }
    // From 1 on; 0: not there, unless it may be put there.
    find(key, length, mayAdd) {
      const mask = this.slots.length - 1;
      let at = this.hash(key, length) & mask;
      for (; this.slots[at] !== 0; at = (at + 1) & mask) if (this.holds(this.slots[at] - 1, key, length)) return this.slots[at];
      if (!mayAdd) return 0;
      for (let i = 0; i < length; i++) this.chars.push(key[i]);
      this.starts.push(this.chars.length);
      this.slots[at] = ++this.count;
      if (2 * this.count > this.slots.length) this.grow();
      return this.count;
    }
    grow() {
      this.slots = new Int32Array(2 * this.slots.length);
      for (let id = 0; id < this.count; id++) {
        const key = this.chars.all.subarray(this.starts.all[id], this.starts.all[id + 1]);
        let at = this.hash(key, key.length) & (this.slots.length - 1);
        while (this.slots[at] !== 0) at = (at + 1) & (this.slots.length - 1);
        this.slots[at] = id + 1;
      }
    }
  }

  const isInWord = (c) => kindOf(c) === LETTER || kindOf(c) === MARK || kindOf(c) === NUMBER;

  // A text as tokens: ids of the vocabulary, weights, what a token of one other character is, where they stand.
  class Tokens {
    constructor(vocabulary) {
      this.vocabulary = vocabulary;
      this.folded = new Folded();
      this.key = new Numbers();
      for (const name of ["ids", "weights", "signs", "from", "to"]) this[name] = new Numbers();
    }
    get count() {
      return this.ids.length;
    }
    // Yields after so many characters.
    *fill(text, mayAdd) {
      for (const name of ["ids", "weights", "signs", "from", "to"]) this[name].length = 0;
      yield* this.folded.fill(text);
      this.mayAdd = mayAdd;
      for (let at = 0, next = AT_ONCE; at < this.folded.chars.length;) {
        if (at >= next) {
          next = at + AT_ONCE;
          yield;
        }
        at = this.take(at);
      }
    }
    list() {
      return Array.from({ length: this.count }, (_, i) => ({ id: this.ids.all[i], weight: this.weights.all[i],
        sign: this.signs.all[i], from: this.from.all[i], to: this.to.all[i] }));
    }
    put(first, last, weight, sign) {
      this.ids.push(this.vocabulary.find(this.key.all, this.key.length, this.mayAdd));
      this.weights.push(weight);
      this.signs.push(sign);
      this.from.push(this.folded.from.all[first]);
      this.to.push(this.folded.to.all[last]);
    }
    // Takes what begins here; where the next begins.
    take(at) {
      const { all, length } = this.folded.chars, c = all[at], kind = kindOf(c);
      this.key.length = 0;
      if (c === SPACE || c === DOUBLE || c === SINGLE) return at + 1;
      if (kind === BARE) return this.takeBare(at);
      if (isInWord(c)) return this.takeWord(at, at);
      if (c === 0x5b && at + 3 < length && kindOf(all[at + 1]) === LETTER && all[at + 2] === 0x5d && isInWord(all[at + 3])) {
        this.key.push(all[at + 1]);
        return this.takeWord(at, at + 3);
      }
      if (c === DOT) return this.takeDots(at);
      let end = at + 1;
      if (c === DASH) while (end < length && all[end] === DASH) end++;
      this.putSign(at, end - 1, c);
      return end;
    }
    putSign(first, last, c) {
      this.key.length = 0;
      this.key.push(c);
      this.put(first, last, 0, c);
      if (c === 0x5d || c === 0x29) this.joinOmission(c === 0x5d ? 0x5b : 0x28);
    }
    // "[…]" and "(…)" are one token.
    joinOmission(open) {
      const n = this.count;
      if (n < 3 || this.signs.all[n - 2] !== OMISSION || this.signs.all[n - 3] !== open) return;
      this.ids.all[n - 3] = this.ids.all[n - 2];
      this.signs.all[n - 3] = OMISSION;
      this.to.all[n - 3] = this.to.all[n - 1];
      for (const name of ["ids", "weights", "signs", "from", "to"]) this[name].length = n - 2;
    }
    takeBare(at) {
      const { all, length } = this.folded.chars;
      let end = at;
      do this.key.push(all[end++]); while (end < length && kindOf(all[end]) === MARK);
      this.put(at, end - 1, SIGN, 0);
      return end;
    }
    takeWord(first, at) {
      const { all, length } = this.folded.chars;
      let end = at;
      while (end < length && (isInWord(all[end]) || (all[end] === SINGLE && end + 1 < length && isInWord(all[end + 1]))))
        this.key.push(all[end++]);
      this.put(first, end - 1, WORD, 0);
      return end;
    }
    takeDots(at) {
      const { all, length } = this.folded.chars;
      let last = at, dots = 1;
      for (let i = at + 1; i < length && (all[i] === DOT || all[i] === SPACE); i++) {
        if (all[i] !== DOT) continue;
        dots++;
        last = i;
      }
      this.putSign(at, dots < 3 ? at : last, dots < 3 ? DOT : OMISSION);
      return dots < 3 ? at + 1 : last + 1;
    }
  }

  return { WORD, Tokens, Vocabulary };
})();
