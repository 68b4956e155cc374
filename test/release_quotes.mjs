// SPDX-License-Identifier: Apache-2.0
// Holds the page's comparison of quotations and that of the programs to release_quotes.json, and to each other over random
// cases; and what both take for said in a release. Prints TAP.
//
// usage: node release_quotes.mjs SOURCE RELEASE-QUOTES RELEASE.html [SEED [COUNT]]; SOURCE is the whole tree
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { randomOf } from "./random.mjs";

globalThis.crypto ??= webcrypto;

const [source, program, release, seedText, countText] = process.argv.slice(2);
const textOf = (path) => readFileSync(`${source}/${path}`, "utf8");
// The script that the release itself carries, but for its last part, which touches the page.
const html = readFileSync(release, "utf8");
const script = html.slice(html.lastIndexOf("<script>"));
const parts = script.slice(script.indexOf('"use strict"'), script.indexOf(textOf("src/release/page/page.js")));
const { check, checkQuotes, statementsOf } = new Function("navigator", parts + "return { check, checkQuotes, statementsOf };")(
  { language: "en" });
const cases = JSON.parse(textOf("test/release_quotes.json"));
const seed = Number(seedText ?? Date.now() % 1000000);
const RANDOM = Number(countText ?? 3000);

// As src/release/release_quotes.c prints it.
function answer({ text, verdict, unclosed, message, released, more, abridged, uncompared, elsewhere, difference }) {
  const shown = { text, verdict };
  if (unclosed) shown.unclosed = true;
  if (message !== undefined) Object.assign(shown, { message, released });
  if (more > 0) shown.more = more;
  if (abridged) shown.abridged = true;
  if (uncompared) shown.uncompared = true;
  if (elsewhere) shown.elsewhere = elsewhere.message;
  if (difference?.length > 0) shown.difference = difference.map(({ op, text: words }) => ({ [op]: words }));
  return shown;
}
// What the page does in slices, at once.
function whole(steps) {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

function inPage({ article, language, statements }) {
  try {
    return whole(checkQuotes(article, language, statements)).map(answer);
  } catch (error) {
    if (error instanceof RangeError) return "limit";
    throw error;
  }
}

function inPrograms(list) {
  const input = list.map(({ article, language, statements }) => JSON.stringify({ article, language, statements }) + "\n").join("");
  const { stdout, stderr, status } = spawnSync(program, { input, maxBuffer: 1 << 30, encoding: "utf8" });
  if (status !== 0) console.log(`# the program ended with ${status}: ${stderr}`);
  return stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

let tests = 0;
function say(good, what, ...notes) {
  console.log(`${good ? "ok" : "not ok"} ${++tests} - ${what}`);
  if (!good) {
    process.exitCode = 1;
    for (const note of notes) console.log(("# " + note).replaceAll("\n", "\n# "));
  }
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Random cases: statements of few words, articles that quote them and change something.

const { random, one } = randomOf(seed);
const WORDS = ["we", "were", "not", "hacked", "the", "attack", "came", "from", "north", "of", "a", "it", "don't", "don\u2019t", "Stra\u00dfe",
  "STRASSE", "\u0130stanbul", "istanbul", "I\u015eIK", "\u0131\u015f\u0131k", "\u039f\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03cc\u03c3", "cafe\u0301", "CAF\u00c9", "\ufb01nd", "find", "\u00bd", "3.5",
  "1,000", "\u6211\u4eec", "\u6ca1\u6709", "\u653b\u51fb", "\u3067\u3059", "\u0e01\u0e34\u0e19", "\ud55c\uad6d\uc5b4", "\u0642\u0627\u0644", "\u0627\u0644\u0647\u062c\u0648\u0645", "\u05e6\u05d4\"\u05dc", "co-op", "x\u0301\u0323", "x\u0323\u0301", "U+202E\u202e",
  "a\u00adb", "\ufdfa", "\u0640\u0640", "\ud83d\ude00", "e\u030a\u0327", "T", "\u1e9e", "\u02bcn", "[t]he", "\u1100\u1161"];
const BETWEEN = [" ", " ", " ", " ", " ", " ", "", ", ", ". ", " \u2014 ", "--", " \u2026 ", "... ", " [...] ", " (\u2026) ", ". . . ", "! ", "? ", "\n", "\n\n", "\u00a0", ": "];
const MARKS = [["\u201c", "\u201d"], ["\"", "\""], ["\u201e", "\u201c"], ["\u00ab", "\u00bb"], ["\u00bb", "\u00ab"], ["\u2018", "\u2019"], ["'", "'"], ["\u300c", "\u300d"], ["\u2039", "\u203a"],
  ["\u201d", "\u201d"], ["\u00ab\u00a0", "\u00a0\u00bb"], ["\uff02", "\uff02"], ["\u201a", "\u2018"], ["\u300e", "\u300f"], ["\u00bb", "\u00bb"], ["\u201e", "\u201d"]];
const LOOSE = MARKS.flat();
const text = (n) => Array.from({ length: 1 + random(n) }, () => one(WORDS) + one(BETWEEN)).join("");

function quotation(statements) {
  const from = one(statements).text.split(" ");
  const start = random(from.length);
  let words = from.slice(start, start + 1 + random(14));
  for (let changes = random(4); changes > 1; changes--) {
    const at = random(words.length + 1);
    if (random(3) === 0) words.splice(at, 1);
    else if (random(2) === 0) words.splice(at, 0, one(WORDS));
    else words.splice(at, random(4), one(["\u2026", "...", "[\u2026]", "[and]", "\u201cit\u201d", "'a'"]));
  }
  if (random(3) === 0) words = words.map((word) => (random(2) === 0 ? word.toUpperCase() : word.toLowerCase()));
  const [open, close] = random(12) === 0 ? [one(LOOSE), one(LOOSE)] : one(MARKS);
  return open + words.join(one([" ", " ", "  ", "\n"])) + one(["", "", ",", ".", "!"]) + close;
}

function randomCase() {
  const statements = Array.from({ length: 1 + random(5) }, (_, i) =>
    ({ message: `north.example#${i >> 1}`, language: one(["en", "en", "EN-gb", "id", ""]), text: text(40) }));
  const article = Array.from({ length: 1 + random(6) }, () =>
    one([() => text(5), () => quotation(statements), () => quotation(statements), () => one(LOOSE)])() + one([" ", " ", "", "\n", "\n\n", "\r\n\r\n", "\u2029"])).join("");
  return { article, language: one(["en", "en", "id", "", "de"]), statements };
}

const inC = inPrograms(cases);
cases.forEach((one, i) => {
  const page = inPage(one);
  say(same(page, one.expect), `in the page: ${one.name}`, JSON.stringify(page, null, 1));
  say(same(inC[i], one.expect), `in the programs: ${one.name}`, JSON.stringify(inC[i], null, 1));
});
const all = Array.from({ length: RANDOM }, randomCase);
const theirs = inPrograms(all);
const wrong = all.findIndex((one, i) => !same(inPage(one), theirs[i]));
const verdicts = theirs.flat().filter((one) => one !== "limit").reduce((count, { verdict, abridged }) => {
  const name = abridged ? "abridged" : verdict;
  return { ...count, [name]: (count[name] ?? 0) + 1 };
}, {});
console.log(`# seed ${seed}: ${JSON.stringify(verdicts)}`);
say(wrong < 0, `${RANDOM} random cases, seed ${seed}: both give the same`,
  ...(wrong < 0 ? [] : [JSON.stringify(all[wrong]), `page: ${JSON.stringify(inPage(all[wrong]))}`, `programs: ${JSON.stringify(theirs[wrong])}`]));

// What means harm: 100,000 bytes of it bare, in quotation marks, and in a statement.

const HARM = ["\"", "\u201c", "\u201d \u201c", "'s' ", "\u201e\u201c", "\u201ca ", ".", ". ", "\u2026 ", "[", "(\u2026)", "a", "\u201ca\n\n", "e\u0301\u0323", "\u0301",
  "\u202e", "\ufdfa", "\u6211", "\r\n", "s' a", "\ud800", "a ", "a a b ", "a \u2026 b c ", "\u201ca\u201d \u201cb c d e\u201d "];
const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd"); // toWellFormed, which Node 18 lacks
const harmful = HARM.map((part) => {
  const long = part.repeat(100000 / new TextEncoder().encode(part).length);
  return { article: `${long}\n\n\u201cx ${long}\u201d`, language: "en", statements: [{ message: "n#1", language: "en", text: wellFormed(long) }] };
});
const harmed = inPrograms(harmful.map((one) => ({ ...one, article: wellFormed(one.article) })));
harmful.forEach((one, i) => {
  const begun = process.cpuUsage();
  const page = inPage(one);
  const seconds = process.cpuUsage(begun).user / 1e6;
  const name = HARM[i].replace(/[^ -~]/g, (c) => "U+" + c.charCodeAt(0).toString(16).padStart(4, "0"));
  say(JSON.stringify(page).replaceAll("\\ud800", "\ufffd") === JSON.stringify(harmed[i]) && seconds < 10,
    `both give the same to 100,000 bytes of ${name}, within seconds`, `${seconds} s`);
});

// A release

const OPEN = '<script type="application/json" id="release-data">';
const start = html.indexOf(OPEN) + OPEN.length;
const checked = await check(html.slice(start, html.lastIndexOf("</script>", html.lastIndexOf("<script>"))), () => {});
const said = whole(statementsOf(checked)).map(({ message, desk, field, label, language, text: words }) =>
  ({ message, desk, field, label: label.id, language, text: words }));
const read = spawnSync(program, [release], { maxBuffer: 1 << 30, encoding: "utf8" }).stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
const other = said.findIndex((statement, i) => !same(statement, read[i]));
say(said.length > 0 && other < 0 && read.length === said.length, `${said.length} statements of a release: both read the same`,
  JSON.stringify(said[other]), JSON.stringify(read[other]));
console.log(`1..${tests}`);
