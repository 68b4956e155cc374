// SPDX-License-Identifier: Apache-2.0
// One entry of the list as an element, with all that the release shows of it.

let facts; // of the release at hand
let attachments; // id: base64

const domId = (id) => "m-" + id.replace("#", "-");
const list = (className, items) => el("ul", { class: className }, ...items.map((item) => el("li", {}, ...[item].flat())));
const kindLabel = (kind) => inLanguage(KIND.get(kind)?.label) ?? kind;

// To the entry, if it is shown; page.js follows it without touching the address.
function linkTo(id) {
  const entry = facts.byId.get(id);
  if (entry === undefined || entry.mode === "w")
    return el("span", {}, code(id), " ", el("span", { class: "soft" }, "(", word("missing"), ")"));
  return el("a", { href: "#" + domId(id), "data-message": id, dir: "ltr" }, id);
}

const reference = (entry) => el("span", {}, kindLabel(entry.envelope.kind), ", ", linkTo(entry.id), ", ", time(entry.envelope.sent));

// A type by the first bytes, for the name of the file alone; the browser is told nothing.
const TYPES = { png: "89504e470d0a1a0a", jpg: "ffd8ff", pdf: "255044462d" };

function suffixOf(bytes) {
  const start = hexOf(bytes.subarray(0, 8));
  const found = Object.keys(TYPES).find((suffix) => start.startsWith(TYPES[suffix]));
  if (found !== undefined) return found;
  try {
    return fromUtf8.decode(bytes).includes("\0") ? "bin" : "txt";
  } catch {
    return "bin";
  }
}

