// SPDX-License-Identifier: Apache-2.0
// Short values of a fixed form, by the same rules as the desk's (src/record/form.h, codec/time_text.h). Pure.

const isIpv4 = (text: string) =>
  /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);

/** The eight groups of an IPv6 address in any of its forms. */
function readIpv6(text: string): number[] | undefined {
  const [head, tail, more] = text.split('::');
  if (head === undefined || more !== undefined) return undefined;
  const groups = (part: string): number[] | undefined => {
    if (part === '') return [];
    const found: number[] = [];
    const pieces = part.split(':');
    for (const [i, piece] of pieces.entries()) {
      if (piece.includes('.')) {
        if (i !== pieces.length - 1 || !isIpv4(piece)) return undefined;
        const [a = 0, b = 0, c = 0, d = 0] = piece.split('.').map(Number);
        found.push(a * 256 + b, c * 256 + d);
      } else if (/^[0-9a-f]{1,4}$/i.test(piece)) found.push(parseInt(piece, 16));
      else return undefined;
    }
    return found;
  };
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  if (!first || !last) return undefined;
  const zeros = 8 - first.length - last.length;
  if (tail === undefined ? zeros !== 0 : zeros < 1) return undefined;
  return [...first, ...(Array(zeros).fill(0) as number[]), ...last];
}

/** As the C library writes it: the longest run of zeros left out, the first of equals. */
function writeIpv6(groups: number[]): string {
  let best = { at: -1, len: 1 };
  for (let at = 0; at < 8; at++) {
    let len = 0;
    while (at + len < 8 && groups[at + len] === 0) len++;
    if (len > best.len) best = { at, len };
  }
  const high = groups[6] ?? 0;
  const low = groups[7] ?? 0;
  const isMapped = best.at === 0 && (best.len === 6 || (best.len === 5 && groups[5] === 0xffff));
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (isMapped) {
    const v4 = [high >> 8, high & 255, low >> 8, low & 255].join('.');
    return `::${best.len === 5 ? 'ffff:' : ''}${v4}`;
  }
  if (best.at < 0) return hex(groups);
  return `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.len))}`;
}

const bytesOf = (address: string): number[] | undefined => {
  if (isIpv4(address)) return address.split('.').map(Number);
  return readIpv6(address)?.flatMap((group) => [group >> 8, group & 255]);
};

/** The one way to write an address, or undefined. */
export function shortestAddress(text: string): string | undefined {
  if (isIpv4(text)) return text;
  const groups = readIpv6(text);
  return groups && writeIpv6(groups);
}

export const isAddress = (text: string) => shortestAddress(text) === text;

function isPrefix(text: string): boolean {
  const [address = '', length, more] = text.split('/');
  if (length === undefined || more !== undefined || !/^(0|[1-9]\d{0,2})$/.test(length) || !isAddress(address)) return false;
  const bytes = bytesOf(address) ?? [];
  const bits = Number(length);
  if (bits > bytes.length * 8) return false;
  return bytes.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - i * 8));
    return (byte & (0xff >> kept)) === 0;
  });
}

function isDomain(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) &&
    !/^\d+$/.test(labels[labels.length - 1] ?? '')
  );
}

const TEN_YEARS_S = 10 * 366 * 86400;

/** Seconds of "PT1H30M", or undefined. */
export function readDuration(text: string): number | undefined {
  const found = /^PT(?:(0|[1-9]\d*)H)?(?:(0|[1-9]\d*)M)?(?:(0|[1-9]\d*)S)?$/.exec(text);
  if (!found || text === 'PT') return undefined;
  const seconds = Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0);
  return seconds <= TEN_YEARS_S ? seconds : undefined;
}

export function writeDuration(seconds: number): string {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  if (seconds === 0) return 'PT0S';
  return `PT${h ? `${h}H` : ''}${m ? `${m}M` : ''}${s ? `${s}S` : ''}`;
}

const isDay = (year: number, month: number, day: number) =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Any RFC 3339 time. */
export function isTime(text: string): boolean {
  const found =
    /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(text)?.map(Number);
  if (!found) return false;
  const [, year = 0, month = 0, day = 0, h = 0, m = 0, s = 0, oh = 0, om = 0] = found.map((n) => (Number.isNaN(n) ? 0 : n));
  return isDay(year, month, day) && h <= 23 && m <= 59 && s <= 60 && oh <= 23 && om <= 59;
}

