// SPDX-License-Identifier: Apache-2.0
// Cards and charters (spec/charter.md): their forms and signatures. As strict as record/card.c and charter_decode.c, but
// that nobody asks here whether duties could be met.

const isInteger = (least, most) => (v) => Number.isSafeInteger(v) && v >= least && v <= most;
const isTextUpTo = (most) => (v) => isText(v) && v !== "" && utf8.encode(v).length <= most;
const isOneOf = (...words) => (v) => words.includes(v);
const areDifferent = (list) => new Set(list).size === list.length;
const isListOf = (least, most, is) => (v) => Array.isArray(v) && v.length >= least && v.length <= most && v.every(is);
const isSetOf = (least, most, is) => (v) => isListOf(least, most, is)(v) && areDifferent(v);

// An object with these members and no others; those whose names end in "?" may be missing.
const isFormed = (forms) => (v) => isObject(v) &&
  Object.keys(v).every((name) => Object.hasOwn(forms, name) || Object.hasOwn(forms, name + "?")) &&
  Object.entries(forms).every(([form, is]) => {
    const name = form.replace("?", "");
    return Object.hasOwn(v, name) ? is(v[name]) : form !== name;
  });

const DURATION_MAX = 10 * 365 * 86400;
const secondsOf = (v) => {
  const found = isText(v) && v !== "PT" ? /^PT(?:(0|[1-9]\d*)H)?(?:(0|[1-9]\d*)M)?(?:(0|[1-9]\d*)S)?$/.exec(v) : null;
  return found === null ? NaN : Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0);
};
const isDuration = (least, most = DURATION_MAX) => (v) => secondsOf(v) >= least && secondsOf(v) <= most;

