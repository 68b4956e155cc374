// SPDX-License-Identifier: Apache-2.0
// The checks of spec/release.md, in their order, with WebCrypto alone. Knows nothing of the page: check(text, progress)
// resolves to what the data shows, or rejects with a Fault that has the code. `aldis verify` gives the same codes.

class Fault extends Error {
  constructor(code, why, place) {
    super(why);
    Object.assign(this, { code, place });
  }
}

// The reader has had enough: thrown where progress is told.
class Stopped extends Error {}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BATCH = 2000; // digests asked for at once
const SOON = 50; // entries after which progress is told, which decides by the clock whether the window gets its turn

// Forms

const SHORT = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\" };
const unit = (c) => "\\u" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");

function escaped(string, what) {
  if (string.search(what) < 0) return '"' + string + '"';
  refuseUnless(isWellFormed(string) && !string.includes("\0"), "no text");
  return '"' + string.replace(what, (c) => SHORT[c] ?? unit(c)) + '"';
}

const inManifest = (s) => escaped(s, /["\\\u0000-\u001f]/g);
const inData = (s) => escaped(s, /["\\\u0000-\u001f<\u0080-\uffff]/g);

const isLeaf = (value) => value === null || typeof value !== "object";

// Where the one form of this value ends in the text, from `at` on; -1 when the text has another one.
function leafEnds(value, text, at, string) {
  const form = typeof value === "string" ? string(value) : JSON.stringify(value);
  return text.startsWith(form, at) ? at + form.length : -1;
}

async function formEnds(value, text, at, string, breathe, level = 1) {
  if (isLeaf(value)) return leafEnds(value, text, at, string);
  if (level > LEVELS_MAX) return -1;
  const isArray = Array.isArray(value);
  let [mark, end] = isArray ? ["[", "]"] : ["{", "}"];
  let done = 0;
  for (const [name, member] of isArray ? value.entries() : Object.entries(value)) {
    const start = isArray ? mark : mark + string(name) + ":";
    if (!text.startsWith(start, at)) return -1;
    at += start.length;
    at = isLeaf(member) ? leafEnds(member, text, at, string) : await formEnds(member, text, at, string, breathe, level + 1);
    if (at < 0) return -1;
    if (++done % BATCH === 0) await breathe();
    mark = ",";
  }
  if (mark !== ",") end = mark + end;
  return text.startsWith(end, at) ? at + end.length : -1;
}

// How many values there are in this one, names counted too.
function countValues(value) {
  let count = 1;
  if (Array.isArray(value)) for (const item of value) count += countValues(item);
  else if (isObject(value)) for (const item of Object.values(value)) count += 1 + countValues(item);
  return count;
}

// JSON in the one form: what is parsed and written again is the same text.
async function parseForm(text, string, most, breathe) {
  const value = JSON.parse(text);
  refuseUnless((await formEnds(value, text, 0, string, breathe)) === text.length, "not in the one form");
  refuseUnless(countValues(value) <= most, "too many values");
  return value;
}

const isTexts = (v) => Array.isArray(v) && v.every(isText);

// Room for `before` bytes stays free in front of them. Canonical: as long as its text says, no stray bits at its end.
function bytesOf(text, before = 0) {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = (text.length / 4) * 3 - padding;
  refuseUnless(Number.isInteger(length) && length >= 0, "no canonical base64");
  const bytes = new Uint8Array(before + length);
  if (bytes.setFromBase64 !== undefined) { // newer, and several times faster than atob
    const { written } = bytes.subarray(before).setFromBase64(text, { lastChunkHandling: "strict" });
    refuseUnless(written === length, "no canonical base64");
    return bytes;
  }
  const raw = atob(text);
  refuseUnless(raw.length === length && btoa(raw.slice(padding - 3)) === text.slice(-4), "no canonical base64");
  for (let i = 0; i < length; i++) bytes[before + i] = raw.charCodeAt(i);
  return bytes;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexOf(bytes) {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

// Digests

const sha256 = (bytes) => crypto.subtle.digest("SHA-256", bytes).then((hash) => new Uint8Array(hash));

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

// Many at once: what costs is asking.
async function inBatches(count, work, progress) {
  const results = [];
  for (let start = 0; start < count; start += BATCH) {
    const size = Math.min(BATCH, count - start);
    results.push(...(await Promise.all(Array.from({ length: size }, (_, i) => work(start + i)))));
    await progress(size);
  }
  return results;
}

// The hashes of all whole subtrees, level by level, the leaves first.
async function treeOf(leaves, breathe) {
  const levels = [leaves];
  for (let below = leaves; below.length > 1; below = levels.at(-1))
    levels.push(await inBatches(Math.floor(below.length / 2), (i) => nodeHash(below[2 * i], below[2 * i + 1]), breathe));
  return levels;
}

// The root that the tree has, or had, with so many leaves: its whole subtrees folded from the right.
async function rootAt(levels, size) {
  let root = null;
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / 2)) {
    if (count % 2 === 0) continue;
    const subtree = levels[level][count - 1];
    root = root === null ? subtree : await nodeHash(subtree, root);
  }
  return root ?? sha256(new Uint8Array());
}

// RFC 9162, 2.1.3.2; index and size are BigInts.
async function isIncluded(proof, index, size, leaf, root) {
  if (index >= size) return false;
  let fn = index, sn = size - 1n, hash = leaf;
  for (const step of proof) {
    if (sn === 0n) return false;
    if (fn % 2n === 1n || fn === sn) {
      hash = await nodeHash(step, hash);
      while (fn % 2n === 0n && fn !== 0n) {
        fn /= 2n;
        sn /= 2n;
      }
    } else {
      hash = await nodeHash(hash, step);
    }
    fn /= 2n;
    sn /= 2n;
  }
  return sn === 0n && same(hash, root);
}

// The steps. Each names its code; whatever goes wrong within is told by it.

async function step(code, work, place) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault || error instanceof Stopped || error.name === "NotSupportedError") throw error;
    throw new Fault(code, error.message, place);
  }
}

const DATA_MAX = 512 * 1024 * 1024;
const VALUES_MAX = 2 ** 20; // in the data
const MANIFEST_MAX = 16 * 1024 * 1024;
const MANIFEST_VALUES_MAX = 2 ** 16;
const ATTACHMENT_MAX = 8 * 1024 * 1024; // of a blob, with its salt

async function readData(text, breathe) {
  refuseUnless(text.length <= DATA_MAX, "too large");
  const data = await parseForm(text, inData, VALUES_MAX, breathe);
  refuseUnless(hasMembers(data, "aldis,manifest,charters,cards,ends,logs,bodies,attachments,answers"), "members");
  refuseUnless(data.aldis === 1 && isText(data.manifest) && isTexts(data.charters) && isTexts(data.cards) &&
    isTexts(data.ends), "types");
  refuseUnless(Array.isArray(data.logs) && data.logs.every((log) => hasMembers(log, "origin,checkpoint,entries") &&
    isText(log.origin) && isText(log.checkpoint) && isTexts(log.entries)), "logs");
  refuseUnless(Array.isArray(data.bodies) && data.bodies.every((list) => Array.isArray(list) &&
    list.every((body) => body === null || isText(body))), "bodies");
  refuseUnless(isObject(data.attachments) && Object.keys(data.attachments).every(isHash) &&
    Object.values(data.attachments).every(isText), "attachments");
  refuseUnless(Array.isArray(data.answers) && data.answers.every((answer) => hasMembers(answer, "desk,entry,body,proof") &&
    Object.values(answer).every(isText)), "answers");
  return data;
}

const AMENDMENT_PARTS_MAX = 4096;
const ENTRIES_MAX = 500000;

function modesOf(log) {
  let modes = "", last = "", read = 0;
  refuseUnless(isText(log.modes), "modes");
  for (const [run, count, mode] of log.modes.matchAll(/([1-9]\d{0,5})([few])/gy)) {
    refuseUnless(mode !== last && modes.length + Number(count) <= log.size, "modes");
    modes += mode.repeat(Number(count));
    last = mode;
    read += run.length;
  }
  refuseUnless(read === log.modes.length, "modes");
  refuseUnless(modes.length === log.size && !/[fe]/.test(modes.slice(0, log.first)), "modes");
  return modes;
}

async function readManifest(text, breathe) {
  const lines = text.split("\n");
  refuseUnless(lines.length === 3 && lines[0] === "aldis.release/1" && lines[2] === "", "type");
  refuseUnless(utf8.encode(text).length <= MANIFEST_MAX, "too large");
  const manifest = await parseForm(lines[1], inManifest, MANIFEST_VALUES_MAX, breathe);
  refuseUnless(hasMembers(manifest, "aldis,channel,charter,rule,title,cover,made,by,logs,attachments"), "members");
  refuseUnless(manifest.aldis === 1 && isHash(manifest.channel) && isHash(manifest.charter), "ids");
  refuseUnless(["joint", "originator", "confidential"].includes(manifest.rule) && isTextUpTo(200)(manifest.title) &&
    isTime(manifest.made) && isDesk(manifest.by), "head");
  refuseUnless(["", "en", "id", "en,id"].some((names) => hasMembers(manifest.cover, names)) &&
    Object.values(manifest.cover).every(isTextUpTo(20000)), "cover");
  let entries = 0;
  const newest = new Map(); // of each desk: the log that is there
  refuseUnless(Array.isArray(manifest.logs) && manifest.logs.length > 0 && manifest.logs.length <= 200, "logs");
  for (const log of manifest.logs) {
    refuseUnless(hasMembers(log, "origin,size,root,first,modes") && isText(log.origin) && isSize(log.size) &&
      isSize(log.first) && log.first <= log.size && isRoot(log.root), "log");
    Object.assign(log, originOf(log.origin));
    refuseUnless(log.generation > (newest.get(log.desk) ?? 0), "a log twice, or before one that it follows");
    newest.set(log.desk, log.generation);
    entries += log.size;
    refuseUnless(entries <= ENTRIES_MAX, "too many");
    log.shown = modesOf(log);
  }
  refuseUnless(isTexts(manifest.attachments) && manifest.attachments.every((id, i, all) => isHash(id) &&
    (i === 0 || all[i - 1] < id)), "attachments");
  return manifest;
}

async function readCharters(data, channel, tell) {
  refuseUnless(data.charters.length > 0, "no charter");
  for (const text of data.charters) {
    const charter = await charterOf(text, channel.papers);
    await checkFollows(channel.charters.at(-1), charter);
    for (const card of charter.members) {
      if (!channel.members.has(card.name))
        channel.members.set(card.name, { name: card.name, since: channel.charters.length, inCharters: [], cards: [] });
      const { inCharters } = channel.members.get(card.name);
      if (inCharters.at(-1) !== card) inCharters.push(card);
    }
    channel.charters.push(charter);
    refuseUnless(channel.members.size <= 200 && channel.charters.length <= 1000, "too many");
    await tell(1);
  }
}

async function readCards(data, channel, tell) {
  const cards = new Map(Array.from(channel.members.keys(), (name) => [name, []]));
  let count = 0;
  for (const text of data.cards) {
    const card = await step("card-signature", () => cardOf(text, channel.papers));
    await step("foreign-key", async () => {
      refuseUnless(cards.has(card.name) && count++ < 10000, "foreign");
      for (const known of channel.members.get(card.name).inCharters) refuseUnless(canBoth(known, card), "another root or keys");
      cards.get(card.name).push(card);
    });
    await tell(1);
  }
  await step("foreign-key", async () => {
    for (const member of channel.members.values()) collectCards(member, cards.get(member.name));
  });
}

async function readChannel(data, manifest, progress) {
  let done = 0;
  const tell = (n) => progress((done += n), data.charters.length + data.cards.length, "papers");
  const channel = { charters: [], members: new Map(), papers: newPapers() };
  await step("charter-signature", () => readCharters(data, channel, tell));
  await step("charter-other", async () => {
    const last = channel.charters.at(-1);
    refuseUnless(channel.charters[0].digest === manifest.channel, "another channel");
    refuseUnless(last.digest === manifest.charter && last.json.release === manifest.rule &&
      last.json.title === manifest.title, "another charter");
    refuseUnless(channel.members.has(manifest.by), "no member");
  });
  await readCards(data, channel, tell);
  channel.witnesses = new Map(); // by label, in their order; of two with one label the first
  for (const key of channel.charters.flatMap((charter) => charter.witnesses))
    if (!channel.witnesses.has(key.label)) channel.witnesses.set(key.label, { ...key, place: channel.witnesses.size });
  return channel;
}

// Cards of one desk: with one root, and under one serial with one key for the log and one for the mirror.
const canBoth = (a, b) => a.hex.root === b.hex.root &&
  (a.serial !== b.serial || (a.hex.log === b.hex.log && a.hex.mirror === b.hex.mirror));

// Those given by themselves, then those of charters, each of which must go with the newest before. Kept: the newest first.
function collectCards(member, cards) {
  let newest;
  for (const card of [...cards, ...member.inCharters]) {
    if (member.cards.length >= cards.length) refuseUnless(newest === undefined || canBoth(card, newest), "another root or keys");
    if (newest === undefined || card.serial > newest.serial) newest = card;
    member.cards.push(card);
  }
  member.cards.sort((a, b) => b.serial - a.serial);
}

// A desk's keys for countersigning, of all its cards, each once; `desk` tells them from a witness's.
const mirrorKeys = (member) => (member.mirrors ??= mirrorsOf(member));

async function mirrorsOf({ name, cards }) {
  const keys = new Map(cards.map(({ keys: { mirror } }) => [hexOf(mirror), mirror]));
  return Promise.all(Array.from(keys.values(), async (bytes) => ({ ...(await keyOf(`${name}/mirror`, COSIGNER, bytes)), desk: name })));
}

// Its keys for this log, likewise.
function logKeys(member, origin) {
  member.logs ??= new Map();
  if (!member.logs.has(origin)) {
    const keys = new Map(member.cards.map((card) => [card.hex.log, card.keys.log]));
    member.logs.set(origin, Promise.all(Array.from(keys.values(), (bytes) => keyOf(origin, ED25519, bytes))));
  }
  return member.logs.get(origin);
}

const CHECKPOINT = /^([^\n]*)\n(0|[1-9]\d*)\n([^\n]*)\n$/;
const SIZE_MAX = 2n ** 63n - 1n;

// The checkpoint that the log's key has signed in this note.
async function signedBy(note, member, origin) {
  const key = (await logKeys(member, origin)).find((one) => lineOf(note, one) !== undefined);
  refuseUnless(key !== undefined, "the log has not signed");
  refuseUnless(await isSignedBy(note, key), "the log's line does not verify");
  const [, named, size, root] = CHECKPOINT.exec(note.text) ?? [];
  refuseUnless(named === origin && BigInt(size) <= SIZE_MAX && isRoot(root), "no checkpoint of this log");
  return { size: BigInt(size), root };
}

// Whose lines stand in the note, of members and witnesses, in their order.
async function cosignersOf(note, channel, member) {
  const keys = [];
  for (const other of channel.members.values())
    if (other !== member) keys.push((await mirrorKeys(other)).find((key) => lineOf(note, key) !== undefined));
  const witnesses = Array.from(note.byLabel.keys(), (label) => channel.witnesses.get(label))
    .filter((key) => key?.type === COSIGNER).sort((a, b) => a.place - b.place);
  return [...keys.filter((key) => key !== undefined), ...witnesses];
}

// The log's line, those of mirrors and witnesses, and no other. codes: for each of the three.
async function readCheckpoint(text, channel, member, origin, codes) {
  const { note, size, root } = await step(codes[0], async () => {
    const read = noteOf(text);
    weigh(channel.papers.weight, read);
    return { note: read, ...(await signedBy(read, member, origin)) };
  });
  const cosigned = await step(codes[1], async () => {
    const keys = await cosignersOf(note, channel, member);
    const times = await Promise.all(keys.map((key) => cosignedAt(note, key)));
    times.forEach((time, i) => refuseUnless(time > 0, `the line of ${keys[i].name} does not verify`));
    return keys.map((key, i) => ({ name: key.name, desk: key.desk, time: times[i] }));
  });
  await step(codes[2], async () => refuseUnless(note.lines.length === 1 + cosigned.length, "a foreign line"));
  return { size, root, cosigned };
}

// A blob and its hash; null when it is no base64.
async function blobOf(text) {
  try {
    const bytes = bytesOf(text);
    return { bytes, hash: hexOf(await sha256(bytes)) };
  } catch {
    return null;
  }
}

const SALT_LEN = 16;

// What is in the blob behind its salt, as bytes.
function contentOf(blob, ref, place, code = "body-differs") {
  if (blob === null || blob.bytes.length !== ref.size + SALT_LEN || blob.hash !== ref.blob)
    throw new Fault(code, "another hash or size", place);
  return blob.bytes.subarray(SALT_LEN);
}

async function readLog(part, bodies, log, channel, manifest, progress) {
  const member = channel.members.get(log.desk);
  const { ends } = channel;
  await step("log-other", async () => refuseUnless(part.origin === log.origin && member !== undefined &&
    log.channel === manifest.channel && isFollowing(ends, log), "another log"));
  log.from = startOf(ends, log);
  const codes = ["checkpoint-signature", "cosignature", "foreign-line"];
  const checkpoint = await readCheckpoint(part.checkpoint, channel, member, log.origin, codes);
  await step("checkpoint-other", async () =>
    refuseUnless(checkpoint.size === BigInt(log.size) && checkpoint.root === log.root, "another tree"));
  await step("end-differs", async () => {
    checkWithin(ends, log, checkpoint);
    checkWhole(ends, log, manifest.logs);
  });
  // With the byte in front that makes an entry a leaf.
  const raw = await step("modes", async () => {
    refuseUnless(part.entries.length === log.size, "not as many entries");
    const all = [];
    for (const text of part.entries) {
      const bytes = bytesOf(text, 1);
      refuseUnless(bytes.length <= 1 + ENVELOPE_MAX && (log.shown[all.length] !== "w" || bytes.length === 1 + 32), "no hash, or too large");
      if (all.push(bytes) % SOON === 0) await progress(0);
    }
    return all;
  });
  const tree = await step("root-differs", async () => {
    const isHashed = (i) => log.shown[i] === "w";
    const levels = await treeOf(await inBatches(raw.length,
      (i) => (isHashed(i) ? raw[i].subarray(1) : sha256(raw[i])), progress), () => progress(0));
    refuseUnless(same(await rootAt(levels, raw.length), bytesOf(log.root)), "another root");
    return levels;
  });
  const entries = await readEntries(raw, bodies, log, endAt(ends, { ...log, generation: log.generation - 1 }), progress);
  return { ...log, member, tree, cosigned: checkpoint.cosigned, entries };
}

// before: the end of the log before.
async function readEntries(raw, bodies, log, before, progress) {
  await step("body-missing", async () => refuseUnless(bodies !== undefined, "no bodies"));
  const blobs = await inBatches(bodies.length, (i) => (bodies[i] === null ? null : blobOf(bodies[i])),
    () => progress(0));
  const entries = [];
  let at = 0;
  for (let i = 0; i < raw.length; i++) {
    if (i % SOON === 0) await progress(0);
    const mode = log.shown[i];
    const index = log.from + i;
    const entry = { id: `${log.desk}#${index}`, desk: log.desk, index, isFirst: i === 0, mode };
    entries.push(entry);
    if (mode === "w") continue;
    try {
      entry.envelope = envelopeOf(raw[i].subarray(1));
    } catch (error) {
      if (mode === "f") throw new Fault("entry-form", error.message, entry.id);
    }
    if (mode !== "f") continue;
    const { body } = entry.envelope;
    if (at === bodies.length || (bodies[at] === null) !== (body === undefined))
      throw new Fault("body-missing", "no body, or one too many", entry.id);
    if (body !== undefined) entry.content = contentOf(blobs[at], body, entry.id);
    if (entry.isFirst && before !== undefined) await step("open-other", async () => checkOpen(entry, before), entry.id);
    at++;
  }
  await step("body-missing", async () => refuseUnless(at === bodies.length, "too many bodies"));
  return entries;
}

async function readAttachments(data, manifest, logs, progress) {
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
    await step("attachment-differs", async () => {
      const blob = bytesOf(data.attachments[ids[i]]);
      refuseUnless(blob.length <= ATTACHMENT_MAX && hexOf(await sha256(blob)) === ids[i], "another hash");
    });
    await progress(0);
  }
}