/** "2026-11-20T23:49:00Z", the form of a signal's times. */
const isUtcSecond = (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && isTime(text) && !/:60Z$/.test(text) && text >= '1970';

/**
 * What a person types as a time in UTC: "2026-11-20 23:49", "2026-11-20T23:49:00Z", "23:49" of today. Gives the one
 * form; undefined when it is none.
 */
export function readTime(typed: string, now: number): string | undefined {
  const text = typed.trim().replace(/\s+/g, ' ').replace(/ ?(utc|z)$/i, '');
  if (isTime(typed.trim()) && !/[Zz]$/.test(typed.trim())) return typed.trim(); // with an offset: as it stands
  const found = /^(?:(\d{4})-(\d{1,2})-(\d{1,2})[ tT])?(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (!found) return undefined;
  const today = new Date(now).toISOString().slice(0, 10).split('-');
  const two = (part: string | undefined) => (part ?? '0').padStart(2, '0');
  const day = found[1] === undefined ? today : [found[1], found[2], found[3]];
  const made = `${day[0]}-${two(day[1])}-${two(day[2])}T${two(found[4])}:${two(found[5])}:${two(found[6])}Z`;
  return isTime(made) ? made : undefined;
}

/** What a person types as a length of time: "PT1H30M", "1 h 30 min", "90 min", "1:30", "45 s", "2 d". */
export function readLength(typed: string): string | undefined {
  const text = typed.trim();
  if (readDuration(text.toUpperCase()) !== undefined) return text.toUpperCase();
  const clock = /^(\d+):([0-5]\d)$/.exec(text);
  if (clock) return writeDuration(Number(clock[1]) * 3600 + Number(clock[2]) * 60);
  const found = /^(?:(\d+) ?d)? ?(?:(\d+) ?h)? ?(?:(\d+) ?(?:min|m))? ?(?:(\d+) ?s)?$/i.exec(text);
  if (!found || text === '') return undefined;
  const [d, h, m, s] = found.slice(1).map((part) => Number(part ?? 0));
  const made = writeDuration((d ?? 0) * 86400 + (h ?? 0) * 3600 + (m ?? 0) * 60 + (s ?? 0));
  return readDuration(made) === undefined ? undefined : made;
}

export const isLanguage = (text: string) =>
  text.length >= 2 && text.length <= 15 && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(text);

export const isDeskName = (text: string) =>
  text.length >= 3 && text.length <= 100 && /^[a-z0-9]([a-z0-9-]|\.(?!\.))*[a-z0-9]$/.test(text);

export function isMessageId(text: string): boolean {
  const at = text.lastIndexOf('#');
  return at > 0 && isDeskName(text.slice(0, at)) && /^(0|[1-9]\d{0,15})$/.test(text.slice(at + 1));
}

/** Bytes of a base64 text in its one form, or undefined. */
export function base64Length(text: string): number | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    return btoa(atob(text)) === text ? atob(text).length : undefined;
  } catch {
    return undefined;
  }
}

/** Values whose form is fixed, by type of the catalogue. */
export const forms: { [type: string]: (text: string) => boolean } = {
  language: isLanguage,
  time: isTime,
  hash: (text) => /^[0-9a-f]{64}$/.test(text),
  desk: isDeskName,
  message: isMessageId,
  country: (text) => /^[A-Z]{2}$/.test(text),
  address: isAddress,
  prefix: isPrefix,
  domain: isDomain,
  technique: (text) => /^T\d{4}(\.\d{3})?$/.test(text),
  duration: (text) => readDuration(text) !== undefined,
  digest: (text) => [32, 40, 64, 96, 128].includes(text.length) && /^[0-9a-f]*$/.test(text),
};

/** Values of a signal's parameters, by type of the codebook; `sector` needs the book. */
export const parameterForms: { [type: string]: (text: string) => boolean } = {
  time: isUtcSecond,
  duration: (text) => (readDuration(text) ?? 0) > 0,
  count: (text) => /^(0|[1-9]\d{0,15})$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER,
  prefix: (text) => (text.includes('/') ? isPrefix(text) : isAddress(text)),
  domain: isDomain,
  hash: forms['digest'] ?? (() => false),
  country: (text) => /^[A-Z]{2}$/.test(text),
  language: isLanguage,
  message: isMessageId,
  reference: (text) => /^[A-Za-z0-9._:/#-]{1,100}$/.test(text),
};

/**
 * What was typed in the form that the type demands, where there is no doubt what is meant: spaces around it, capitals,
 * a longer way to write an address. Else as typed.
 */
export function tidy(type: string, typed: string, now: number): string {
  const text = typed.trim();
  switch (type) {
    case 'time':
      return readTime(text, now) ?? text;
    case 'duration':
      return readLength(text) ?? text;
    case 'country':
      return /^[a-z]{2}$/i.test(text) ? text.toUpperCase() : text;
    case 'domain':
      return text.toLowerCase().replace(/\.$/, '');
    case 'hash':
    case 'digest':
      return /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text;
    case 'address':
      return shortestAddress(text.toLowerCase()) ?? text;
    case 'prefix': {
      const [address = '', length] = text.split('/');
      const shortest = shortestAddress(address.toLowerCase());
      return shortest === undefined ? text : length === undefined ? shortest : `${shortest}/${length}`;
    }
    case 'technique':
      return /^t\d/i.test(text) ? text.toUpperCase() : text;
    case 'text':
      return typed;
    default:
      return text;
  }
}

/** Characters as the desk counts them. */
export const characters = (text: string) => [...text].length;
