// SPDX-License-Identifier: Apache-2.0
// The page: asks the check, says what came of it, and shows the release. Nothing is kept, nothing leaves.

const at = (selector) => document.querySelector(selector);
const ticked = new Set(); // desks whose digits the reader has compared
let hasEnough = false; // the reader has stopped the check
let state = { name: "wait" }; // and with it, when it is there: code, place; checked
let messages; // LongList

// The state

function verdict(verdictText, why = "", detail = "") {
  at("#state .verdict").textContent = verdictText;
  at("#state .why").textContent = why;
  at("#state .detail").textContent = detail;
}

function showState() {
  const { name, code: failed, place, checked } = state;
  const total = checked?.desks.length;
  const shown = name === "checked" ? (ticked.size === total ? "compared" : "consistent") : name;
  at("#state").className = shown;
  at("#progress").hidden = at("#stop").hidden = name !== "wait";
  at("#release").hidden = at("#print").hidden = name !== "checked";
  if (failed !== undefined) at("#state").dataset.code = failed;
  if (name === "wait") verdict(word("wait"));
  if (name === "stopped") verdict(word("stopped"), word("stopped.why"));
  if (name === "unable") verdict(word("unable"), word(state.isBroken ? "unable.error" : "unable.why"));
  if (name === "no") verdict(word("no"), word("code." + failed) + (place ? " " + word("no.at", { place }) : "") + " " + word("no.code", { code: failed }), word("no.shown"));
  if (shown === "consistent") verdict(word("consistent"), word("consistent.why"), word("consistent.left", { done: ticked.size, total }));
  if (shown === "compared") verdict(word("compared"), word("compared.why", { total }));
}

let drawn = 0;

// Once in a while the window gets its turn, and the reader a word.
async function showProgress(done, total, what = "count") {
  if (performance.now() - drawn < 100) return;
  at("#progress").value = done / total;
  at("#state .detail").textContent = done > 0 ? word("wait." + what, { done: numberOf(done), total: numberOf(total) }) : "";
  await turn();
  if (hasEnough) throw new Stopped();
  drawn = performance.now();
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

const SLICE = 30; // ms

// Runs to its end what yields how far it is, and lets the window have its turn in between; undefined when tell() says that
// nobody wants it any more.
async function inSlices(steps, tell) {
  let since = performance.now();
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (performance.now() - since < SLICE) continue;
    if (!tell(step.value)) return undefined;
    await turn();
    since = performance.now();
  }
}

// What stands above the conversation

function showDesks({ desks }) {
  at("#desks").replaceChildren(...desks.map(({ name, digits }) => {
    const box = el("input", { type: "checkbox", "data-desk": name, autocomplete: "off" });
    box.checked = ticked.has(name);
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(name);
      else ticked.delete(name);
      showState();
    });
    return el("li", {}, el("h3", {}, name), el("p", { class: "digits", dir: "ltr" }, ...digits.split(" ").flatMap((group) => [el("span", {}, group), " "])),
      el("label", {}, box, el("span", {}, word("compare.tick", { desk: name }))));
  }));
}

// The manifest is signed by nobody, but the releaser's own answer names its digest.
const isSignedByReleaser = ({ answers, manifest }) => answers.some(({ desk, consents }) => consents && desk === manifest.by);

function answerOf(desk, { answers, manifest }) {
  const answer = answers.find((one) => one.desk === desk);
  if (answer === undefined) return [word("answer.none"), ""];
  const key = !answer.consents ? "answer.refuse" : desk === manifest.by && answer.envelope.kind === "release.request" ? "answer.releaser" : "answer.consent";
  return [word(key), time(answer.envelope.sent)];
}

const row = (cells, name = "td") => el("tr", {}, ...cells.map((cell, i) =>
  el(i === 0 && name === "td" ? "th" : name, i === 0 && name === "td" ? { scope: "row" } : name === "th" ? { scope: "col" } : {}, ...[cell].flat())));

function table(element, head, rows) {
  element.replaceChildren(el("thead", {}, row(head.map((key) => word(key)), "th")), el("tbody", {}, ...rows.map((cells) => row(cells))));
}

const PLACES_MAX = 500; // named in the table; each stands in the conversation too

function withheldPlaces(log) {
  const runs = [];
  for (const found of log.shown.matchAll(/w+/g)) {
    const first = log.from + found.index, last = first + found[0].length - 1;
    runs.push(last > first ? `#${first}–#${last}` : `#${first}`);
  }
  const more = runs.length > PLACES_MAX ? ", …" : "";
  return runs.length === 0 ? "" : el("span", { dir: "ltr" }, runs.slice(0, PLACES_MAX).join(", ") + more);
}

const logName = ({ desk, generation }) => (generation === 1 ? desk : word("logs.next", { desk, n: generation }));

// All logs that there are, those of a desk together; of those that are not in the file no more than that.
function logRows({ logs, desks, channel: { ends } }) {
  const all = desks.flatMap(({ name }) => [{ desk: name, generation: 1 },
    ...ends.filter(({ desk }) => desk === name).map(({ desk, generation }) => ({ desk, generation: generation + 1 }))]);
  return all.map((one) => {
    const log = logs.find(({ desk, generation }) => desk === one.desk && generation === one.generation);
    const ended = endNotes(ends, endAt(ends, one));
    return log ? logRow(log, ended) : [logName(one), [word("logs.none"), ...ended], "", "", "", "", ""];
  });
}

