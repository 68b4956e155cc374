// SPDX-License-Identifier: Apache-2.0
// Has a body the form that the catalogue gives its kind? As strict as record/kinds_body.c and form.c; both are held to the
// same bodies by test/release_bodies.mjs. What has another form asks nothing and answers nothing.

const BODY_VALUES_MAX = 2 ** 16; // names counted
const FORM_MAX = 255; // bytes of a text of a form

// Seconds since 1970, 0 to the end of 9999, of a time as in RFC 3339; undefined for anything else.
function instantOf(v) {
  if (!isText(v)) return undefined;
  const [, date, clock, second, sign, hours, minutes] =
    /^(\d{4}-\d\d-\d\d)[Tt]([01]\d:[0-5]\d|2[0-3]:[0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/.exec(v) ?? [];
  const day = date === undefined ? NaN : Date.parse(date + "T00:00:00Z");
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  const offset = sign === undefined ? 0 : Number(sign + "1") * (hours * 3600 + minutes * 60);
  const at = Date.parse(`${date}T${clock}:00Z`) / 1000 + Number(second) - offset;
  return date < "1970" ? 0 : Math.min(Math.max(at, 0), TIME_MAX);
}

// An address in its shortest form as bits, or undefined.
function bitsOf(v) {
  const four = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(v)?.slice(1).map(Number);
  if (four !== undefined) return four.every((n) => n < 256) ? four.map((n) => n.toString(2).padStart(8, "0")).join("") : undefined;
  const mapped = /^(::(?:ffff:)?)(\d+\.\d+\.\d+\.\d+)$/.exec(v); // an address of the older kind in one of the newer
  if (mapped !== null) {
    const behind = bitsOf(mapped[2]);
    const isShort = mapped[1] === "::" && behind?.startsWith("0".repeat(16)); // written without points then
    return behind === undefined || isShort ? undefined : (mapped[1] === "::" ? "0".repeat(96) : "0".repeat(80) + "1".repeat(16)) + behind;
  }
  if (!/^[0-9a-f:]{2,39}$/.test(v)) return undefined;
  const halves = v.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const zeros = 8 - halves.flat().length;
  if (halves.length > 2 || halves.flat().some((group) => !/^(0|[1-9a-f][0-9a-f]{0,3})$/.test(group))) return undefined;
  const groups = halves.length === 1 ? halves[0] : [...halves[0], ...Array(Math.max(zeros, 0)).fill("0"), ...halves[1]];
  if (groups.length !== 8 || (halves.length === 2 && zeros < 1) || shortest(groups) !== v) return undefined;
  return groups.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}

// The first of the longest runs of zeros, of two or more, is "::"; what holds an address of the older kind has points.
function shortest(groups) {
  const runs = groups.map((_, i) => groups.slice(i).findIndex((group) => group !== "0")).map((n, i) => (n < 0 ? 8 - i : n));
  const longest = Math.max(...runs);
  const at = runs.indexOf(longest);
  if (longest < 2) return groups.join(":");
  if (at === 0 && (longest === 6 || (longest === 5 && groups[5] === "ffff"))) return undefined;
  return groups.slice(0, at).join(":") + "::" + groups.slice(at + longest).join(":");
}

function isPrefix(v) {
  const [address, length, ...more] = v.split("/");
  const bits = bitsOf(address);
  return more.length === 0 && bits !== undefined && /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits.length &&
    !bits.slice(Number(length)).includes("1");
}

const isDomain = (v) => v.length <= 253 && v.includes(".") && !/^\d+$/.test(v.slice(v.lastIndexOf(".") + 1)) &&
  v.split(".").every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));

const isOfForm = {
  language: (v) => isLanguage(v),
  time: (v) => instantOf(v) !== undefined,
  hash: (v) => isHash(v),
  desk: (v) => isDesk(v),
  message: (v) => isMessageId(v),
  country: (v) => /^[A-Z]{2}$/.test(v),
  address: (v) => bitsOf(v) !== undefined,
  prefix: isPrefix,
  domain: isDomain,
  technique: (v) => /^T\d{4}(\.\d{3})?$/.test(v),
  duration: (v) => secondsOf(v) <= DURATION_MAX,
  digest: (v) => /^[0-9a-f]+$/.test(v) && [32, 40, 64, 96, 128].includes(v.length),
};

const isWithin = ({ min, max }, n) => n >= min && n <= max;

const isOfType = {
  text: (field, v) => isText(v) && isWithin(field, v.length - (v.match(/[\ud800-\udbff]/g)?.length ?? 0)),
  integer: (field, v) => Number.isInteger(v) && isWithin(field, v),
  boolean: (field, v) => typeof v === "boolean",
  choice: (field, v) => choicesOf(field).some(({ value }) => value === v),
  base64: (field, v) => isText(v) && isWithin(field, lengthOfBase64(v)),
  list: (field, v) => Array.isArray(v) && isWithin(field, v.length) && v.every((one) => isValue(field.of, one)),
  object: (field, v) => hasFields(fieldsOf(field.fields), v),
};

const choicesOf = ({ choices }) => (Array.isArray(choices) ? choices : KINDS.choices[choices] ?? []);

function lengthOfBase64(v) {
  try {
    return bytesOf(v).length;
  } catch {
    return NaN;
  }
}

function isValue(field, v, type = field.type) {
  const form = isOfForm[type];
  return form === undefined ? isOfType[type](field, v) : isText(v) && utf8.encode(v).length <= FORM_MAX && form(v);
}

function hasFields(fields, v) {
  return isObject(v) && Object.keys(v).every((name) => fields.some((field) => field.name === name)) &&
    fields.every((field) => (Object.hasOwn(v, field.name) ? isValue(field, v[field.name]) && hasFormBy(field, fields, v) : !field.required));
}

// The form that the choice beside it asks of a text.
function hasFormBy(field, fields, v) {
  if (field.by === undefined) return true;
  const choice = choicesOf(fields.find(({ name }) => name === field.by)).find(({ value }) => value === v[field.by]);
  return isValue(field, v[field.name], choice?.form ?? "text");
}

// Of an entry that is not malformed. A content that is not shown is taken to be right.
function hasRightBody(entry) {
  if (entry.content === undefined) return true;
  const kind = KIND.get(entry.envelope.kind);
  if (entry.content.length === 0) return kind.body !== "required";
  return (entry.isRight ??= isRightBody(kind, bodyOf(entry)));
}

const isRightBody = (kind, value) => value !== undefined && countValues(value) <= BODY_VALUES_MAX && hasFields(fieldsOf(kind.fields), value);
