// SPDX-License-Identifier: Apache-2.0
// The forms of spec/record.md that a page must tell apart: names, times, ids, and the entry itself.

const isText = (v) => typeof v === "string";
const isObject = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
const isSize = (v) => Number.isSafeInteger(v) && v >= 0;
const hasMembers = (v, names) => isObject(v) && Object.keys(v).join() === names;
const like = (form) => (v) => isText(v) && form.test(v);

const isHash = like(/^[0-9a-f]{64}$/);
const isDesk = like(/^(?=.{3,100}$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))*[a-z0-9]$/);
const isWord = (max) => (v) => isText(v) && v.length <= max && /^[a-z][a-z0-9.-]*$/.test(v);
const isSalt = like(/^[A-Za-z0-9+/]{21}[AQgw]==$/);
const isRoot = like(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);

function isTime(v) {
  const at = isText(v) && /^(19[7-9]|[2-9]\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(v) ? Date.parse(v) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) + "Z" === v;
}

function isMessageId(v) {
  const [desk, index, ...more] = isText(v) ? v.split("#") : [];
  return isDesk(desk) && /^(0|[1-9]\d{0,19})$/.test(index) && BigInt(index) < 2n ** 64n && more.length === 0;
}

const isBlob = (max) => (v) => isObject(v) && Object.keys(v).length === 2 && isHash(v.blob) && isSize(v.size) && v.size <= max;
const isList = (max, is) => (v) => Array.isArray(v) && v.length >= 1 && v.length <= max && v.every(is);

const ENVELOPE = {
  aldis: (v) => v === 1,
  kind: isWord(40),
  to: (v) => isList(200, isDesk)(v) && new Set(v).size === v.length,
  line: isWord(15),
  sent: isTime,
  salt: isSalt,
  re: isMessageId,
  tlp: (v) => ["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"].includes(v),
  seen: (v) => isObject(v) && isList(200, ([desk, tree]) => isDesk(desk) && isObject(tree) &&
    Object.keys(tree).length === 2 && isSize(tree.size) && tree.size > 0 && isRoot(tree.root))(Object.entries(v)),
  body: isBlob(262144),
  attachments: isList(64, isBlob(8388592)),
};
const ENVELOPE_MAX = 65535;

// Desks write an entry without blanks; only one that is not needs the slow way.
function envelopeOf(bytes) {
  const text = fromUtf8.decode(bytes);
  const envelope = JSON.parse(text);
  if (JSON.stringify(envelope) !== text) checkTokens(text);
  refuseUnless(bytes.length <= ENVELOPE_MAX && isObject(envelope), "no envelope");
  for (const name of ["aldis", "kind", "sent", "salt"]) refuseUnless(Object.hasOwn(envelope, name), `no ${name}`);
  for (const [name, value] of Object.entries(envelope))
    refuseUnless(Object.hasOwn(ENVELOPE, name) && ENVELOPE[name](value), `${name} has not its form`);
  return envelope;
}