const isVersion = isOneOf(1);
const isLanguage = (v) => isText(v) && v.length <= 15 && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(v);
const areLanguages = isSetOf(1, 16, isLanguage);
const isCardUrl = (v) => isText(v) && v.length <= 300 && /^https:\/\/[!-.0-~][!-~]*$/.test(v) && !/["<>\\^`{|}#]/.test(v);

const isCard = isFormed({
  aldis: isVersion,
  name: isDesk,
  serial: isInteger(1, 2 ** 32 - 1),
  date: isTime,
  languages: areLanguages,
  "urls?": isListOf(0, 8, isCardUrl),
  keys: isFormed({ root: isRoot, log: isRoot, mirror: isRoot, box: isRoot,
    link: isRoot, "link_next?": isRoot, "witness?": isRoot }),
});

const PAPER_MAX = 2 ** 19; // bytes

// What is read of a file's papers: each card once, for charters repeat those of the charters before; what verifying has
// come to; how many witnesses charters have named.
const newPapers = () => ({ cards: new Map(), weight: { lines: 0, bytes: 0 }, witnesses: 0 });
const WITNESSES_MAX = 2 ** 16;

function cardOf(text, papers) {
  if (!papers.cards.has(text)) papers.cards.set(text, readCard(text, papers));
  return papers.cards.get(text);
}

async function allSigned(note, keys) {
  const isSigned = await Promise.all(keys.map((key) => isSignedBy(note, key)));
  isSigned.forEach((good, i) => refuseUnless(good, `${keys[i].name} has not signed`));
}

// Under a card every key but box signs plainly, mirror and witness too.
async function readCard(text, papers) {
  const note = noteOf(text, PAPER_MAX);
  weigh(papers.weight, note);
  const json = rooted(note, "aldis.card/1");
  refuseUnless(isCard(json) && areDifferent(Object.values(json.keys)), "no card");
  const card = { name: json.name, serial: json.serial, keys: {}, hex: {} };
  for (const [role, key] of Object.entries(json.keys)) {
    card.keys[role] = bytesOf(key);
    card.hex[role] = hexOf(card.keys[role]);
  }
  const signing = Object.entries(card.keys).filter(([role]) => role !== "box");
  await allSigned(note, await Promise.all(signing.map(([role, bytes]) =>
    keyOf(`${card.name}/${role.replace("_", "-")}`, ED25519, bytes))));
  return card;
}

const rootKey = (card) => keyOf(`${card.name}/root`, ED25519, card.keys.root);

const isKind = (v) => KINDS.kinds.some((kind) => kind.name === v);
const isDuty = (v) => isFormed({ on: isKind, owe: isListOf(1, 8, isKind), within: isDuration(1) })(v) ||
  (isFormed({ every: isDuration(1), owe: isKind, grace: isDuration(0) })(v) && secondsOf(v.grace) <= secondsOf(v.every));

const isCharter = isFormed({
  aldis: isVersion,
  title: (v) => isTextUpTo(200)(v) && !/[\u0000-\u001f\u007f]/.test(v),
  date: isTime,
  nonce: isSalt,
  members: isListOf(2, 200, isFormed({ name: isDesk, root: isRoot, fingerprint: isText,
    "history?": isOneOf("all", "none"), card: isText })),
  kinds: isFormed({ digest: isOneOf(KINDS.digest), "allowed?": isSetOf(1, 200, isKind) }),
  lines: isSetOf(1, 8, isOneOf("technical", "operational", "political")),
  languages: areLanguages,
  duties: isListOf(0, 64, isDuty),
  limits: isFormed({ skew: isDuration(1, 86400), body: isInteger(1024, 262144), attachment: isInteger(0, 8388608),
    attachments: isInteger(0, 64), quota: isInteger(0, 2 ** 53) }),
  release: isOneOf("joint", "originator", "confidential"),
  "holding?": isFormed({ within: isDuration(1), times: isOneOf(1) }),
  "witnesses?": isText,
  "ask_witnesses?": isOneOf("hourly", "each"),
  "codebooks?": isSetOf(1, 64, isHash),
  "previous?": isHash,
  "keep?": isDuration(1),
  "proofs?": isOneOf("anyone", "witnesses", "members"),
  "approval?": (v) => v === "all" || isSetOf(1, 200, isKind)(v),
});

async function charterOf(text, papers) {
  const note = noteOf(text);
  weigh(papers.weight, note);
  refuseUnless(note.bytes.length <= PAPER_MAX, "too large");
  const json = rooted(note, "aldis.charter/1");
  refuseUnless(isCharter(json), "no charter");
  const charter = { note, json, digest: hexOf(await sha256(note.bytes)), members: [], witnesses: [],
    leavers: [] }; // whom it leaves out without their signature
  charter.members = await Promise.all(json.members.map(async (member) => {
    const card = await cardOf(member.card, papers);
    refuseUnless(card.name === member.name && card.hex.root === hexOf(bytesOf(member.root)) &&
      (await (card.digits ??= digitsOf(card))) === member.fingerprint, "another card than the charter says");
    return card;
  }));
  if (json.witnesses !== undefined) charter.witnesses = await witnessesOf(json.witnesses);
  papers.witnesses += charter.witnesses.length;
  refuseUnless(papers.witnesses <= WITNESSES_MAX, "too many witnesses");
  refuseUnless(areDifferent(charter.members.map((card) => card.name)) && areDifferent([
    ...charter.members.flatMap((card) => Object.values(card.hex)), ...charter.witnesses.map((key) => hexOf(key.bytes))]),
    "a member or a key twice");
  return charter;
}

// May this card stand where the older one stood?
function checkSucceeds(older, card) {
  const keys = (one) => Object.keys(one.hex).sort().map((role) => role + one.hex[role]).join();
  refuseUnless(older.hex.root === card.hex.root && card.serial >= older.serial &&
    (card.serial > older.serial || keys(card) === keys(older)), "another root, or an older card");
}

// Who is no longer a member is taken to have left, but a line of theirs that does not verify is no line.
async function checkFollows(before, charter) {
  refuseUnless(charter.json.previous === before?.digest, "does not follow");
  await allSigned(charter.note, await Promise.all(charter.members.map(rootKey)));
  const stays = new Map(charter.members.map((card) => [card.name, card]));
  const known = new Set((before?.members ?? []).map((card) => card.name));
  refuseUnless(charter.json.members.every((member) => member.history === undefined || (before && !known.has(member.name))),
    "a history of one who was here");
  const keys = new Set(charter.members.flatMap((card) => Object.values(card.hex)));
  for (const old of before?.members ?? []) {
    const card = stays.get(old.name);
    if (card !== undefined) {
      checkSucceeds(old, card);
      continue;
    }
    const key = await rootKey(old);
    if (lineOf(charter.note, key) === undefined) charter.leavers.push(old.name);
    else refuseUnless(await isSignedBy(charter.note, key), "a false line");
    refuseUnless(!Object.values(old.hex).some((hex) => keys.has(hex)), "a key of one who has gone");
  }
}