const UNSIGNED_MAX = 20; // named of one end
const note = (text) => el("div", { class: "soft" }, text);

// Where a log was ended, and who has not signed that.
function endNotes(ends, end) {
  if (end === undefined) return [];
  const notes = [note(word("logs.ended", { n: numberOf(end.size), next: startOf(ends, end) + end.size }))];
  const desks = end.lacking.slice(0, UNSIGNED_MAX).join(", ") + (end.lacking.length > UNSIGNED_MAX ? ", …" : "");
  if (desks !== "") notes.push(note(word("logs.ended.lacking", { desks })));
  return notes;
}

function logRow(log, ended) {
  const count = (mode) => numberOf(log.shown.split(mode).length - 1);
  const held = log.cosigned.map(({ name, desk, time: second }) => el("div", {}, desk ?? name, ", ", time(timeOf(second))));
  const first = log.first > 0 ? [note(word("logs.first", { first: log.from + log.first }))] : [];
  return [logName(log), [numberOf(log.size), ...first, ...ended],
    count("f"), count("e"), count("w"), withheldPlaces(log), held.length === 0 ? word("logs.held.none") : held];
}

function showAbout(checked) {
  const { manifest, grade, asked, answers } = checked;
  at("#title").replaceChildren(...shown(manifest.title));
  at("#grade").replaceChildren(el("strong", {}, word("grade." + grade)), " ", word(`grade.${grade}.why`));
  const unsigned = isSignedByReleaser(checked) ? "" : ".unsigned"; // then anyone may have written it
  const covers = Object.entries(manifest.cover).sort(([a], [b]) => (b === language) - (a === language));
  at("#cover").replaceChildren(...covers.map(([tag, text], i) => el("figure", {},
    el("figcaption", {}, i > 0 ? languageName(tag) : word("about.cover" + unsigned, { desk: manifest.by })), said(text, tag))),
    covers.length > 0 ? el("p", unsigned ? { class: "flag" } : { class: "soft" }, word(`about.cover${unsigned}.word`, { desk: manifest.by })) : "");
  const desks = new Set([...asked, ...answers.map(({ desk }) => desk)]);
  table(at("#answers"), ["answers.desk", "answers.answer", "answers.sent"], [...desks].map((desk) => [desk, ...answerOf(desk, checked)]));
  table(at("#logs"), ["logs.desk", "logs.size", "logs.full", "logs.envelope", "logs.withheld", "logs.places", "logs.held"], logRows(checked));
  at("#opened").textContent = manifest.attachments.length > 0 ? word("logs.attachments", { n: numberOf(manifest.attachments.length) }) : "";
  const rows = { title: el("bdi", {}, ...shown(manifest.title)), channel: code(manifest.channel), rule: word("rule." + manifest.rule), by: manifest.by,
    made: time(manifest.made), manifest: code(checked.digest), charter: code(manifest.charter) };
  at("#facts").replaceChildren(...Object.entries(rows).flatMap(([name, value]) => [el("dt", {}, word("fact." + name + (["by", "made"].includes(name) ? unsigned : ""))), el("dd", {}, value)]));
}

// The conversation: entries one by one, the withheld ones that stand together as one item.
function itemsOf(order) {
  const items = [];
  for (const entry of order) {
    if (entry.mode !== "w") items.push(entry);
    else if (Array.isArray(items.at(-1))) items.at(-1).push(entry);
    else items.push([entry]);
    for (const one of [items.at(-1)].flat()) one.item = items.length - 1;
  }
  return items;
}

// An entry that can't be drawn keeps no other from being drawn.
function view(item, place, total) {
  try {
    return (Array.isArray(item) ? gapView : messageView)(item, place, total);
  } catch {
    return el("article", { class: "message", tabindex: "-1" }, el("p", { class: "flag" }, word("message.broken", { id: item.id })));
  }
}

const SILENCES_MAX = 50; // listed above the conversation; each stands with its message too

// How many duties came to what, and those that were not met.
function showClocks() {
  const duties = facts.order.flatMap((entry) => (entry.duties ?? []).map((duty) => ({ entry, duty })));
  const counts = new Map();
  for (const { duty } of duties) counts.set(duty.state, (counts.get(duty.state) ?? 0) + 1);
  const silent = duties.filter(({ duty }) => duty.state === "overdue" || duty.state === "late");
  at("#clocks").hidden = duties.length === 0;
  at("#clocks p").textContent = [...Array.from(counts, ([name, n]) => `${word("count." + name)}: ${numberOf(n)}`),
    ...(facts.isCut ? [word("duties.cut")] : [])].join("; ");
  at("#clocks ul").replaceChildren(...silent.slice(0, SILENCES_MAX).map(({ entry, duty }) => el("li", {}, linkTo(entry.id), ": ", ...dutyView(duty))));
}

