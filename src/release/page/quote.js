// SPDX-License-Identifier: Apache-2.0
// Passages in quotation marks, compared with released statements: spec/release.md, Quotes. Knows nothing of the page nor
// of releases. release/quote.c gives the same answers; test/release_quotes.json holds both to them.

const checkQuotes = (() => {
  const { AT_ONCE, OMISSION } = QuoteChars;
  const { WORD, Tokens, Vocabulary } = QuoteTokens;
  const { Pairs, Patterns } = QuotePattern;
  const { wordsOf, alignWords, differenceOf } = QuoteWords;
  const PAIR_PASSAGES_MAX = 64; // a pair of words in more passages leads to none
  const CANDIDATES = 4; // statements that a passage is aligned with
  const CELLS_MAX = 1 << 24; // of one alignment
  const WORK_MAX = 1 << 28; // cells of all alignments
  const STEPS_MAX = 1 << 27; // of looking for parts in order
  const STEPS_AT_ONCE = 1 << 18;
  const READ_SHARE = 0.7; // of all work, usually
  const SHORT = 3 * WORD; // what weighs less is not looked for in other words
  const TRAILING = new Set([..."\u002c\u002e\u3001\u3002\u060c\u06d4\u0964"].map((c) => c.codePointAt(0)));

  // A passage as it is looked for: its tokens as they stand, its parts between omissions.
  function* readPassage(passage, tokens) {
    yield* tokens.fill(passage.text, true);
    const whole = withoutTrailing(tokens.list()), parts = [[]];
    for (const token of whole) {
      if (token.sign === OMISSION) parts.push([]);
      else parts.at(-1).push(token);
    }
    yield;
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

  const primary = (language) => language.split("-")[0].replace(/[A-Z]/g, (c) => c.toLowerCase());

  // All that takes long yields how far it is, from 0 to 1, so often that who runs it can do something else in between.
  class Comparison {
    constructor(language, statements) {
      this.statements = statements;
      this.language = primary(language);
      this.vocabulary = new Vocabulary();
      this.tokens = new Tokens(this.vocabulary);
      this.patterns = new Patterns();
      this.pairs = new Pairs();
      this.pairPassages = [undefined]; // of each pair those that have it
      this.steps = STEPS_MAX; // that are left
      this.turnAt = STEPS_MAX - STEPS_AT_ONCE;
      this.passages = [];
    }
    *prepare(passage) {
      const { whole, parts, words, weight } = passage;
      passage.stamp = passage.shared = passage.firstWord = passage.lastWord = 0; // in the statement at hand
      passage.found = [{ first: undefined, more: 0 }, { first: undefined, more: 0 }]; // in the language, in another
      passage.foundParts = [{ first: undefined, more: 0 }, { first: undefined, more: 0 }];
      this.patterns.add(idsOf(whole)).literal.push(passage);
      yield;
      const weights = parts.map(weightOf);
      const isCut = parts.length === 1 ? parts[0].length !== whole.length : weight >= SHORT && weight >= 2 * WORD * parts.length;
      if (isCut && parts.length > 0) {
        passage.patterns = parts.map((part) => this.patterns.add(idsOf(part)));
        passage.patterns[weights.indexOf(Math.max(...weights))].last.push(passage);
      }
      if (weight < SHORT) return;
      for (let i = 1; i < words.length; i++) {
        if (i % AT_ONCE === 0) yield;
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
    *read(statement, number) {
      const { tokens } = this, stamp = number + 1, which = this.isIn(statement) ? 0 : 1, asked = [];
      yield* tokens.fill(statement.text, false);
      this.patterns.scan(tokens.ids.all, tokens.count, stamp, (pattern, end) => {
        pattern.seen = stamp;
        pattern.end = end;
        for (const passage of pattern.literal)
          this.note(passage.found[which], statement, tokens.from.all[end - pattern.length + 1], tokens.to.all[end]);
        asked.push(...pattern.last);
      });
      for (const passage of asked) {
        if (passage.found[which].first !== undefined || passage.isUnordered || !passage.patterns.every((pattern) => pattern.seen === stamp)) continue;
        const places = yield* this.inOrder(passage);
        if (places !== undefined)
          this.note(passage.foundParts[which], statement, tokens.from.all[places[0]],
            tokens.to.all[places.at(-1) + passage.parts.at(-1).length - 1], { number, places });
      }
      if (which === 0) yield* this.collect(statement, number, stamp);
    }

    // Where the parts stand, each behind the one before; the first end, and from there backwards the nearest.
    *inOrder(passage) {
      const { parts } = passage, places = [];
      let from = 0;
      for (const part of parts) {
        const at = yield* this.indexOf(part, from, this.tokens.count - part.length, 1);
        passage.isUnordered = this.steps < 0;
        if (at < 0) return undefined;
        places.push(at);
        from = at + part.length;
      }
      for (let k = parts.length - 2; k >= 0; k--)
        places[k] = yield* this.indexOf(parts[k], places[k + 1] - parts[k].length, places[k], -1);
      passage.isUnordered = this.steps < 0;
      return passage.isUnordered ? undefined : places;
    }
    *indexOf(part, from, to, step) {
      const ids = this.tokens.ids.all;
      for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
        if (this.steps < this.turnAt) {
          this.turnAt = this.steps - STEPS_AT_ONCE;
          yield;
        }
        let same = 0;
        while (same < part.length && ids[at + same] === part[same].id) same++;
        if (same === part.length) return at;
        this.steps -= same + 1;
        if (this.steps < 0) return -1;
      }
      return -1;
    }

    // Which passages this statement shares pairs of words with.
    *collect(statement, number, stamp) {
      const { tokens } = this, touched = [];
      let before = 0, word = -1;
      for (let i = 0; i < tokens.count; i++) {
        if (i % AT_ONCE === AT_ONCE - 1) yield;
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

    *run(article) {
      const passages = yield* QuoteFind.findQuotes(article);
      for (const passage of passages) this.passages.push(yield* readPassage(passage, this.tokens));
      for (const passage of this.passages) yield* this.prepare(passage);
      yield* this.patterns.close();
      for (let number = 0; number < this.statements.length; number++) {
        yield* this.read(this.statements[number], number);
        yield (READ_SHARE * number) / this.statements.length;
      }
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
      let aligned = 0;
      for (const number of Array.from(jobs.keys()).sort((a, b) => a - b)) {
        yield* this.align(number, jobs.get(number));
        yield READ_SHARE + ((1 - READ_SHARE) * aligned++) / jobs.size;
      }
      return this.passages.map((passage) => this.answer(passage));
    }
    *align(number, jobs) {
      const { tokens } = this, text = this.statements[number].text;
      yield* tokens.fill(text, false);
      const list = tokens.list(), words = wordsOf(list);
      for (const { passage, places, from, to } of jobs) {
        yield;
        if (places !== undefined) {
          passage.difference = differenceOf(passage, matchesOf(passage, places), list, text);
          continue;
        }
        const best = yield* alignWords(passage.words, words.slice(from, to + 1));
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

  return (article, language, statements) => new Comparison(language ?? "", statements).run(article);
})();
