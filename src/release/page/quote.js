// SPDX-License-Identifier: Apache-2.0
// Passages in quotation marks, compared with released statements: spec/release.md, Quotes. Knows nothing of the page nor
// of releases. release/quote.c gives the same answers; test/release/quotes.json holds both to them.

const { findQuotes, checkQuotes } = (() => {
  const ARTICLE_MAX = 1 << 20; // bytes of UTF-8
  const PASSAGES_MAX = 10000;
  const DEPTH_MAX = 4; // of quotations in quotations
  const PAIR_PASSAGES_MAX = 64; // a pair of words in more passages leads to none
  const CANDIDATES = 4; // statements that a passage is aligned with
  const CELLS_MAX = 1 << 24; // of one alignment
  const WORK_MAX = 1 << 28; // cells of all alignments
  const STEPS_MAX = 1 << 27; // of looking for parts in order
  const WORD = 2, SIGN = 1; // weights of a word, of a character that is written without spaces
  const SHORT = 3 * WORD; // what weighs less is not looked for in other words

  // Characters

  const WHITE = 1, LETTER = 2, MARK = 3, NUMBER = 4, BARE = 5, OTHER = 6;
  const SPACE = 0x20, DOUBLE = 0x22, SINGLE = 0x27, DASH = 0x2d, DOT = 0x2e, OMISSION = 0x2026;
  const DOUBLES = new Set([..."\"\u00ab\u00bb\u201c\u201d\u201e\u201f\u2e42\u275d\u275e\u300c\u300d\u300e\u300f\u301d\u301e" +
    "\u301f\u05f4"].map((c) => c.codePointAt(0)));
  const SINGLES = new Set([..."'`\u00b4\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u275b\u275c\u02b9\u02bb\u02bc\u02bd\u055a\u05f3"]
    .map((c) => c.codePointAt(0)));
  const BARE_RANGES = [[0x0e00, 0x0eff], [0x1000, 0x109f], [0x1780, 0x17ff], [0x2e80, 0x2fdf], [0x3005, 0x3007],
    [0x3021, 0x3029], [0x3041, 0x30ff], [0x31f0, 0x31ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xf900, 0xfaff],
    [0x20000, 0x3fffd]];
  const LOOSE_RANGES = [[0x0600, 0x06ff], [0x0750, 0x077f], [0x08a0, 0x08ff], [0x1100, 0x11ff], [0xac00, 0xd7a3],
    [0xfb50, 0xfdff], [0xfe70, 0xfeff]];
  const within = (ranges, c) => ranges.some(([from, to]) => c >= from && c <= to);
  const kinds = new Uint8Array(0x110000); // filled as characters come

  function kindOf(c) {
    if (kinds[c] === 0) kinds[c] = findKind(String.fromCodePoint(c), c);
    return kinds[c];
  }

  function findKind(s, c) {
    if (/[\p{Z}\p{Cc}]/u.test(s)) return WHITE;
    if (/\p{M}/u.test(s)) return MARK;
    if (/[\p{L}\p{N}]/u.test(s) && !SINGLES.has(c)) return within(BARE_RANGES, c) ? BARE : /\p{N}/u.test(s) ? NUMBER : LETTER;
    return OTHER;
  }

  const IGNORED = /[\p{Cf}\p{Variation_Selector}\u034f\u0640]/u;
  const UNSTABLE = { "\u00df": "ss", "\u03c2": "\u03c3", "\u0131": "i" };
  const folds = new Map();

  function foldOf(c) {
    let fold = folds.get(c);
    if (fold === undefined) folds.set(c, (fold = makeFold(c)));
    return fold;
  }

  function makeFold(c) {
    if (c >= 0xd800 && c <= 0xdfff) return [0xfffd];
    if (SINGLES.has(c)) return [SINGLE];
    const fold = [];
    for (const part of String.fromCodePoint(c).normalize("NFKD")) {
      if (IGNORED.test(part)) continue;
      for (const low of [...part.toLowerCase()].flatMap((l) => [...(UNSTABLE[l] ?? l)])) fold.push(plain(low.codePointAt(0)));
    }
    return fold;
  }

  function plain(c) {
    if (kindOf(c) === WHITE) return SPACE;
    if (DOUBLES.has(c)) return DOUBLE;
    if (SINGLES.has(c)) return SINGLE;
    return c === 0x2212 || /\p{Pd}/u.test(String.fromCodePoint(c)) ? DASH : c;
  }

  // A list of numbers that is filled anew for each text.
  class Numbers {
    constructor() {
      this.length = 0;
      this.all = new Int32Array(1024);
    }
    push(n) {
      if (this.length === this.all.length) {
        const more = new Int32Array(2 * this.length);
        more.set(this.all);
        this.all = more;
      }
      this.all[this.length++] = n;
    }
  }

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
    fill(text) {
      this.chars.length = this.from.length = this.to.length = 0;
      for (let i = 0; i < text.length;) {
        const c = text.codePointAt(i), from = i;
        i += c > 0xffff ? 2 : 1;
        if (c < 0x80) this.put(c < 0x20 || c === 0x7f ? SPACE : c >= 0x41 && c <= 0x5a ? c + 32 : c === 0x60 ? SINGLE : c, from, i);
        else for (const f of foldOf(c)) this.put(f, from, i);
      }
      this.sortMarks();
      return this;
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

  // Words

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
    fill(text, mayAdd) {
      for (const name of ["ids", "weights", "signs", "from", "to"]) this[name].length = 0;
      this.folded.fill(text);
      this.mayAdd = mayAdd;
      for (let at = 0; at < this.folded.chars.length;) at = this.take(at);
      return this;
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

  // Finding

  const CLOSERS = { // of each mark that can open
    "\"": "\"\u201d\u201c", "\u201c": "\u201d\"\u201c", "\u201f": "\u201d\"\u201c", "\u201e": "\u201c\u201d\u201f\"", "\u2e42": "\u201c\u201d\u201f\"",
    "\u201d": "\u201d\"", "\u275d": "\u275e", "\u00ab": "\u00bb", "\u00bb": "\u00ab\u00bb", "\u2039": "\u203a", "\u203a": "\u2039\u203a",
    "\u2018": "\u2019'", "\u201b": "\u2019'", "\u201a": "\u2018\u2019'\u201b", "'": "'\u2019", "\u275b": "\u275c",
    "\u300c": "\u300d", "\u300e": "\u300f", "\u301d": "\u301e\u301f", "\ufe41": "\ufe42", "\ufe43": "\ufe44", "\uff62": "\uff63",
  };
  const ALWAYS_CLOSE = "\u275e\u275c\u300d\u300f\u301e\u301f\ufe42\ufe44\uff63";
  const ALWAYS_OPEN = "\u201e\u2e42\u275d\u275b\u300c\u300e\u301d\ufe41\ufe43\uff62";
  const ONE_MARK = { "\uff02": "\"", "\uff07": "'" }; // full width
  const LONE = "\u2018\u201b\u201a'"; // opening marks that may be apostrophes
  const STOPS = ",.;:!?\u3001\u3002\uff0c\uff0e\uff1a\uff1b\uff01\uff1f\u060c\u061b\u061f\u06d4";

  class Finder {
    constructor(text) {
      this.text = text;
      this.chars = [];
      this.at = []; // where each stands in the text
      this.open = [];
      this.found = [];
      for (let i = 0; i < text.length;) {
        const c = text.codePointAt(i);
        const s = String.fromCodePoint(c);
        if (c < 0x80 || !/\p{Cf}/u.test(s)) {
          this.chars.push(ONE_MARK[s] ?? s);
          this.at.push(i);
        }
        i += s.length;
      }
      this.at.push(text.length);
    }
    kind(i) {
      return i < 0 || i >= this.chars.length ? WHITE : kindOf(this.chars[i].codePointAt(0));
    }
    isLetter(i) {
      return [LETTER, MARK, NUMBER, BARE].includes(this.kind(i));
    }
    // Of scripts in which quotation marks stand between letters, without a space.
    isLoose(i) {
      return this.kind(i) === BARE || (this.isLetter(i) && within(LOOSE_RANGES, this.chars[i].codePointAt(0)));
    }
    isTight(i) {
      return this.isLetter(i) && !this.isLoose(i);
    }
    isStop(i) {
      const c = this.chars[i];
      if (c === ".") return ![".", "\u2026"].includes(this.chars[i + 1]);
      return c !== undefined && (STOPS.includes(c) || /\p{Pe}/u.test(c));
    }
    mayOpen(i) {
      return this.kind(i + 1) !== WHITE && !this.isStop(i + 1) && !this.isTight(i - 1);
    }
    mayClose(i) {
      return this.kind(i - 1) !== WHITE && !this.isTight(i + 1);
    }
    // Of double marks: behind the end of a sentence a blank may be lacking.
    mayEnd(i) {
      return this.mayClose(i) || ",.!?\u2026".includes(this.chars[i - 1] ?? " ");
    }

    // The innermost open quotation that this mark can close, or -1. One in single marks is closed when it is innermost only.
    opened(mark) {
      for (let k = this.open.length - 1; k >= 0; k--) {
        if (CLOSERS[this.open[k].mark].includes(mark)) return k;
        if ("\u2019'\u2018\u201b".includes(mark)) return -1;
      }
      return -1;
    }
    push(mark, i) {
      const top = this.open.at(-1);
      if (top?.weakEnd !== undefined && LONE.includes(mark)) this.drop();
      if (this.open.length < DEPTH_MAX) this.open.push({ mark, start: i + 1 });
    }
    add(start, end, more) {
      this.found.push({ start, end, ...more });
      if (this.found.length > PASSAGES_MAX) throw new RangeError(`more than ${PASSAGES_MAX} quotations`);
    }
    // Gives up the innermost one, whose end is lacking.
    drop(end) {
      const { mark, start, weakEnd } = this.open.pop();
      if (weakEnd !== undefined) this.add(start, weakEnd);
      else if (!LONE.includes(mark)) this.add(start, end, { unclosed: true });
    }
    close(k, i) {
      while (this.open.length > k + 1) this.drop(i);
      this.add(this.open.pop().start, i);
    }
    // "dogs' tails": perhaps no end.
    isWeak(i) {
      if (!"sS".includes(this.chars[i - 1]) || i + 1 >= this.chars.length || this.kind(i + 1) !== WHITE) return false;
      let next = i + 1;
      while (next < this.chars.length && this.kind(next) === WHITE) next++;
      return next < this.chars.length && /\p{Ll}/u.test(this.chars[next]);
    }
    closeSingle(k, i) {
      if (!this.mayClose(i)) return;
      if (!this.isWeak(i)) this.close(k, i);
      else this.open[k].weakEnd ??= i;
    }

    double(i) {
      const k = this.opened("\""), o = this.mayOpen(i), c = this.mayEnd(i);
      if (this.isTight(i - 1) && this.isTight(i + 1)) return;
      if (o && !c) this.push("\"", i);
      else if (k >= 0) this.close(k, i);
      else if (!c && this.kind(i + 1) !== WHITE || o) this.push("\"", i);
    }
    single(mark, i) {
      if (this.isLetter(i - 1) && this.isLetter(i + 1) && !this.isLoose(i - 1) && !this.isLoose(i + 1)) return;
      const k = this.opened(mark), o = this.mayOpen(i), c = this.mayClose(i);
      if (mark === "'" && o && (!c || k < 0)) this.push(mark, i);
      else if (k >= 0) this.closeSingle(k, i);
    }
    other(mark, i) {
      const k = this.opened(mark), o = this.mayOpen(i), c = LONE.includes(mark) ? this.mayClose(i) : this.mayEnd(i);
      if (ALWAYS_CLOSE.includes(mark)) {
        if (k >= 0) this.close(k, i);
      } else if (ALWAYS_OPEN.includes(mark)) {
        this.push(mark, i);
      } else if (mark === "\u2018" || mark === "\u201b") {
        if (k >= 0 && c) this.closeSingle(k, i);
        else if (o) this.push(mark, i);
      } else if (mark === "\u201a") {
        if (o) this.push(mark, i);
      } else if (mark === "\u201c" || mark === "\u201f") {
        if (k >= 0 && c && (!o || !"\u201c\u201f".includes(this.open[k].mark))) this.close(k, i);
        else if (o || !c) this.push(mark, i);
      } else if (k >= 0) { // ” « » ‹ ›
        this.close(k, i);
      } else if ("\u00ab\u2039".includes(mark) ? o || !c : o && !c) {
        this.push(mark, i);
      }
    }

    // A quotation goes on in the next paragraph when that begins with its opening mark; the next index to look at.
    breakAt(i, isParagraph) {
      let next = i, kept = 0;
      while (next < this.chars.length && this.kind(next) === WHITE) next++;
      while (kept < this.open.length && this.goesOn(this.open[kept].mark, next)) {
        kept++;
        do next++; while (next < this.chars.length && this.kind(next) === WHITE && this.chars[next] !== "\n");
      }
      if (!isParagraph) return kept > 0 ? next : i;
      let end = i;
      while (end > 0 && this.kind(end - 1) === WHITE) end--;
      while (this.open.length > kept) this.drop(end);
      return next;
    }
    goesOn(mark, i) {
      const c = this.chars[i] ?? "";
      if (mark === "\"") return c === mark && this.kind(i + 1) !== WHITE;
      return c === mark || (c !== "" && "\u00ab\u00bb".includes(mark) && "\u00ab\u00bb".includes(c));
    }
    // How the lines end here: 0 not, 1 a line, 2 a paragraph; and where what is white ends.
    lineEnd(i) {
      let lines = 0, next = i, isParagraph = false;
      for (; next < this.chars.length && this.kind(next) === WHITE; next++) {
        if (this.chars[next] === "\n" || (this.chars[next] === "\r" && this.chars[next + 1] !== "\n")) lines++;
        isParagraph ||= this.chars[next] === "\u2029";
      }
      return { level: isParagraph || lines > 1 ? 2 : lines, next };
    }
    run() {
      for (let i = 0; i < this.chars.length;) {
        const mark = this.chars[i];
        if (this.kind(i) === WHITE) {
          const { level, next } = this.lineEnd(i);
          i = level > 0 && this.open.length > 0 ? this.breakAt(next, level === 2) : next;
          continue;
        }
        if (mark === "\"") this.double(i);
        else if (mark === "'" || mark === "\u2019") this.single(mark, i);
        else if (CLOSERS[mark] !== undefined || ALWAYS_CLOSE.includes(mark)) this.other(mark, i);
        i++;
      }
      this.breakAt(this.chars.length, true);
      return this.found;
    }
    passages() {
      const hasWord = ({ start, end }) => {
        for (let i = start; i < end; i++) if ([LETTER, NUMBER, BARE].includes(this.kind(i))) return true;
        return false;
      };
      return this.run().filter(hasWord).sort((a, b) => a.start - b.start).map(({ start, end, ...more }) => {
        const from = this.at[start], to = this.at[end];
        return { text: this.text.slice(from, to), start: from, end: to, ...more };
      });
    }
  }

  function findQuotes(article) {
    if (new TextEncoder().encode(article).length > ARTICLE_MAX) throw new RangeError(`more than ${ARTICLE_MAX} bytes of text`);
    return new Finder(article).passages();
  }

  // Looking for many sequences of ids at once (Aho and Corasick)

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
    close() {
      const count = this.parents.length;
      this.fails = new Int32Array(count);
      this.ends = new Int32Array(count); // the longest suffix that is a pattern, itself included
      this.stamps = new Int32Array(count);
      const order = Array.from({ length: count - 1 }, (_, i) => i + 1).sort((a, b) => this.depths[a] - this.depths[b]);
      for (const node of order) {
        if (this.parents[node] !== 0) this.fails[node] = this.step(this.fails[this.parents[node]], this.lasts[node]);
        this.ends[node] = this.patterns[node] !== undefined ? node : this.ends[this.fails[node]];
      }
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

  // Comparing

  const TRAILING = new Set([..."\u002c\u002e\u3001\u3002\u060c\u06d4\u0964"].map((c) => c.codePointAt(0)));

  // A passage as it is looked for: its tokens as they stand, its parts between omissions.
  function readPassage(passage, tokens) {
    tokens.fill(passage.text, true);
    const whole = withoutTrailing(tokens.list()), parts = [[]];
    for (const token of whole) {
      if (token.sign === OMISSION) parts.push([]);
      else parts.at(-1).push(token);
    }
    const kept = parts.map(withoutTrailing).filter((part) => part.length > 0);
    return { passage, whole, parts: kept, weight: weightOf(whole), words: wordsOf(whole), candidates: [] };
  }

  function withoutTrailing(list) {
    let end = list.length;
    while (end > 0 && TRAILING.has(list[end - 1].sign)) end--;
    return list.slice(0, end);
  }

  const weightOf = (list) => list.reduce((n, token) => n + token.weight, 0);
  const idsOf = (list) => list.map((token) => token.id);

  // Words with their places among the tokens; `gap`: an omission follows.
  function wordsOf(list) {
    const words = [];
    list.forEach((token, at) => {
      if (token.weight > 0) words.push({ id: token.id, weight: token.weight, at, gap: false });
      else if (token.sign === OMISSION && words.length > 0) words.at(-1).gap = true;
    });
    if (words.length > 0) words.at(-1).gap = false;
    return words;
  }

  const primary = (language) => language.split("-")[0].replace(/[A-Z]/g, (c) => c.toLowerCase());

  class Comparison {
    constructor(article, language, statements) {
      this.statements = statements;
      this.language = primary(language);
      this.vocabulary = new Vocabulary();
      this.tokens = new Tokens(this.vocabulary);
      this.patterns = new Patterns();
      this.pairs = new Pairs();
      this.pairPassages = [undefined]; // of each pair those that have it
      this.steps = STEPS_MAX;
      this.passages = findQuotes(article).map((passage) => readPassage(passage, this.tokens));
      for (const passage of this.passages) this.prepare(passage);
      this.patterns.close();
    }
    prepare(passage) {
      const { whole, parts, words, weight } = passage;
      passage.stamp = passage.shared = passage.firstWord = passage.lastWord = 0; // in the statement at hand
      passage.found = [{ first: undefined, more: 0 }, { first: undefined, more: 0 }]; // in the language, in another
      passage.foundParts = [{ first: undefined, more: 0 }, { first: undefined, more: 0 }];
      this.patterns.add(idsOf(whole)).literal.push(passage);
      const weights = parts.map(weightOf);
      const isCut = parts.length === 1 ? parts[0].length !== whole.length : weight >= SHORT && weight >= 2 * WORD * parts.length;
      if (isCut && parts.length > 0) {
        passage.patterns = parts.map((part) => this.patterns.add(idsOf(part)));
        passage.patterns[weights.indexOf(Math.max(...weights))].last.push(passage);
      }
      if (weight < SHORT) return;
      for (let i = 1; i < words.length; i++) {
        if (words[i - 1].gap) continue;
        const pair = this.pairs.add(words[i - 1].id, words[i].id);
        const list = (this.pairPassages[pair] ??= []);
        if (list.at(-1)?.passage !== passage && list.length <= PAIR_PASSAGES_MAX) list.push({ passage, stamp: 0 });
      }
    }

    isIn(statement) {
      const language = primary(statement.language ?? "");
      return this.language === "" || language === "" || language === this.language;
    }
    note(found, statement, from, to, more) {
      const { message } = statement;
      if (found.first === undefined) Object.assign(found, { first: { statement, from, to, ...more }, last: message });
      else if (found.last !== message) Object.assign(found, { more: found.more + 1, last: message });
    }
    read(statement, number) {
      const { tokens } = this, stamp = number + 1, which = this.isIn(statement) ? 0 : 1, asked = [];
      tokens.fill(statement.text, false);
      this.patterns.scan(tokens.ids.all, tokens.count, stamp, (pattern, end) => {
        pattern.seen = stamp;
        pattern.end = end;
        for (const passage of pattern.literal)
          this.note(passage.found[which], statement, tokens.from.all[end - pattern.length + 1], tokens.to.all[end]);
        asked.push(...pattern.last);
      });
      for (const passage of asked) {
        if (passage.found[which].first !== undefined || passage.isUnordered || !passage.patterns.every((pattern) => pattern.seen === stamp)) continue;
        const places = this.inOrder(passage);
        if (places !== undefined)
          this.note(passage.foundParts[which], statement, tokens.from.all[places[0]],
            tokens.to.all[places.at(-1) + passage.parts.at(-1).length - 1], { number, places });
      }
      if (which === 0) this.collect(statement, number, stamp);
    }

    // Where the parts stand, each behind the one before; the first end, and from there backwards the nearest.
    inOrder(passage) {
      const { parts } = passage, places = [];
      let from = 0;
      for (const part of parts) {
        const at = this.indexOf(part, from, this.tokens.count - part.length, 1);
        passage.isUnordered = this.steps < 0;
        if (at < 0) return undefined;
        places.push(at);
        from = at + part.length;
      }
      for (let k = parts.length - 2; k >= 0; k--)
        places[k] = this.indexOf(parts[k], places[k + 1] - parts[k].length, places[k], -1);
      passage.isUnordered = this.steps < 0;
      return passage.isUnordered ? undefined : places;
    }
    indexOf(part, from, to, step) {
      const ids = this.tokens.ids.all;
      for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
        let same = 0;
        while (same < part.length && ids[at + same] === part[same].id) same++;
        if (same === part.length) return at;
        this.steps -= same + 1;
        if (this.steps < 0) return -1;
      }
      return -1;
    }

    // Which passages this statement shares pairs of words with.
    collect(statement, number, stamp) {
      const { tokens } = this, touched = [];
      let before = 0, word = -1;
      for (let i = 0; i < tokens.count; i++) {
        if (tokens.weights.all[i] === 0) continue;
        const id = tokens.ids.all[i];
        word++;
        const pair = id !== 0 && before !== 0 ? this.pairs.find(before, id) : 0;
        before = id;
        if (pair === 0 || this.pairPassages[pair].length > PAIR_PASSAGES_MAX) continue;
        for (const seed of this.pairPassages[pair]) {
          const { passage } = seed;
          if (passage.found[0].first !== undefined) continue;
          if (passage.stamp !== stamp) {
            passage.stamp = stamp;
            passage.shared = 0;
            passage.firstWord = word - 1;
            touched.push(passage);
          }
          passage.lastWord = word;
          if (seed.stamp !== stamp) passage.shared++;
          seed.stamp = stamp;
        }
      }
      for (const passage of touched) {
        const { shared, words, firstWord, lastWord, candidates } = passage, reach = 2 * words.length;
        const place = candidates.findIndex((candidate) => candidate.shared < shared);
        candidates.splice(place < 0 ? candidates.length : place, 0, { number, shared,
          from: Math.max(0, firstWord - reach), to: Math.min(word, lastWord + reach) });
        if (candidates.length > CANDIDATES) candidates.pop();
      }
    }

    run() {
      this.statements.forEach((statement, number) => this.read(statement, number));
      const jobs = new Map();
      let work = WORK_MAX;
      for (const passage of this.passages) {
        if (passage.found[0].first !== undefined || passage.foundParts[0].first !== undefined) continue;
        if (passage.isUnordered) {
          passage.uncompared = true;
          continue;
        }
        for (const { number, from, to } of passage.candidates) {
          const cells = passage.words.length * (to - from + 1);
          if (cells > CELLS_MAX || cells > work) {
            passage.uncompared = true;
            continue;
          }
          work -= cells;
          if (!jobs.has(number)) jobs.set(number, []);
          jobs.get(number).push({ passage, from, to });
        }
      }
      for (const passage of this.passages) {
        const { first } = passage.foundParts[0];
        if (passage.found[0].first !== undefined || first === undefined || passage.parts.length < 2) continue;
        if (!jobs.has(first.number)) jobs.set(first.number, []);
        jobs.get(first.number).push({ passage, places: first.places });
      }
      for (const number of Array.from(jobs.keys()).sort((a, b) => a - b)) this.align(number, jobs.get(number));
      return this.passages.map((passage) => this.answer(passage));
    }
    align(number, jobs) {
      const { tokens } = this, text = this.statements[number].text;
      tokens.fill(text, false);
      const list = tokens.list(), words = wordsOf(list);
      for (const { passage, places, from, to } of jobs) {
        if (places !== undefined) {
          passage.difference = differenceOf(passage, matchesOf(passage, places), list, text);
          continue;
        }
        const best = alignWords(passage.words, words.slice(from, to + 1));
        if (best.weight < SHORT || best.score <= (passage.best?.score ?? 0)) continue;
        const first = best.matches[0][1], last = best.matches.at(-1)[1];
        passage.best = { score: best.score, statement: this.statements[number], from: list[first].from, to: list[last].to,
          difference: differenceOf(passage, best.matches, list, text) };
      }
    }
    answer({ passage, found, foundParts, parts, best, difference, uncompared }) {
      const [whole, elsewhere] = found, [abridged, elsewhereAbridged] = foundParts;
      const answer = { ...passage, verdict: "not-in-record" };
      const name = ({ statement, from, to }) => {
        const { message, desk, field, label, text } = statement;
        Object.assign(answer, { message, desk, field, label, language: statement.language, released: text.slice(from, to) });
      };
      if (whole.first !== undefined || abridged.first !== undefined) {
        const { first, more } = whole.first !== undefined ? whole : abridged;
        answer.verdict = "as-released";
        name(first);
        answer.more = more;
        if (whole.first === undefined && parts.length > 1) Object.assign(answer, { abridged: true, difference });
        return answer;
      }
      if (best !== undefined) {
        answer.verdict = "altered";
        name(best);
        answer.difference = best.difference;
      } else if (uncompared) {
        answer.uncompared = true;
      }
      const other = elsewhere.first ?? elsewhereAbridged.first;
      if (other !== undefined) {
        const { message, desk, field, label, language } = other.statement;
        answer.elsewhere = { message, desk, field, label, language };
      }
      return answer;
    }
  }

  // Pairs of places of tokens, in the passage and in the statement, of parts found as they are.
  function matchesOf({ parts, whole }, places) {
    const matches = [];
    parts.forEach((part, k) => part.forEach((token, i) => {
      if (token.weight > 0) matches.push([whole.indexOf(token), places[k] + i]);
    }));
    return matches;
  }

  // The best alignment of all words with a stretch of the others: 1 for each that both have, -1 for each that only one has
  // within the stretch, but 0 for what stands where the quotation has an omission.
  function alignWords(words, others) {
    const width = others.length + 1, from = new Uint8Array((words.length + 1) * width); // 1 both, 2 up, 3 left
    let above = new Int32Array(width), row = new Int32Array(width);
    for (let i = 1; i <= words.length; i++) {
      const { id } = words[i - 1], skip = words[i - 1].gap ? 0 : 1;
      row[0] = -i;
      from[i * width] = 2;
      for (let j = 1; j < width; j++) {
        let best = above[j] - 1, way = 2;
        if (row[j - 1] - skip > best) {
          best = row[j - 1] - skip;
          way = 3;
        }
        if (others[j - 1].id === id && above[j - 1] + 1 >= best) {
          best = above[j - 1] + 1;
          way = 1;
        }
        row[j] = best;
        from[i * width + j] = way;
      }
      [above, row] = [row, above];
    }
    let end = 0;
    for (let j = 1; j < width; j++) if (above[j] > above[end]) end = j;
    const matches = [];
    let weight = 0;
    for (let i = words.length, j = end; i > 0;) {
      const way = from[i * width + j];
      if (way === 1) {
        matches.push([words[i - 1].at, others[j - 1].at]);
        weight += words[i - 1].weight;
      }
      if (way !== 3) i--;
      if (way !== 2) j--;
    }
    return { score: above[end], weight, matches: matches.reverse() };
  }

  // What both have, what only the statement has, what only the quotation has.
  function differenceOf({ passage, whole }, matches, list, text) {
    const ops = [];
    const put = (op, tokens, from, to) => {
      if (from >= to) return;
      if (ops.at(-1)?.op === op && ops.at(-1).to === from) ops.at(-1).to = to;
      else ops.push({ op, tokens, from, to });
    };
    const between = (qFrom, qTo, sFrom, sTo) => {
      const isSame = qTo - qFrom === sTo - sFrom && whole.slice(qFrom, qTo).every((token, i) => token.id === list[sFrom + i].id);
      if (isSame) return put("same", list, sFrom, sTo);
      put("removed", list, sFrom, sTo);
      put("added", whole, qFrom, qTo);
    };
    const [qFirst, sFirst] = matches[0], [qLast, sLast] = matches.at(-1);
    // at the ends only signs that both have
    const isEnd = (q, s, count) => s >= 0 && s + count <= list.length &&
      whole.slice(q, q + count).every((token, i) => token.weight === 0 && token.id === list[s + i].id);
    const before = isEnd(0, sFirst - qFirst, qFirst) ? qFirst : 0;
    const after = isEnd(qLast + 1, sLast + 1, whole.length - qLast - 1) ? whole.length - qLast - 1 : 0;
    between(0, qFirst, sFirst - before, sFirst);
    matches.forEach(([q, s], k) => {
      put("same", list, s, s + 1);
      if (k + 1 < matches.length) between(q + 1, matches[k + 1][0], s + 1, matches[k + 1][1]);
    });
    between(qLast + 1, whole.length, sLast + 1, sLast + 1 + after);
    // with what stands behind them, so that the texts can be set one behind the other
    return ops.map(({ op, tokens, from, to }, k) => {
      const source = tokens === list ? text : passage.text;
      const isLast = k + 1 === ops.length || to === tokens.length;
      return { op, text: source.slice(tokens[from].from, isLast ? tokens[to - 1].to : tokens[to].from) };
    });
  }

  function checkQuotes(article, language, statements) {
    return new Comparison(article, language ?? "", statements).run();
  }

  return { findQuotes, checkQuotes };
})();
