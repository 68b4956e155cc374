#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The forms that the page of a release reads itself: JSON by the texts that the strict scanner is held to, base64,
// times, entries. TAP.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const text = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const scripts = ['json', 'envelope', 'check'].map((name) => text(`src/release/page/${name}.js`)).join('');
const { parseStrict, fromUtf8, bytesOf, isTime, envelopeOf } = new Function(`"use strict";${scripts}; return { parseStrict, fromUtf8, bytesOf, isTime, envelopeOf };`)();

let count = 0;
function ok(good, what) {
  count++;
  if (!good) process.exitCode = 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${what}`);
}

function takes(run) {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

/** Lines with %XX for a byte; of those that are refused the reason stands in front. */
function vectors(name) {
  const lines = text(`test/vectors/json/${name}.txt`).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => (name === 'refuse' ? line.slice(line.indexOf('|') + 1) : line)).map((line) =>
    Buffer.concat(line.split(/(%[0-9A-F]{2})/).map((part) => (/^%..$/.test(part) ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part)))));
}

for (const [name, wanted] of [['accept', true], ['refuse', false]]) {
  const wrong = vectors(name).filter((bytes) => takes(() => parseStrict(fromUtf8.decode(bytes))) !== wanted);
  ok(wrong.length === 0, `${vectors(name).length} JSON texts to ${name} ${wrong[0] ?? ''}`.trim());
}

const bent = ['A', 'AA', 'AAA', 'AA=', 'AAA==', '====', '=', 'AAAA=', 'AB==', 'AAB=', 'AA AA', 'AAAA\n', 'AAAAAAA ', ' AAAAAAA', 'A===', 'AA=A', '==AA', 'AAAA====',
  'AA==AA==', 'AA-_', 'AAAAA A='];
ok(bent.every((one) => !takes(() => bytesOf(one))), 'base64 that is not canonical is refused');
const samples = Array.from({ length: 100 }, (_, length) => Buffer.from(Array.from({ length }, (_, i) => (i * 37 + length) & 255)));
ok(samples.every((bytes) => Buffer.compare(bytesOf(bytes.toString('base64'), 2).subarray(2), bytes) === 0), 'what is gives its bytes');

ok(['1970-01-01T00:00:00Z', '2024-02-29T23:59:59Z', '9999-12-31T23:59:59Z'].every(isTime), 'times');
ok(!['1969-12-31T23:59:59Z', '2023-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z', '2026-01-01T00:00:00.0Z', '2026-1-1T00:00:00Z',
  '2026-01-01t00:00:00z', ['2026-01-01T00:00:00Z'], null].some(isTime), 'and what is none');

const HASH = 'ab'.repeat(32);
const entry = { aldis: 1, kind: 'text', sent: '2026-11-20T23:49:00Z', salt: 'AAAAAAAAAAAAAAAAAAAAAA==' };
const isEntry = (value) => takes(() => envelopeOf(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))));
const full = { ...entry, to: ['south.example'], line: 'technical', re: 'south.example#12', tlp: 'AMBER', seen: { 'south.example': { size: 1, root: `${'A'.repeat(43)}=` } },
  body: { blob: HASH, size: 0 }, attachments: [{ blob: HASH, size: 8388592 }] };
ok(isEntry(entry) && isEntry(full) && isEntry(` ${JSON.stringify(full, null, 1)}\n`), 'entries, as desks and as others write them');
const bad = [{ ...full, more: 1 }, { ...full, aldis: 2 }, { ...full, kind: 'Text' }, { ...full, kind: ['text'] }, { ...full, to: [] }, { ...full, to: ['a.example', 'a.example'] }, { ...full, line: '' },
  { ...full, sent: '2026-11-20' }, { ...full, salt: 'AAAAAAAAAAAAAAAAAAAAAB==' }, { ...full, re: 'south.example#01' }, { ...full, re: 'south.example#18446744073709551616' }, { ...full, tlp: 'WHITE' },
  { ...full, seen: {} }, { ...full, seen: { 'south.example': { size: 0, root: `${'A'.repeat(43)}=` } } }, { ...full, body: { blob: HASH, size: 262145 } }, { ...full, body: { blob: HASH } },
  { ...full, attachments: [] }, { ...full, attachments: [{ blob: HASH, size: 8388593 }] }, [], null, 'x', `${JSON.stringify(entry).slice(0, -1)},"kind":"ack"}`,
  `${JSON.stringify(entry).slice(0, -1)},"body":{"blob":"${HASH}","size":1.0}}`, `\ufeff${JSON.stringify(entry)}`, { ...entry, salt: undefined }, `${' '.repeat(65535)}${JSON.stringify(entry)}`];
const taken = bad.filter(isEntry);
ok(taken.length === 0, `${bad.length} that are none ${JSON.stringify(taken[0] ?? '')}`);

console.log(`1..${count}`);
