// SPDX-License-Identifier: Apache-2.0
// The passages of a text that stand in quotation marks: spec/release.md, Quotes, Passages. The same as release/quote_find.c.

const QuoteFind = (() => {
  const { AT_ONCE, WHITE, LETTER, MARK, NUMBER, BARE, LOOSE_RANGES, within, kindOf } = QuoteChars;
  const ARTICLE_MAX = 1 << 20; // bytes of UTF-8
  const PASSAGES_MAX = 10000;
  const DEPTH_MAX = 4; // of quotations in quotations

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
    }
    *read() {
      const { text } = this;
      for (let i = 0; i < text.length;) {
        if (this.chars.length % AT_ONCE === 0) yield;
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
    *run() {
      for (let i = 0, next = 0; i < this.chars.length;) {
        if (i >= next) {
          next = i + AT_ONCE;
          yield;
        }
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
    *passages() {
      yield* this.read();
      const hasWord = ({ start, end }) => {
        for (let i = start; i < end; i++) if ([LETTER, NUMBER, BARE].includes(this.kind(i))) return true;
        return false;
      };
      return (yield* this.run()).filter(hasWord).sort((a, b) => a.start - b.start).map(({ start, end, ...more }) => {
        const from = this.at[start], to = this.at[end];
        return { text: this.text.slice(from, to), start: from, end: to, ...more };
      });
    }
  }

  // Yields often, for whoever wants to do something else in between.
  function* findQuotes(article) {
    if (new TextEncoder().encode(article).length > ARTICLE_MAX) throw new RangeError(`more than ${ARTICLE_MAX} bytes of text`);
    return yield* new Finder(article).passages();
  }

  return { findQuotes };
})();