function save(id, name) {
  const bytes = bytesOf(attachments[id]).subarray(SALT_LEN);
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  el("a", { href: url, download: `${name}.${suffixOf(bytes)}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000); // once it is saved
}

// Of its content, as the file has it; what the entry says of it is its author's word.
const sizeOfBlob = (text) => (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0) - SALT_LEN;

// Only in one log the order of two entries is beyond doubt.
const isCommitment = (committed, { desk, index }) =>
  committed?.content !== undefined && committed.envelope.kind === "evidence.commit" && !committed.fault && committed.desk === desk && committed.index < index;

function attachmentView(entry, { blob, size }, number) {
  const parts = [code(blob), " "];
  if (Object.hasOwn(attachments, blob)) {
    const held = sizeOfBlob(attachments[blob]);
    if (held !== size) parts.push(word("attachment.size", { size: numberOf(size) }), " ");
    size = held;
    const button = el("button", { type: "button", "aria-describedby": domId(entry.id) + "-h" }, word("attachment.open", { size: numberOf(size) }));
    button.addEventListener("click", () => save(blob, `${entry.desk}-${entry.index}-${number}`));
    parts.push(button);
  } else {
    parts.push(word("attachment.closed", { size: numberOf(size) }));
  }
  const committed = facts.byId.get(entry.envelope.re);
  if (entry.envelope.kind === "evidence.open" && isCommitment(committed, entry) && bodyOf(committed)?.hash === blob)
    parts.push(" ", word("attachment.matches", { id: committed.id }));
  return parts;
}

function translationView(entry) {
  const body = bodyOf(entry);
  const named = (name) => (isText(body[name]) ? ["; ", ...around("message." + name, el("bdi", {}, ...shown(body[name])))] : []);
  return el("div", { class: "translation" },
    el("p", { class: "soft" }, word("message.translation", { who: entry.desk }), ...named("translator"), ...named("reviewer"), ". ",
      word("message.translation.counts"), " ", linkTo(entry.id)),
    said(body.text, body.language));
}

// What a receipt is worth, once that is known, and never before.
function receiptView(receipt) {
  const view = el("span", { class: "receipt unchecked" }, word("receipt.unchecked"));
  const show = (judged) => {
    view.setAttribute("class", "receipt " + (judged.holds ? "holds" : judged.holds === false ? "fails" : "unknown"));
    view.replaceChildren(receiptText(bodyOf(receipt), judged));
  };
  if (receipt.judged !== undefined) show(receipt.judged);
  else facts.checkReceipt(receipt).then(show, () => view.setAttribute("class", "receipt")); // it stays unchecked
  return view;
}

function receiptText(body, { holds, why, size, time: at }) {
  const desk = isDesk(body?.from) ? body.from : word("receipt.nobody");
  if (holds === undefined) return word("receipt.unknown", { desk });
  return holds ? word("receipt.holds", { desk, time: plainTime(at), size: numberOf(size) })
    : word("receipt.fails", { desk, why: word("receipt.fails." + why) });
}

// A receipt in its own place in the list.
function ownReceiptView(entry) {
  const of = bodyOf(entry)?.of;
  return el("p", {}, ...(isMessageId(of) ? around("receipt.of", linkTo(of)) : []), receiptView(entry));
}

// What an entry names of other logs, when it is another history than that of the file; nothing else is said of it.
function seenView(entry) {
  const view = el("p", { class: "seen unchecked" }, word("seen.unchecked"));
  const show = (others) => {
    view.setAttribute("class", others.length > 0 ? "seen flag" : "seen");
    view.replaceChildren(...others.map(({ desk, size }) => word("seen.other", { desk, size: numberOf(size), author: entry.desk }) + " "));
  };
  if (entry.others !== undefined) show(entry.others);
  else facts.compareSeen(entry).then(show, () => view.setAttribute("class", "seen")); // it stays unchecked
  return view;
}

function dutyView(duty) {
  const { state: came, answer } = duty;
  const reason = { cancelled: duty.cancel, met: answer, late: answer, answered: answer }[came];
  return [
    [word("duty", { desk: duty.debtor, owe: duty.owe.map(kindLabel).join(word("duty.or")) })],
    duty.deadline !== undefined && [word("duty.due", { start: plainTime(duty.start), deadline: plainTime(duty.deadline) }),
      duty.isByWord ? " " + word("duty.word") : ""],
    duty.holding && [word("duty.holding"), " ", linkTo(duty.holding.id)],
    [el("strong", { class: `duty ${came}` }, word("duty." + came, { desk: duty.debtor })), reason ? " " : "", reason && linkTo(reason.id)],
    reason && reason === answer && duty.given < Infinity && [word("duty.given", { time: plainTime(duty.given) })],
    duty.doubtful.length > 0 && [word("duty.doubtful", { desks: duty.doubtful.join(", ") })],
  ].filter(Boolean).flatMap((part, i) => (i === 0 ? part : [" · ", ...part]));
}

const plainTime = (second) => timeOf(second).replace("T", " ").replace("Z", " UTC");

function proposalView({ desks, ended, isDoubtful }) {
  const items = desks.map(({ desk, said: answer, entry, isDoubtful: isOpen }) =>
    [word("pledge." + answer, { desk }), ...(entry ? [" ", linkTo(entry.id)] : []), isOpen ? " " + word("pledge.doubtful") : ""]);
  if (isDoubtful) items.push([word("pledge.doubtful.ended")]);
  if (ended) items.push([el("strong", {}, word("pledge.ended", { desk: ended.desk })), " ", linkTo(ended.id)]);
  return items;
}

const some = (entries, each) => [...entries.slice(0, SOME).map(each),
  ...(entries.length > SOME ? [el("p", { class: "soft" }, word("more", { n: numberOf(entries.length - SOME) }))] : [])];

const part = (title, ...content) => el("div", { class: "part" }, el("h4", {}, title), ...content);

function aboutView(entry) {
  const { envelope } = entry;
  const replies = (facts.replies.get(entry.id) ?? []).filter((one) => one.envelope.kind !== "receipt");
  const receipts = facts.receipts.get(entry.id) ?? [];
  const proposal = facts.proposal(entry);
  const held = entry.log.cosigned.filter(({ desk }) => desk !== undefined)
    .map(({ desk, time: at }) => word("message.held.one", { desk, time: plainTime(at) })).join("; ");
  return [
    envelope.attachments && part(word("message.attachments"), list("plain", envelope.attachments.map((one, i) => attachmentView(entry, one, i + 1)))),
    proposal && part(word("pledge"), list("plain", proposalView(proposal))),
    entry.duties && part(word("duties"), list("plain", entry.duties.map(dutyView))),
    replies.length > 0 && part(word("message.replies"), list("plain", some(replies, reference))),
    receipts.length > 0 && part(word("message.receipts"), list("plain", some(receipts, (one) => [receiptView(one), " (", linkTo(one.id), ")"]))),
    el("p", { class: "soft held" }, held === "" ? word("message.held.none") : word("message.held", { desks: held })),
  ].filter(Boolean);
}

function headView(entry) {
  const { envelope } = entry;
  const about = [
    word("message.position", { desk: entry.desk, index: entry.index }),
    envelope && time(envelope.sent),
    envelope?.to && word("message.to", { desks: envelope.to.join(", ") }),
    envelope?.line && word("message.line", { line: WORDS[language]["line." + envelope.line] ?? envelope.line }),
  ].filter(Boolean).flatMap((one, i) => (i === 0 ? [one] : [" · ", one]));
  return el("header", {},
    el("h3", { id: domId(entry.id) + "-h" }, el("span", { class: "author" }, entry.desk), " ",
      envelope ? kindLabel(envelope.kind) : ""),
    envelope?.tlp ? el("span", { class: "tlp" }, "TLP:" + envelope.tlp) : "",
    el("p", { class: "soft meta" }, ...about));
}

function messageView(entry, place, total) {
  const { envelope } = entry;
  const shell = (...content) => el("article", { id: domId(entry.id), class: `message${KIND.get(envelope?.kind)?.automatic ? " automatic" : ""}`,
    tabindex: "-1", "aria-labelledby": domId(entry.id) + "-h", "aria-posinset": place, "aria-setsize": total }, headView(entry), ...content);
  if (envelope === undefined) return shell(el("p", { class: "flag" }, word("message.unreadable")));
  try {
    return shell(...partsOf(entry));
  } catch (error) { // one entry hides no other
    return shell(el("p", { class: "flag" }, word("message.unshown", { why: error.message })));
  }
}

function partsOf(entry) {
  const { envelope } = entry;
  const translations = (facts.replies.get(entry.id) ?? []).filter((one) => one.envelope.kind === "translation" && !one.fault && isText(bodyOf(one)?.text));
  return [
    entry.fault ? el("p", { class: "flag" }, word("message.malformed", { why: word("malformed." + entry.fault) })) : "",
    !entry.fault && KIND.has(envelope.kind) && !hasRightBody(entry) ? el("p", { class: "flag" }, word("message.wrong-body")) : "",
    envelope.re ? el("p", { class: "re" }, ...around("message.re", linkTo(envelope.re))) : "",
    envelope.seen ? seenView(entry) : "",
    envelope.kind === "receipt" && entry.content !== undefined ? ownReceiptView(entry) : "",
    ...contentView(entry), ...some(translations, translationView), ...aboutView(entry)];
}

// What desks write by themselves is for machines: it is there, but folded away.
function contentView(entry) {
  const views = bodyView(entry);
  if (!KIND.get(entry.envelope.kind)?.automatic || views.length === 0) return views;
  return [el("details", {}, el("summary", {}, word("technical")), ...views)];
}

// A text with an element in the place of its one value.
function around(key, element) {
  const [before, behind] = WORDS[language][key].split(/\{\w+\}/);
  return [before, element, behind];
}

// Entries withheld one behind the other in the joint order.
function gapView(entries, place, total) {
  const runs = [];
  for (const { desk, index } of entries) {
    const last = runs.at(-1);
    if (last?.desk === desk && last.to === index - 1) last.to = index;
    else runs.push({ desk, from: index, to: index });
  }
  const places = runs.slice(0, RUNS_MAX).map(({ desk, from, to }) => `${desk} #${from}` + (to > from ? `–#${to}` : "")).join(", ");
  const id = `gap-${place}`;
  return el("article", { class: "gap", "aria-labelledby": id, "aria-posinset": place, "aria-setsize": total, tabindex: "-1" },
    el("p", { id }, el("strong", {}, entries.length === 1 ? word("gap.one") : word("gap", { n: numberOf(entries.length) })), " ",
      el("span", { class: "soft", dir: "ltr" }, places + (runs.length > RUNS_MAX ? " …" : ""))));
}

const RUNS_MAX = 20;
