// SPDX-License-Identifier: Apache-2.0
// What a message says, as elements: each value under its label in the reader's language, beside what was sent. What the
// catalogue does not name is shown too, so that nothing said can hide. Texts of others only ever become text nodes.

function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  for (const child of children) if (child !== undefined && child !== null && child !== "") element.append(child);
  return element;
}

const inLanguage = (texts) => texts?.[language] ?? texts?.en;
const isTag = (v) => isText(v) && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(v);

// What can't be seen, turns the reading direction, or means what a font likes: shown by name. A joiner stays between
// letters, marks or symbols from U+0590 on, one variation selector behind what may vary. The rule of cli/hidden.c.
const FILLERS = "\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0"; // letters and marks that show nothing
const SELECTORS = "\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}";
const NUMBER_SIGNS = "\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}"; // stand around numbers, and are seen
const fromHebrew = (classes) => `(?=[\\u{590}-\\u{10ffff}])(?![${FILLERS}])[${classes}]`;
const JOINED = fromHebrew("\\p{L}\\p{M}\\p{S}");
const HIDDEN = new RegExp(`(?<!${JOINED})[\\u200c\\u200d]|[\\u200c\\u200d](?!${JOINED})|` +
  `(?<!(?:[0-9#*\\xa9\\xae]|${fromHebrew("\\p{L}\\p{N}\\p{P}\\p{S}")}))[${SELECTORS}]|` +
  `(?![\\t\\n\\u200c\\u200d${SELECTORS}${NUMBER_SIGNS}])` +
  "[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\p{Default_Ignorable_Code_Point}]", "gu");
const MARKS_MAX = 500; // in one text; further ones stand in it as letters
const nameOfHidden = (char) => "U+" + char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

// What others wrote: its text, with names in the place of what is hidden in it.
function shown(text) {
  const pieces = [];
  let from = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (pieces.length >= 2 * MARKS_MAX) break;
    pieces.push(text.slice(from, found.index), el("span", { class: "hidden-char", dir: "ltr" }, nameOfHidden(found[0])));
    from = found.index + found[0].length;
  }
  return [...pieces, text.slice(from).replace(HIDDEN, (char) => `[${nameOfHidden(char)}]`)];
}

const code = (text) => el("code", { dir: "ltr" }, ...shown(text));
const time = (text) => el("time", { datetime: text, dir: "ltr" }, text.replace("T", " ").replace("Z", " UTC"));
const said = (text, tag) => el("div", { class: "said", dir: "auto", ...(isTag(tag) ? { lang: tag } : {}) }, ...shown(text));
const asJson = (value) => el("pre", { dir: "ltr" }, ...shown(JSON.stringify(value, null, 2) ?? ""));

// Formatters are dear to make; one for each language and use.
const formatters = new Map();

function formatter(Kind, type) {
  const key = [Kind.name, language, type].join();
  if (!formatters.has(key)) formatters.set(key, new Kind(language, type && { type, fallback: "none" }));
  return formatters.get(key);
}

const numberOf = (n) => formatter(Intl.NumberFormat).format(n);

// In the reader's words; what was sent stands behind.
const worded = (text, sent) => el("span", {}, text, " ", el("span", { class: "soft" }, "(", el("bdi", {}, ...shown(sent)), ")"));

function nameIn(type, sent) {
  try {
    return formatter(Intl.DisplayNames, type).of(sent);
  } catch {
    return undefined;
  }
}

function nameOf(type, sent) {
  const name = nameIn(type, sent);
  return name === undefined ? code(sent) : worded(name, sent);
}

const languageName = (tag) => nameIn("language", tag) ?? tag;

const CODES = ["hash", "desk", "base64", "address", "digest", "prefix", "domain", "technique", "duration"];

function choiceOf(shape, sent) {
  const choices = Array.isArray(shape.choices) ? shape.choices : KINDS.choices[shape.choices] ?? [];
  const label = inLanguage(choices.find((choice) => choice.value === sent)?.label);
  return label === undefined ? said(sent) : worded(label, sent);
}

function stringOf(shape, sent, tag) {
  if (shape.type === "text") return said(sent, tag);
  if (shape.type === "choice") return choiceOf(shape, sent);
  if (shape.type === "time" && isTime(sent)) return time(sent);
  if (shape.type === "message" && isMessageId(sent)) return linkTo(sent);
  if (shape.type === "language") return nameOf("language", sent);
  if (shape.type === "country") return nameOf("region", sent);
  return CODES.includes(shape.type) ? code(sent) : undefined;
}

