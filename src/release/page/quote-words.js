// SPDX-License-Identifier: Apache-2.0
// What a quotation and a statement have in common, word by word, and how they differ: spec/release.md, Quotes, Altered. The
// same as release/quote_align.c.

const QuoteWords = (() => {
  const { OMISSION } = QuoteChars;
  const BREAKS = [OMISSION, 0x5b, 0x5d]; // "[sic]" stands for nothing
  const SENTENCE_ENDS = new Set([..."\u002e\u0021\u003f\u3002\u061f\u06d4\u0964"].map((c) => c.codePointAt(0)));
  const CELLS_AT_ONCE = 1 << 18;

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

  // Row i of a table of scores, from the one above; `from` tells the way back: 1 both, 2 up, 3 left.
  function fillRow(i, { id, gap }, others, above, row, from) {
    const width = others.length + 1, skip = gap ? 0 : 1;
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
  }

  // The best alignment of all words with a stretch of the others: 1 for each that both have, -1 for each that only one has
  // within the stretch, but 0 for what stands where the quotation has an omission. Yields after so many cells.
  function* alignWords(words, others) {
    const width = others.length + 1, from = new Uint8Array((words.length + 1) * width);
    let above = new Int32Array(width), row = new Int32Array(width), cells = 0;
    for (let i = 1; i <= words.length; i++) {
      fillRow(i, words[i - 1], others, above, row, from);
      [above, row] = [row, above];
      if ((cells += width) < CELLS_AT_ONCE) continue;
      cells = 0;
      yield;
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

  // How many tokens of the statement, from one end of what both have outwards, stand where the quotation has others: as many
  // words as it has up to an omission or bracket, but no more than the sentence has.
  function instead(quoted, q, said, s, step) {
    let words = 0, count = 0;
    for (; q >= 0 && q < quoted.length && !BREAKS.includes(quoted[q].sign); q += step) if (quoted[q].weight > 0) words++;
    for (let i = s; words > 0 && i >= 0 && i < said.length && !SENTENCE_ENDS.has(said[i].sign); i += step) {
      if (said[i].weight === 0) continue;
      words--;
      count = Math.abs(i - s) + 1;
    }
    return count;
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
    // at the ends signs that both have, or what stands there instead
    const isEnd = (q, s, count) => s >= 0 && s + count <= list.length &&
      whole.slice(q, q + count).every((token, i) => token.weight === 0 && token.id === list[s + i].id);
    const before = isEnd(0, sFirst - qFirst, qFirst) ? qFirst : instead(whole, qFirst - 1, list, sFirst - 1, -1);
    const after = isEnd(qLast + 1, sLast + 1, whole.length - qLast - 1) ? whole.length - qLast - 1
      : instead(whole, qLast + 1, list, sLast + 1, 1);
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

  return { wordsOf, alignWords, differenceOf };
})();
