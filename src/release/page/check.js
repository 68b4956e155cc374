// SPDX-License-Identifier: Apache-2.0
// The checks of spec/release.md, in their order, with WebCrypto alone. Knows nothing of the page: check(text, progress)
// resolves to what the data shows, or rejects with a Fault that has the code. `aldis verify` gives the same codes.

class Fault extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true });
const BATCH = 2000; // digests asked for at once

// Forms

const SHORT = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };
const unit = (c) => "\\u" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
const inManifest = (s) => '"' + s.replace(/["\\\u0000-\u001f]/g, (c) => SHORT[c] ?? unit(c)) + '"';
const inData = (s) => '"' + s.replace(/["\\\u0000-\u001f<\u0080-\uffff]/g, (c) => SHORT[c] ?? unit(c)) + '"';

// JSON in the one form: what is parsed and written again must be the same text.
function written(value, string) {
  if (typeof value === "string") return string(value);
  if (Array.isArray(value)) return "[" + value.map((v) => written(v, string)).join(",") + "]";
  if (value !== null && typeof value === "object")
    return "{" + Object.entries(value).map(([k, v]) => string(k) + ":" + written(v, string)).join(",") + "}";
  return JSON.stringify(value);
}

function parsed(text, string) {
  const value = JSON.parse(text);
  if (written(value, string) !== text) throw new SyntaxError("not in the one form");
  return value;
}

const isText = (v) => typeof v === "string";
const isSize = (v) => Number.isSafeInteger(v) && v >= 0;
const hasMembers = (v, names) =>
  v !== null && typeof v === "object" && !Array.isArray(v) && Object.keys(v).join() === names;
const isTexts = (v) => Array.isArray(v) && v.every(isText);

function bytesOf(text) {
  const raw = atob(text);
  if (btoa(raw) !== text) throw new SyntaxError("no canonical base64");
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

const hexOf = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

// Digests

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const leafHash = (entry) => sha256(joined(Uint8Array.of(0), entry));
const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

// The root of a tree, level by level; an odd one at the end goes up as it is.
async function rootOf(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let start = 0; start < level.length; start += 2 * BATCH) {
      const work = [];
      for (let i = start; i < Math.min(start + 2 * BATCH, level.length); i += 2)
        work.push(i + 1 < level.length ? nodeHash(level[i], level[i + 1]) : level[i]);
      above.push(...(await Promise.all(work)));
    }
    level = above;
  }
  return level[0];
}

// RFC 9162, 2.1.3.2.
async function isIncluded(proof, index, size, leaf, root) {
  if (index >= size) return false;
  let fn = index, sn = size - 1, hash = leaf;
  for (const step of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = await nodeHash(step, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = await nodeHash(hash, step);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && same(hash, root);
}

// Notes and keys

const NOTE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/;

function noteOf(text) {
  const at = text.lastIndexOf("\n\n");
  if (at < 0 || !text.endsWith("\n") || text.length === at + 2) throw new SyntaxError("no note");
  const lines = text.slice(at + 2, -1).split("\n").map((line) => {
    const found = NOTE_LINE.exec(line);
    if (found === null) throw new SyntaxError("no signature line");
    const bytes = bytesOf(found[2]);
    if (bytes.length < 5) throw new SyntaxError("no signature line");
    return { name: found[1], id: hexOf(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
  });
  return { text: text.slice(0, at + 1), lines };
}

async function keyOf(name, type, bytes) {
  const hash = await sha256(joined(utf8.encode(name), Uint8Array.of(10, type), bytes));
  return { name, type, bytes, id: hexOf(hash.subarray(0, 4)) };
}

const imported = new Map();
async function isSigned(key, signature, message) {
  const hex = hexOf(key.bytes);
  try {
    if (!imported.has(hex))
      imported.set(hex, await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]));
    return await crypto.subtle.verify({ name: "Ed25519" }, imported.get(hex), signature, message);
  } catch (error) {
    if (error.name === "NotSupportedError") throw error;
    return false;
  }
}

const lineOf = (note, key) => note.lines.find((line) => line.name === key.name && line.id === key.id);

async function isSignedBy(note, key) {
  const line = lineOf(note, key);
  return line !== undefined && line.signature.length === 64 &&
    (await isSigned(key, line.signature, utf8.encode(note.text)));
}

// The time of a cosignature in seconds, or 0.
async function cosignedAt(note, key) {
  const line = lineOf(note, key);
  if (line === undefined || line.signature.length !== 72) return 0;
  const time = new DataView(line.signature.buffer, line.signature.byteOffset).getBigUint64(0);
  const message = utf8.encode(`cosignature/v1\ntime ${time}\n${note.text}`);
  return time > 0n && (await isSigned(key, line.signature.subarray(8), message)) ? Number(time) : 0;
}

function rooted(note, type) {
  const lines = note.text.split("\n");
  if (lines.length !== 3 || lines[0] !== type || lines[2] !== "") throw new SyntaxError(`no ${type}`);
  return JSON.parse(lines[1]);
}

// Papers

const SIGNERS = ["root", "log", "mirror", "witness", "link", "link_next"];

// Under a card every key signs plainly, mirror and witness too.
async function cardOf(text) {
  const note = noteOf(text);
  const json = rooted(note, "aldis.card/1");
  const card = { name: json.name, serial: json.serial, keys: {} };
  for (const [role, key] of Object.entries(json.keys)) card.keys[role] = bytesOf(key);
  for (const role of SIGNERS) {
    if (card.keys[role] === undefined && (role === "witness" || role === "link_next")) continue;
    const key = await keyOf(`${card.name}/${role.replace("_", "-")}`, 1, card.keys[role]);
    if (!(await isSignedBy(note, key))) throw new SyntaxError(`${key.name} has not signed the card`);
  }
  return card;
}

const rootKey = (card) => keyOf(`${card.name}/root`, 1, card.keys.root);

async function charterOf(text) {
  const note = noteOf(text);
  const json = rooted(note, "aldis.charter/1");
  const charter = { note, json, digest: hexOf(await sha256(utf8.encode(note.text))), members: [], witnesses: [] };
  for (const member of json.members) charter.members.push(await cardOf(member.card));
  for (const line of (json.witnesses ?? "").split("\n")) {
    const found = /^witness \S+ ([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line);
    const bytes = found === null ? [] : bytesOf(found[3]);
    if (bytes[0] === 4) charter.witnesses.push(await keyOf(found[1], 4, bytes.subarray(1)));
  }
  return charter;
}

// Who is no longer a member is taken to have left.
async function checkFollows(before, charter) {
  if ((charter.json.previous ?? null) !== (before?.digest ?? null)) throw new SyntaxError("does not follow");
  for (const card of charter.members)
    if (!(await isSignedBy(charter.note, await rootKey(card)))) throw new SyntaxError(`${card.name} has not signed`);
  for (const old of before?.members ?? []) {
    const card = charter.members.find((c) => c.name === old.name);
    if (card !== undefined && !same(card.keys.root, old.keys.root)) throw new SyntaxError("another root");
  }
}

// The steps. Each names its code; whatever goes wrong within is told by it.

async function step(code, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault || error.name === "NotSupportedError") throw error;
    throw new Fault(code, error.message);
  }
}

function refuseUnless(good, why) {
  if (!good) throw new SyntaxError(why);
}

function readData(text) {
  const data = parsed(text, inData);
  refuseUnless(hasMembers(data, "aldis,manifest,charters,cards,logs,bodies,attachments,answers"), "members");
  refuseUnless(data.aldis === 1 && isText(data.manifest) && isTexts(data.charters) && isTexts(data.cards), "types");
  refuseUnless(Array.isArray(data.logs) && data.logs.every((log) => hasMembers(log, "origin,checkpoint,entries") &&
    isText(log.origin) && isText(log.checkpoint) && isTexts(log.entries)), "logs");
  refuseUnless(Array.isArray(data.bodies) && data.bodies.every((list) => Array.isArray(list) &&
    list.every((body) => body === null || isText(body))), "bodies");
  refuseUnless(hasMembers(data.attachments, Object.keys(data.attachments ?? {}).join()) &&
    Object.values(data.attachments).every(isText), "attachments");
  refuseUnless(Array.isArray(data.answers) && data.answers.every((answer) => hasMembers(answer, "desk,entry,body,proof") &&
    Object.values(answer).every(isText)), "answers");
  return data;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const HASH = /^[0-9a-f]{64}$/;
const DESK = /^(?=.{3,100}$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/;
const ENTRIES_MAX = 500000;

function modesOf(log) {
  let modes = "", last = "";
  refuseUnless(isText(log.modes) && /^([1-9]\d{0,5}[few])*$/.test(log.modes), "modes");
  for (const [, count, mode] of log.modes.matchAll(/(\d+)([few])/g)) {
    refuseUnless(mode !== last && modes.length + Number(count) <= log.size, "modes");
    modes += mode.repeat(Number(count));
    last = mode;
  }
  refuseUnless(modes.length === log.size && !/[fe]/.test(modes.slice(0, log.first)), "modes");
  return modes;
}

function readManifest(text) {
  const lines = text.split("\n");
  refuseUnless(lines.length === 3 && lines[0] === "aldis.release/1" && lines[2] === "", "type");
  const manifest = parsed(lines[1], inManifest);
  refuseUnless(hasMembers(manifest, "aldis,channel,charter,rule,title,cover,made,by,logs,attachments"), "members");
  refuseUnless(manifest.aldis === 1 && HASH.test(manifest.channel) && HASH.test(manifest.charter), "ids");
  refuseUnless(["joint", "originator", "confidential"].includes(manifest.rule) && isText(manifest.title) &&
    manifest.title !== "" && TIME.test(manifest.made) && !Number.isNaN(Date.parse(manifest.made)) &&
    DESK.test(manifest.by), "head");
  refuseUnless(["", "en", "id", "en,id"].some((names) => hasMembers(manifest.cover, names)) &&
    Object.values(manifest.cover).every((t) => isText(t) && t !== "" && utf8.encode(t).length <= 20000), "cover");
  let entries = 0;
  refuseUnless(Array.isArray(manifest.logs) && manifest.logs.length > 0 && manifest.logs.length <= 200, "logs");
  for (const log of manifest.logs) {
    refuseUnless(hasMembers(log, "origin,size,root,first,modes") && isText(log.origin) && isSize(log.size) &&
      isSize(log.first) && log.first <= log.size && isText(log.root) && bytesOf(log.root).length === 32, "log");
    const [desk, channel, ...more] = log.origin.split("/");
    refuseUnless(DESK.test(desk) && HASH.test(channel) && more.length === 0, "origin");
    entries += log.size;
    refuseUnless(entries <= ENTRIES_MAX, "too many");
    log.desk = desk;
    log.shown = modesOf(log);
  }
  refuseUnless(new Set(manifest.logs.map((log) => log.desk)).size === manifest.logs.length, "a log twice");
  refuseUnless(isTexts(manifest.attachments) && manifest.attachments.every((id, i, all) => HASH.test(id) &&
    (i === 0 || all[i - 1] < id)), "attachments");
  return manifest;
}

async function readChannel(data, manifest) {
  const channel = { charters: [], members: new Map() };
  await step("charter-signature", async () => {
    refuseUnless(data.charters.length > 0, "no charter");
    for (const text of data.charters) {
      const charter = await charterOf(text);
      await checkFollows(channel.charters.at(-1), charter);
      for (const card of charter.members) {
        if (!channel.members.has(card.name))
          channel.members.set(card.name, { name: card.name, since: channel.charters.length, cards: [] });
        channel.members.get(card.name).cards.push(card);
      }
      channel.charters.push(charter);
    }
  });
  await step("charter-other", async () => {
    const last = channel.charters.at(-1);
    refuseUnless(channel.charters[0].digest === manifest.channel, "another channel");
    refuseUnless(last.digest === manifest.charter && last.json.release === manifest.rule &&
      last.json.title === manifest.title, "another charter");
    refuseUnless(channel.members.has(manifest.by), "no member");
  });
  for (const text of data.cards) {
    const card = await step("card-signature", () => cardOf(text));
    await step("foreign-key", async () => {
      const member = channel.members.get(card.name);
      refuseUnless(member !== undefined && same(member.cards[0].keys.root, card.keys.root), "foreign");
      const known = member.cards.find((c) => c.serial === card.serial);
      refuseUnless(known === undefined || (same(known.keys.log, card.keys.log) &&
        same(known.keys.mirror, card.keys.mirror)), "another card of this serial");
      member.cards.push(card);
    });
  }
  for (const member of channel.members.values()) member.cards.sort((a, b) => b.serial - a.serial);
  return channel;
}

// The log's line, those of mirrors and witnesses, and no other. codes: for each of the three.
async function readCheckpoint(text, channel, member, origin, codes) {
  const note = await step(codes[0], async () => {
    const read = noteOf(text);
    for (const card of member.cards) {
      const key = await keyOf(origin, 1, card.keys.log);
      if (lineOf(read, key) === undefined) continue;
      refuseUnless(await isSignedBy(read, key), "the log's line does not verify");
      return read;
    }
    throw new SyntaxError("the log has not signed");
  });
  const cosigned = [];
  await step(codes[1], async () => {
    const keys = [];
    for (const other of channel.members.values())
      if (other !== member)
        keys.push(await Promise.all(other.cards.map((c) => keyOf(`${other.name}/mirror`, 4, c.keys.mirror))));
    for (const charter of channel.charters) keys.push(...charter.witnesses.map((key) => [key]));
    const done = new Set();
    for (const key of keys.map((list) => list.find((k) => lineOf(note, k) !== undefined))) {
      if (key === undefined || done.has(key.name + key.id)) continue;
      const time = await cosignedAt(note, key);
      refuseUnless(time > 0, `the line of ${key.name} does not verify`);
      done.add(key.name + key.id);
      cosigned.push({ name: key.name, time });
    }
  });
  await step(codes[2], async () => refuseUnless(note.lines.length === 1 + cosigned.length, "a foreign line"));
  const [named, size, root, ...rest] = note.text.split("\n");
  await step(codes[3], async () => refuseUnless(rest.length === 1 && rest[0] === "" && named === origin &&
    /^(0|[1-9]\d*)$/.test(size), "no checkpoint of this log"));
  return { size: Number(size), root, cosigned };
}

function envelopeOf(bytes) {
  const envelope = JSON.parse(fromUtf8.decode(bytes));
  refuseUnless(envelope.aldis === 1 && isText(envelope.kind) && TIME.test(envelope.sent) && isText(envelope.salt),
    "no envelope");
  return envelope;
}

async function contentOf(bytes, ref) {
  refuseUnless(bytes.length === ref.size + 16 && hexOf(await sha256(bytes)) === ref.blob, "another hash or size");
  return fromUtf8.decode(bytes.subarray(16));
}

async function readLog(part, bodies, log, channel, manifest, progress) {
  const member = channel.members.get(log.desk);
  await step("log-other", async () => refuseUnless(part.origin === log.origin && member !== undefined &&
    log.origin === `${log.desk}/${manifest.channel}`, "another log"));
  const codes = ["checkpoint-signature", "cosignature", "foreign-line", "checkpoint-other"];
  const checkpoint = await readCheckpoint(part.checkpoint, channel, member, log.origin, codes);
  await step("checkpoint-other", async () =>
    refuseUnless(checkpoint.size === log.size && checkpoint.root === log.root, "another tree"));
  const raw = await step("modes", async () => {
    refuseUnless(part.entries.length === log.size, "not as many entries");
    const all = part.entries.map(bytesOf);
    refuseUnless(all.every((bytes, i) => log.shown[i] !== "w" || bytes.length === 32), "no hash");
    return all;
  });
  await step("root-differs", async () => {
    const leaves = [];
    for (let start = 0; start < raw.length; start += BATCH) {
      const work = raw.slice(start, start + BATCH);
      leaves.push(...(await Promise.all(work.map((b, i) => (log.shown[start + i] === "w" ? b : leafHash(b))))));
      progress(work.length);
    }
    refuseUnless(same(await rootOf(leaves), bytesOf(log.root)), "another root");
  });
  return { ...log, member, cosigned: checkpoint.cosigned, entries: await readEntries(raw, bodies, log, progress) };
}

async function readEntries(raw, bodies, log, progress) {
  await step("body-missing", async () => refuseUnless(bodies !== undefined, "no bodies"));
  const entries = [];
  let body = 0;
  for (let i = 0; i < raw.length; i++) {
    const mode = log.shown[i];
    const entry = { id: `${log.desk}#${i}`, index: i, mode };
    entries.push(entry);
    if (mode === "w") continue;
    try {
      entry.envelope = envelopeOf(raw[i]);
    } catch (error) {
      if (mode === "f") throw new Fault("entry-form", error.message);
    }
    if (mode !== "f") continue;
    const blob = bodies[body++];
    await step("body-missing", async () => refuseUnless(blob !== undefined &&
      (blob === null) === (entry.envelope.body === undefined), "a body is missing"));
    if (blob !== null) entry.content = await step("body-differs", () => contentOf(bytesOf(blob), entry.envelope.body));
    if (i % BATCH === 0) progress(0);
  }
  await step("body-missing", async () => refuseUnless(body === bodies.length, "too many bodies"));
  return entries;
}

async function readAttachments(data, manifest, logs) {
  const named = new Set();
  for (const log of logs)
    for (const entry of log.entries)
      if (entry.mode === "f") for (const ref of entry.envelope.attachments ?? []) named.add(ref.blob);
  const ids = Object.keys(data.attachments);
  await step("attachment-other", async () =>
    refuseUnless(ids.length === manifest.attachments.length, "not as many attachments"));
  for (let i = 0; i < ids.length; i++) {
    await step("attachment-other", async () =>
      refuseUnless(ids[i] === manifest.attachments[i] && named.has(ids[i]), "another attachment"));
    await step("attachment-differs", async () =>
      refuseUnless(hexOf(await sha256(bytesOf(data.attachments[ids[i]]))) === ids[i], "another hash"));
  }
}

const PROOF = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n/;

async function readAnswer(answer, before, channel, manifest, digest) {
  const member = channel.members.get(answer.desk);
  const found = { desk: answer.desk };
  const entry = await step("answer-form", async () => {
    refuseUnless(member !== undefined && answer.desk > before, "no member, or out of order");
    return bytesOf(answer.entry);
  });
  await step("answer-signature", async () => {
    const proof = PROOF.exec(answer.proof);
    refuseUnless(proof !== null, "no proof");
    const code = "answer-signature";
    const checkpoint = await readCheckpoint(answer.proof.slice(proof[0].length), channel, member,
      `${answer.desk}/${manifest.channel}`, [code, code, code, code]);
    const steps = proof[2].split("\n").filter((line) => line !== "").map(bytesOf);
    refuseUnless(await isIncluded(steps, Number(proof[1]), checkpoint.size, await leafHash(entry),
      bytesOf(checkpoint.root)), "not in the log");
  });
  await step("answer-kind", async () => {
    found.envelope = envelopeOf(entry);
    const { kind } = found.envelope;
    found.consents = kind === "release.consent" || (kind === "release.request" && answer.desk === manifest.by);
    refuseUnless((found.consents || kind === "release.refuse") && found.envelope.body !== undefined, "no answer");
  });
  const body = await step("answer-body", async () => {
    const json = JSON.parse(await contentOf(bytesOf(answer.body), found.envelope.body));
    refuseUnless(HASH.test(json.manifest), "no manifest");
    return json;
  });
  await step("consent-other-manifest", async () => refuseUnless(body.manifest === digest, "another manifest"));
  return found;
}

// What it is by who consented.
function governing(channel, logs) {
  const governs = new Set();
  for (const log of logs) {
    let at = log.member.since, isOpen = false;
    for (const entry of log.entries) {
      if (entry.mode === "w") {
        isOpen = true;
        continue;
      }
      if (entry.envelope?.kind === "charter.amend") {
        const next = channel.charters[at + 1];
        if (entry.content === undefined) isOpen = true;
        else if (next !== undefined && JSON.parse(entry.content).charter === next.digest) at++;
      }
      for (let i = at; i <= (isOpen ? channel.charters.length - 1 : at); i++) governs.add(channel.charters[i]);
    }
  }
  return governs;
}

function gradeOf(channel, logs, manifest, answers) {
  const governs = governing(channel, logs);
  const rules = new Set([manifest.rule, ...Array.from(governs, (charter) => charter.json.release)]);
  const consents = new Set(answers.filter((a) => a.consents).map((a) => a.desk));
  const asked = new Set(Array.from(governs).flatMap((charter) => charter.members.map((card) => card.name)));
  const authors = logs.filter((log) => /[fe]/.test(log.shown)).map((log) => log.desk);
  if (rules.has("confidential")) return { grade: "one-sided", asked };
  if (Array.from(asked).every((desk) => consents.has(desk))) return { grade: "joint", asked };
  const byOriginator = !rules.has("joint") && authors.every((desk) => desk === manifest.by || consents.has(desk));
  return { grade: byOriginator ? "by originator" : "one-sided", asked };
}

// "01234 56789 …", as spec/charter.md has it.
async function digitsOf(card) {
  const first = await sha256(joined(utf8.encode("aldis.fingerprint/1" + card.name), card.keys.root));
  const all = joined(first, await sha256(joined(first, Uint8Array.of(1))));
  const groups = [];
  for (let i = 0; i < 12; i++)
    groups.push((all.subarray(5 * i, 5 * i + 5).reduce((n, b) => (n * 256 + b) % 100000, 0) + "").padStart(5, "0"));
  return groups.join(" ");
}

// progress(done, total) is called with entries.
async function check(text, progress) {
  const data = await step("data-form", async () => readData(text));
  const manifest = await step("manifest-form", async () => readManifest(data.manifest));
  const digest = hexOf(await sha256(utf8.encode(data.manifest)));
  const channel = await readChannel(data, manifest);
  const total = manifest.logs.reduce((n, log) => n + log.size, 0);
  const logs = [], answers = [];
  let done = 0;
  const count = (n) => progress((done += n), total);
  await step("log-other", async () => refuseUnless(data.logs.length === manifest.logs.length, "not as many logs"));
  for (let i = 0; i < data.logs.length; i++)
    logs.push(await readLog(data.logs[i], data.bodies[i], manifest.logs[i], channel, manifest, count));
  await step("body-missing", async () => refuseUnless(data.bodies.length === data.logs.length, "bodies of no log"));
  await readAttachments(data, manifest, logs);
  for (const answer of data.answers)
    answers.push(await readAnswer(answer, answers.at(-1)?.desk ?? "", channel, manifest, digest));
  const desks = [];
  for (const member of channel.members.values())
    desks.push({ name: member.name, digits: await digitsOf(member.cards[0]) });
  return { manifest, digest, logs, answers, desks, attachments: data.attachments,
    ...gradeOf(channel, logs, manifest, answers) };
}