const fieldsOf = (fields = []) => fields.flatMap((one) => (one.group ? fieldsOf(KINDS.groups[one.group]) : [one]));

const CELLS_MAX = 20000; // of a table; each value may bring a column of its own

function hasRoom(rows) {
  const names = new Set();
  for (const one of rows) for (const name of Object.keys(one)) names.add(name);
  return names.size * rows.length <= CELLS_MAX;
}

function listOf(of, sent, tag) {
  const fields = of.fields && fieldsOf(of.fields);
  const isTable = fields && sent.every(isObject) && hasRoom(sent) && sent.every((one) =>
    fields.every(({ name, type, max }) => one[name] === undefined || (type !== "list" && type !== "object" && !(max > 2000))));
  if (!isTable) return el("ul", fields ? { class: "plain" } : {}, ...sent.map((one) => el("li", {}, valueOf(of, one, tag))));
  const names = [...new Set([...fields.map(({ name }) => name), ...sent.flatMap((one) => Object.keys(one))])]
    .filter((name) => sent.some((one) => Object.hasOwn(one, name)));
  const field = (name) => fields.find((one) => one.name === name);
  const head = names.map((name) => el("th", { scope: "col" }, inLanguage(field(name)?.label) ?? code(name)));
  const rows = sent.map((one) => el("tr", {}, ...names.map((name) =>
    el("td", {}, Object.hasOwn(one, name) ? valueOf(field(name) ?? {}, one[name], tag) : ""))));
  return el("div", { class: "wide", tabindex: "0", role: "group" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}

function valueOf(shape, sent, tag) {
  if (shape.type === "list" && Array.isArray(sent)) return listOf(shape.of, sent, tag);
  if (shape.type === "object" && isObject(sent)) return fieldList(shape.fields, sent, tag);
  if (shape.type === "integer" && Number.isInteger(sent)) return el("span", {}, numberOf(sent));
  if (shape.type === "boolean" && typeof sent === "boolean") return el("span", {}, word(sent ? "value.yes" : "value.no"));
  return (isText(sent) ? stringOf(shape, sent, tag) : undefined) ?? asJson(sent);
}

// The fields in the catalogue's order, then what it does not name. Words are in the language that stands beside them.
function fieldList(shapes, sent, outer) {
  const fields = fieldsOf(shapes);
  const tag = isText(sent.language) ? sent.language : outer;
  const names = fields.map(({ name }) => name);
  const all = [...names.filter((name) => Object.hasOwn(sent, name)), ...Object.keys(sent).filter((name) => !names.includes(name))];
  return el("dl", { class: "fields" }, ...all.flatMap((name) => {
    const field = fields.find((one) => one.name === name);
    return [el("dt", {}, inLanguage(field?.label) ?? code(name)), el("dd", {}, valueOf(field ?? {}, sent[name], tag))];
  }));
}

// A signal's text with the values of its parameters, each of which keeps its own direction.
function signalOf(body) {
  const book = isText(body.codebook) && Object.hasOwn(BOOKS, body.codebook) ? BOOKS[body.codebook] : undefined;
  const signal = book?.signals.find((one) => one.number === body.number);
  if (signal === undefined) return [el("p", { class: "soft" }, word("signal.unknown"))];
  const values = new Map((Array.isArray(body.parameters) ? body.parameters : []).map((one) => [one?.name, one?.value]));
  const pieces = inLanguage(signal.text).split(/\{([a-z][a-z0-9_]*)\}/).map((piece, i) =>
    i % 2 === 0 ? piece : el("bdi", { class: "parameter" }, ...shown(isText(values.get(piece)) ? values.get(piece) : `{${piece}}`)));
  return [el("p", { class: "said", lang: language }, ...pieces), el("p", { class: "soft" }, word("signal.number", { number: body.number }))];
}

function bodyView(entry) {
  const { kind, body } = entry.envelope;
  if (entry.content === undefined) return body === undefined ? [] : [el("p", { class: "flag" }, word("message.envelope"))];
  const value = bodyOf(entry);
  if (!isObject(value)) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(entry.content);
    return [el("p", { class: "flag" }, word("message.no-json")), said(text)];
  }
  return [...(kind === "signal" ? signalOf(value) : []), fieldList(KIND.get(kind)?.fields, value)];
}
