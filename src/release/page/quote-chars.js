// SPDX-License-Identifier: Apache-2.0
// Characters as quotations are compared by: spec/release.md, Quotes, Characters. release/quote_chars.c has the same tables.

const QuoteChars = (() => {
  const WHITE = 1, LETTER = 2, MARK = 3, NUMBER = 4, BARE = 5, OTHER = 6;
  const AT_ONCE = 4096; // characters or words looked at before somebody else gets a turn
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

  return { AT_ONCE, WHITE, LETTER, MARK, NUMBER, BARE, SPACE, DOUBLE, SINGLE, DASH, DOT, OMISSION, LOOSE_RANGES, Numbers, within, kindOf,
    foldOf };
})();