const PROOF = /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n/;

async function readAnswer(answer, before, channel, manifest, digest) {
  const member = channel.members.get(answer.desk);
  const found = { desk: answer.desk };
  const entry = await step("answer-form", async () => {
    refuseUnless(member !== undefined && answer.desk > before, "no member, or out of order");
    const bytes = bytesOf(answer.entry);
    refuseUnless(bytes.length <= ENVELOPE_MAX, "too large");
    return bytes;
  });
  await step("answer-signature", async () => {
    const proof = PROOF.exec(answer.proof);
    refuseUnless(proof !== null && proof[2].length <= 63 * 45 && BigInt(proof[1]) <= SIZE_MAX, "no proof");
    const code = "answer-signature";
    const note = answer.proof.slice(proof[0].length);
    const [origin] = note.split("\n", 1);
    const log = originOf(origin);
    refuseUnless(log.desk === answer.desk && log.channel === manifest.channel && isFollowing(channel.ends, log), "another log");
    const checkpoint = await readCheckpoint(note, channel, member, origin, [code, code, code]);
    checkWithin(channel.ends, log, checkpoint);
    const steps = proof[2].split("\n").filter((line) => line !== "").map((line) => bytesOf(line));
    refuseUnless(await isIncluded(steps, BigInt(proof[1]), checkpoint.size, await leafHash(entry),
      bytesOf(checkpoint.root)), "not in the log");
  });
  await step("answer-kind", async () => {
    found.envelope = envelopeOf(entry);
    const { kind } = found.envelope;
    found.consents = kind === "release.consent" || (kind === "release.request" && answer.desk === manifest.by);
    refuseUnless((found.consents || kind === "release.refuse") && found.envelope.body !== undefined, "no answer");
  });
  const body = await step("answer-body", async () => {
    const json = parseStrict(fromUtf8.decode(contentOf(await blobOf(answer.body), found.envelope.body,
      answer.desk, "answer-body")));
    refuseUnless(isObject(json) && isHash(json.manifest), "no manifest");
    return json;
  });
  await step("consent-other-manifest", async () => refuseUnless(body.manifest === digest, "another manifest"));
  return found;
}

