// SPDX-License-Identifier: Apache-2.0
// Signed notes (C2SP signed-note, tlog-cosignature) and the keys that sign them, with WebCrypto. As strict as tlog/note.c.

const NOTE_MAX = 2 ** 20; // bytes
const LINES_MAX = 256;
const SIGNATURE_MAX = 8192;
const NAME_MAX = 255; // bytes
const NOTE_LINE = /^\u2014 ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/;
const IN_NO_NAME = /[\u0000- \u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000+]/;

const isKeyName = (v) => v !== "" && !IN_NO_NAME.test(v) && isWellFormed(v) && utf8.encode(v).length <= NAME_MAX;

function noteLineOf(line) {
  const found = NOTE_LINE.exec(line);
  refuseUnless(found !== null && isKeyName(found[1]), "no signature line");
  const bytes = bytesOf(found[2]);
  refuseUnless(bytes.length > 4 && bytes.length <= 4 + SIGNATURE_MAX, "no signature line");
  const id = hexOf(bytes.subarray(0, 4));
  return { name: found[1], id, label: `${found[1]} ${id}`, signature: bytes.subarray(4) };
}

function noteOf(text, most = NOTE_MAX) {
  const at = text.lastIndexOf("\n\n");
  refuseUnless(at >= 0 && text.endsWith("\n") && text.length > at + 2, "no note");
  refuseUnless(text.length <= most && utf8.encode(text).length <= most && !/[\u0000-\u0009\u000b-\u001f]/.test(text),
    "too large, or a control character");
  const lines = text.slice(at + 2, -1).split("\n");
  refuseUnless(lines.length <= LINES_MAX, "too many lines");
  const note = { text: text.slice(0, at + 1), lines: lines.map(noteLineOf), byLabel: new Map() };
  note.bytes = utf8.encode(note.text);
  for (const line of note.lines) if (!note.byLabel.has(line.label)) note.byLabel.set(line.label, line);
  return note;
}

// What verifying comes to: a signature for each line, over the text. Counted in before it is done.
const SIGNED_LINES_MAX = 2 ** 17;
const SIGNED_BYTES_MAX = 2 ** 33;

function weigh(weight, note) {
  weight.lines += note.lines.length;
  weight.bytes += note.lines.length * note.bytes.length;
  refuseUnless(weight.lines <= SIGNED_LINES_MAX && weight.bytes <= SIGNED_BYTES_MAX, "too much is signed");
}

// The one line of JSON behind the line that names its type.
function rooted(note, type) {
  const lines = note.text.split("\n");
  refuseUnless(lines.length === 3 && lines[0] === type && lines[2] === "", `no ${type}`);
  return parseStrict(lines[1]);
}

// Keys

const ED25519 = 1, COSIGNER = 4, COSIGNER_MLDSA = 6; // types

async function keyOf(name, type, bytes) {
  const hash = await sha256(joined(utf8.encode(name), Uint8Array.of(10, type), bytes));
  const id = hexOf(hash.subarray(0, 4));
  return { name, type, bytes, id, label: `${name} ${id}` };
}

// Points of small order, by their y: under such a key one signature is good for every text. Not every browser refuses
// them, nor a y that is not below the prime.
const PRIME = 2n ** 255n - 19n;
const OF_SMALL_ORDER = new Set([0n, 1n, PRIME - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7n]);

function isSound(point) {
  const y = BigInt("0x" + hexOf(Uint8Array.from(point).reverse())) % 2n ** 255n;
  return y < PRIME && !OF_SMALL_ORDER.has(y);
}

const IMPORTED_MAX = 4096; // at once
const imported = new Map();
async function isSigned(key, signature, message) {
  if (signature.length !== 64 || !isSound(key.bytes) || !isSound(signature.subarray(0, 32))) return false;
  const hex = hexOf(key.bytes);
  try {
    if (imported.size >= IMPORTED_MAX) imported.clear();
    if (!imported.has(hex)) imported.set(hex, crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]));
    return await crypto.subtle.verify({ name: "Ed25519" }, await imported.get(hex), signature, message);
  } catch (error) {
    if (error.name === "NotSupportedError") throw error;
    return false;
  }
}

const lineOf = (note, key) => note.byLabel.get(key.label);

async function isSignedBy(note, key) {
  const line = lineOf(note, key);
  return line !== undefined && (await isSigned(key, line.signature, note.bytes));
}

// The time of a cosignature in seconds, or 0.
async function cosignedAt(note, key) {
  const line = lineOf(note, key);
  if (line === undefined || line.signature.length !== 72) return 0;
  const time = new DataView(line.signature.buffer, line.signature.byteOffset).getBigUint64(0);
  const message = utf8.encode(`cosignature/v1\ntime ${time}\n${note.text}`);
  const isPossible = time > 0n && time < 2n ** 63n;
  return isPossible && (await isSigned(key, line.signature.subarray(8), message)) ? Number(time) : 0;
}

// Witnesses (C2SP tlog-policy)

const KEY_LENGTHS = { [COSIGNER]: 32, [COSIGNER_MLDSA]: 1312 };

async function cosignerOf(text) {
  const [name, id, ...rest] = text.split("+");
  const bytes = bytesOf(rest.join("+"));
  refuseUnless(isKeyName(name ?? "") && KEY_LENGTHS[bytes[0]] === bytes.length - 1, "no key of a witness");
  const key = await keyOf(name, bytes[0], bytes.subarray(1));
  refuseUnless(key.id === id, "another key id");
  return key;
}

const isPublicUrl = (v) => /^https?:\/\/[!-~]+$/.test(v) && !/^https?:\/\/\/|[?#@\\"]/.test(v) && v.length <= 300;

const POLICY = {
  async witness(policy, [name, key, url, ...more]) {
    refuseUnless(more.length === 0 && (url === undefined || isPublicUrl(url)), "no URL");
    define(policy, name, await cosignerOf(key ?? ""));
  },
  group(policy, [name, threshold, ...members]) {
    for (const member of members) {
      refuseUnless(policy.items.has(member) && !policy.grouped.has(member), "no member of a group");
      policy.grouped.add(member);
    }
    refuseUnless(members.length > 0 && (["any", "all"].includes(threshold) ||
      (/^[1-9]\d{0,3}$/.test(threshold) && Number(threshold) <= members.length)), "no threshold");
    define(policy, name, null);
  },
  quorum(policy, [name, ...more]) {
    refuseUnless(policy.quorum === undefined && more.length === 0 && (name === "none" || policy.items.has(name)), "no quorum");
    policy.quorum = name;
  },
};

function define(policy, name, key) {
  refuseUnless(name && name !== "none" && !policy.items.has(name) && policy.items.size < 1024, "no new name");
  policy.items.set(name, key);
}

// The keys of the witnesses that a charter's policy names.
async function witnessesOf(text) {
  const policy = { items: new Map(), grouped: new Set(), quorum: undefined };
  const lines = text.split("\n");
  refuseUnless(lines.pop() === "" && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) && utf8.encode(text).length <= NOTE_MAX,
    "no policy");
  for (const line of lines) {
    const [word, ...fields] = line.split(/[ \t]+/).filter((field) => field !== "");
    if (word === undefined || word.startsWith("#")) continue;
    refuseUnless(Object.hasOwn(POLICY, word), "an unknown word");
    await POLICY[word](policy, fields);
  }
  refuseUnless(policy.quorum !== undefined, "no quorum");
  return Array.from(policy.items.values()).filter((key) => key !== null);
}
