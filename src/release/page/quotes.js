// SPDX-License-Identifier: Apache-2.0
// The box for quotes: an article's passages in quotation marks beside what the release shows (quote.js, statements.js).

let statements; // of the release at hand, made when the box is first used

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

function showQuotes() {
  statements ??= statementsOf(state.checked);
  try {
    const found = checkQuotes(at("#article").value, at("#quote-language").value, statements);
    at("#quote-count").textContent = found.length === 0 ? word("quotes.none") : word("quotes.count", { n: numberOf(found.length) });
    at("#quotes").replaceChildren(...found.map(quoteView));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    at("#quote-count").textContent = word("quotes.too-much");
    at("#quotes").replaceChildren();
  }
}