// The digest of the charter to which the body of a `charter.amend` moves a log that this charter governs.
function nextBy(content, charter) {
  try {
    const body = parseStrict(fromUtf8.decode(content));
    const names = isObject(body) ? Object.keys(body).sort().join() : "";
    const isWhole = names === "charter,parts,previous,signatures" && isHash(body.charter) && isText(body.signatures) &&
      isList(AMENDMENT_PARTS_MAX, () => true)(body.parts);
    return isWhole && body.previous === charter.digest ? body.charter : undefined;
  } catch {
    return undefined;
  }
}

// Which charters may govern a shown entry: from the one reached to the last, when not all before is known. A successor
// goes on where the log before it ended; of one that is not here all is withheld.
async function governing(channel, logs, progress) {
  const governs = new Set(), left = new Set();
  const stands = new Map(); // of each desk: where its logs stand, one behind the other
  let isWhole = true; // no shown entry follows a charter that is not here
  const ranges = new Map(); // entries share them, which may be as many as there are entries
  const rangeOf = (at, isOpen) => {
    const key = 2 * at + isOpen;
    if (!ranges.has(key)) ranges.set(key, { charters: channel.charters.slice(at, isOpen ? undefined : at + 1), governs: false });
    return ranges.get(key);
  };
  for (const log of logs) {
    const stand = stands.get(log.desk) ?? { at: log.member.since, isOpen: false, next: 0 };
    stands.set(log.desk, stand);
    if (log.from !== stand.next) stand.isOpen = true;
    stand.next = log.from + log.size;
    for (const entry of log.entries) {
      if (entry.index % SOON === 0) await progress(0);
      if (entry.mode === "w") {
        stand.isOpen = true;
        continue;
      }
      if (entry.envelope?.kind === "charter.amend") {
        const next = entry.content?.length ? nextBy(entry.content, channel.charters[stand.at]) : undefined;
        if (!entry.content?.length) stand.isOpen = true;
        else if (next !== undefined && next === channel.charters[stand.at + 1]?.digest) stand.at++;
        else if (next !== undefined) isWhole = false;
      }
      if (entry.envelope?.kind === "leave") left.add(log.desk);
      const range = rangeOf(stand.at, stand.isOpen);
      entry.charters = range.charters;
      if (range.governs || (entry.mode !== "f" && entry.envelope?.kind === "leave")) continue;
      range.governs = true;
      for (const charter of range.charters) governs.add(charter);
    }
    log.endedUnder = stand.at;
  }
  if (governs.size === 0) governs.add(channel.charters.at(-1));
  return { governs, left, isWhole };
}