function showParts() {
  const { parts, part: current } = messages;
  const choose = at("#parts select");
  at("#parts").hidden = parts === 1;
  choose.replaceChildren(...Array.from({ length: parts }, (_, i) => el("option", { value: i }, word("part", { n: i + 1, total: parts }))));
  choose.value = current;
  for (const button of document.querySelectorAll("#parts button"))
    button.disabled = messages.blocks === undefined || current + Number(button.dataset.step) < 0 || current + Number(button.dataset.step) >= parts;
}

function goToPart(part) {
  messages.show(part);
  showParts();
  checkedForPaper = checkForPaper(messages.paper).catch(console.error);
  at("#conversation").scrollIntoView();
}

// Receipts, and what entries say they had seen, are checked when they are shown; what a print shows, before it is asked
// for: nothing waits then.
let checkedForPaper = Promise.resolve();

async function checkForPaper(items) {
  let since = performance.now();
  for (const entry of items.filter((item) => !Array.isArray(item))) {
    if (entry.envelope?.seen) await facts.compareSeen(entry);
    for (const receipt of facts.receiptsWith(entry)) await facts.checkReceipt(receipt);
    if (performance.now() - since < SLICE) continue;
    await turn();
    since = performance.now();
  }
}

async function print() {
  at("#print").disabled = true;
  await checkedForPaper;
  while (at(".unchecked") !== null) await turn();
  at("#print").disabled = false;
  window.print();
}

function toPaper() {
  messages?.toPaper();
  if (at(".unchecked") !== null) at("#paper").append(" ", word("print.unchecked"));
}

function showConversation({ logs }) {
  const withheld = logs.reduce((sum, log) => sum + log.shown.split("w").length - 1, 0);
  at("#count").textContent = word("conversation.count", { shown: numberOf(facts.order.length - withheld), withheld: numberOf(withheld) });
  showClocks();
  messages.show(messages.part);
  showParts();
  checkedForPaper = turn().then(() => checkForPaper(messages.paper)).catch(console.error);
}

function showAll() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const button of document.querySelectorAll("#language button"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  showState();
  if (state.name !== "checked") return;
  showDesks(state.checked);
  showAbout(state.checked);
  if (statements === undefined) offerLanguages([]);
  else statements.then(offerLanguages);
  showQuoted();
  showConversation(state.checked);
}

// What the reader does

function listen() {
  for (const button of document.querySelectorAll("#language button"))
    button.addEventListener("click", () => {
      language = button.dataset.language;
      showAll();
    });
  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("[data-message]")?.dataset.message;
    if (id === undefined) return;
    event.preventDefault();
    messages.goTo(facts.byId.get(id).item);
    showParts();
  });
  at("#quoting").addEventListener("focusin", () => readStatements().then(offerLanguages), { once: true });
  at("#stop").addEventListener("click", () => (hasEnough = true));
  at("#quote-check").addEventListener("click", compareQuotes);
  at("#quote-stop").addEventListener("click", stopQuotes);
  at("#parts select").addEventListener("change", (event) => goToPart(Number(event.target.value)));
  for (const button of document.querySelectorAll("#parts button"))
    button.addEventListener("click", () => goToPart(messages.part + Number(button.dataset.step)));
  at("#print").addEventListener("click", print);
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", () => messages?.toScreen());
}

// The check

// Does the browser verify what RFC 8032 (7.1, test 1) gives, and refuse it changed?
async function isAble() {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (digits) => parseInt(digits, 16));
  const key = { bytes: bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a") };
  const signature = bytes("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  try {
    return (await isSigned(key, signature, new Uint8Array())) && !(await isSigned(key, signature, Uint8Array.of(1)));
  } catch {
    return false;
  }
}

const script = document.currentScript;

// Behind the data stands this script and nothing more; else the data has ended its own element and brought more into the
// page, a second script with the same text perhaps.
async function dataText() {
  if (document.readyState === "loading") await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  const element = at("#release-data");
  const isBlank = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() === "";
  let isAlone = element.nextElementSibling === script;
  for (let node = element.nextSibling; node !== null; node = node.nextSibling) isAlone &&= node === script || isBlank(node);
  if (!isAlone) {
    while (element.nextSibling !== null) element.nextSibling.remove(); // nor may it be read there
    throw new Fault("data-form", "something stands behind the data");
  }
  return element.textContent;
}

async function start() {
  listen();
  showAll();
  await turn();
  if (!(await isAble())) {
    state = { name: "unable" };
    return showAll();
  }
  try {
    const checked = await check(await dataText(), showProgress);
    attachments = checked.attachments;
    facts = await Facts.of(checked, (done, total) => showProgress(done, total, "facts"));
    await facts.reckon((done, total) => showProgress(done, total, "duties"));
    messages = new LongList(at("#messages"), at("#paper"), itemsOf(facts.order), view);
    state = { name: "checked", checked };
  } catch (error) {
    if (error instanceof Fault) state = { name: "no", code: error.code, place: error.place };
    else state = error instanceof Stopped ? { name: "stopped" } : { name: "unable", isBroken: true };
    if (state.isBroken) console.error(error);
  }
  return showAll();
}

start();
