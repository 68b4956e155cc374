// SPDX-License-Identifier: Apache-2.0
// The box for quotes: an article's passages in quotation marks beside what the release shows (quote.js, statements.js).

let statements; // of the release at hand: a promise, made when the box is first used
let quoted; // what came of the last text: found; or why there is nothing: a word's key
let drawings = 0; // of answers, so far: each ends the one before
let asked = 0; // texts so far: one that is asked about ends the work on the one before

const readStatements = () => (statements ??= inSlices(statementsOf(state.checked, facts.order), () => true));

function offerLanguages(from) {
  const choose = at("#quote-language");
  const chosen = choose.value;
  const tags = new Set(from.map((one) => String(one.language ?? "").split("-")[0].toLowerCase()).filter(isTag));
  choose.replaceChildren(el("option", { value: "" }, word("quotes.any")), ...[...tags].sort().map((tag) => el("option", { value: tag }, languageName(tag))));
  choose.value = chosen;
}

const OPS = { same: "span", removed: "del", added: "ins" };

// What only the release has is struck out, what only the quotation has is underlined; read out as words too.
function differenceView(difference) {
  return el("p", { class: "difference", dir: "auto" }, ...difference.flatMap(({ op, text }) =>
    op === "same" ? shown(text) : [el("span", { class: "unseen" }, " ", word("quotes." + op), " "), el(OPS[op], {}, ...shown(text))]));
}

function sourceView({ message, desk, label, language: tag }) {
  const cover = isSignedByReleaser(state.checked) ? "about.cover" : "about.cover.unsigned";
  const where = message === "" ? word(cover, { desk }) : linkTo(message);
  return el("span", {}, where, ", ", inLanguage(label) ?? "", isTag(tag) ? ` (${tag})` : "");
}

function quoteView(found) {
  const notes = ["unclosed", "abridged", "uncompared"].filter((name) => found[name]).map((name) => word("quotes." + name));
  if (found.more > 0) notes.push(word("quotes.more", { n: numberOf(found.more) }));
  return el("li", { class: "quote " + found.verdict },
    el("blockquote", { dir: "auto" }, ...shown(found.text)),
    el("p", {}, el("strong", {}, word("quotes." + found.verdict)), found.desk === undefined ? "" : found.message === "" ? ": " : `: ${found.desk}, `,
      found.desk === undefined ? "" : sourceView(found)),
    ...(found.difference ? [differenceView(found.difference), el("p", { class: "soft" }, word("quotes.legend"))] : []), // also of what was left out
    found.elsewhere ? el("p", { class: "soft" }, word("quotes.elsewhere"), " ", sourceView(found.elsewhere)) : "",
    notes.length > 0 ? el("p", { class: "soft" }, notes.join(" ")) : "");
}

// How far it is, as long as nobody wants something else.
function progressOf(mine) {
  at("#quote-progress").hidden = at("#quote-stop").hidden = false;
  at("#quote-progress").value = 0;
  return (done = 0) => {
    if (mine !== asked) return false;
    at("#quote-progress").value = Math.max(at("#quote-progress").value, done);
    return true;
  };
}

async function compareQuotes() {
  const mine = ++asked;
  const [article, tag] = [at("#article").value, at("#quote-language").value];
  const tell = progressOf(mine);
  await showQuoted({ word: "quotes.wait" }, mine);
  try {
    const said = await readStatements();
    const found = await inSlices(checkQuotes(article, tag, said), tell);
    if (found !== undefined) await showQuoted({ found }, mine);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    await showQuoted({ word: "quotes.too-much" }, mine);
  } finally {
    if (mine === asked) at("#quote-progress").hidden = at("#quote-stop").hidden = true;
  }
}

function stopQuotes() {
  at("#quote-progress").hidden = at("#quote-stop").hidden = true;
  at("#quote-check").focus(); // what had it is gone
  return showQuoted({ word: "quotes.stopped" }, ++asked);
}

function* drawQuotes(found) {
  for (const one of found) {
    at("#quotes").append(quoteView(one));
    yield 1;
  }
}

// Also in another language, later.
function showQuoted(now = quoted, mine = asked) {
  if (now === undefined || mine !== asked) return undefined;
  quoted = now;
  const { found } = quoted;
  at("#quotes").replaceChildren();
  at("#quote-count").textContent = found === undefined ? word(quoted.word)
    : found.length === 0 ? word("quotes.none") : word("quotes.count", { n: numberOf(found.length) });
  const drawing = ++drawings;
  return found && inSlices(drawQuotes(found), () => drawing === drawings);
}