// What it is by who consented.
function gradeOf(channel, logs, manifest, answers, { governs, left, isWhole }) {
  const rules = new Set([manifest.rule, ...Array.from(governs, (charter) => charter.json.release)]);
  const consents = new Set(answers.filter((a) => a.consents).map((a) => a.desk));
  const asked = new Set(Array.from(governs).flatMap((charter) => charter.members.map((card) => card.name)));
  const last = Math.max(...Array.from(governs, (charter) => channel.charters.indexOf(charter)));
  for (const desk of channel.charters.slice(0, last + 1).flatMap((charter) => charter.leavers))
    if (!left.has(desk)) asked.add(desk); // those who signed said that it had left; perhaps it had not
  const authors = logs.filter((log) => /[fe]/.test(log.shown)).map((log) => log.desk);
  if (!isWhole || rules.has("confidential")) return { grade: "one-sided", asked };
  if (Array.from(asked).every((desk) => consents.has(desk))) return { grade: "joint", asked };
  const byOriginator = !rules.has("joint") && authors.every((desk) => consents.has(desk)); // `by` alone is nobody's word
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

// progress(done, total, what) is told of entries, or what else is counted, and awaited.
async function check(text, progress) {
  const breathe = () => progress(0, 1);
  const data = await step("data-form", () => readData(text, breathe));
  const manifest = await step("manifest-form", () => readManifest(data.manifest, breathe));
  const digest = hexOf(await sha256(utf8.encode(data.manifest)));
  const channel = await readChannel(data, manifest, progress);
  channel.ends = await step("log-end", () => readEnds(data.ends, channel, manifest));
  const total = manifest.logs.reduce((n, log) => n + log.size, 0);
  const logs = [], answers = [];
  let done = 0;
  const count = (n) => progress((done += n), total);
  await step("log-other", async () => refuseUnless(data.logs.length === manifest.logs.length, "not as many logs"));
  for (let i = 0; i < data.logs.length; i++)
    logs.push(await readLog(data.logs[i], data.bodies[i], manifest.logs[i], channel, manifest, count));
  await step("body-missing", async () => refuseUnless(data.bodies.length === data.logs.length, "bodies of no log"));
  const governed = await governing(channel, logs, count);
  await step("end-unsigned", async () => checkSigned(channel, logs, governed.left));
  await readAttachments(data, manifest, logs, count);
  for (const answer of data.answers) {
    answers.push(await readAnswer(answer, answers.at(-1)?.desk ?? "", channel, manifest, digest));
    await progress(answers.length, data.answers.length, "answers");
  }
  const desks = [];
  for (const member of channel.members.values())
    desks.push({ name: member.name, digits: await digitsOf(member.cards[0]) });
  return { manifest, digest, channel, logs, answers, desks, attachments: data.attachments,
    ...gradeOf(channel, logs, manifest, answers, governed) };
}
