#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Holds the page's check of bodies (src/release/page/bodies.js) to that of the desks (record/kinds_body.c), over bodies
// made from the catalogue: as they should be, and with something odd in every place. TAP.
//
// usage: node release_bodies.mjs RELEASE-BODIES [SEED [COUNT]]
import { spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomOf } from './random.mjs';

globalThis.crypto ??= webcrypto;
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const text = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const scripts = ['bodies', 'body', 'check', 'envelope', 'facts', 'json', 'note', 'order', 'papers', 'words'].map((name) => text(`src/release/page/${name}.js`)).join('');
const { KINDS, hasRightBody, fieldsOf, choicesOf } = new Function('navigator', `"use strict"; const KINDS = ${text('spec/kinds.json')}; ${scripts};
  return { KINDS, hasRightBody, fieldsOf, choicesOf };`)({ language: 'en' });
const [program, seedText, countText] = process.argv.slice(2);
const seed = Number(seedText ?? Date.now() % 1000000);

const { random, one } = randomOf(seed);

// What each type may be written like, right or not.
const HASH = 'ab'.repeat(32);
const FORMS = {
  language: ['en', 'zh-Hans', 'e', 'en-', 'en-abcdefghi', 'abcdefghi', 'en_US', 'de-1996', '', 'en-abcdefgh-abcde', 'EN'],
  time: ['2026-11-20T23:49:00Z', '2026-11-20t23:49:00z', '2026-11-20T23:49:60Z', '2026-11-20T23:49:61Z', '2026-02-29T00:00:00Z', '2028-02-29T00:00:00Z',
    '2026-11-20T24:00:00Z', '2026-11-20T23:49:00', '2026-11-20T23:49:00.5Z', '2026-11-20T23:49:00.Z', '2026-11-20T23:49:00+07:00', '2026-11-20T23:49:00-23:59',
    '2026-11-20T23:49:00+24:00', '2026-11-20T23:49:00+0700', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-10:00', '1969-12-31T23:59:59Z', '2026-11-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-20 23:49:00Z', '1900-02-29T00:00:00Z'],
  hash: [HASH, HASH.toUpperCase(), HASH.slice(1), HASH + 'a', 'g' + HASH.slice(1), ''],
  desk: ['north.example', 'ab', 'abc', 'a..b', '-ab', 'ab-', 'A.b', 'a'.repeat(100), 'a'.repeat(101), 'a_b', 'abc\n'],
  message: ['north.example#12', 'north.example#0', 'north.example#01', 'north.example#18446744073709551615', 'north.example#18446744073709551616', 'north.example', '#1', 'north.example#1#2', 'north.example#-1'],
  country: ['ID', 'id', 'IDN', 'I', 'I1', 'ÄÖ'],
  address: ['192.0.2.1', '192.0.2.256', '192.0.2', '192.0.02.1', '2001:db8::1', '2001:DB8::1', '2001:db8:0:0:0:0:0:1', '2001:db8:0:1::1', '2001:db8::1:0:0:1', '2001:0db8::1', '::', '::1', '1::', '::1.2.3.4', '::ffff:1.2.3.4', '::ffff:102:304',
    '::102:304', '::0.0.1.2', '::1:2', '::ffff:0:0', '::ffff:0.0.0.0', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', '1:0:3:4:5:6:7:8', '1:2:3:4:5:6:7:8:9', '1:::2', 'fe80::1%eth0', '1::2::3', '0:0:0:0:0:0:0:0', '1:0:0:2:0:0:3:4', '1:0:0:2::3', '::2:0:0:3:4', 'x', ''],
  prefix: ['192.0.2.0/24', '192.0.2.1/24', '192.0.2.0/33', '192.0.2.0/024', '0.0.0.0/0', '2001:db8::/32', '2001:db8::1/128', '2001:db8::/129', '::/0', '192.0.2.0', '192.0.2.0/', '192.0.2.0/24/1', '2001:db8::1/64'],
  domain: ['mail.example.org', 'example', 'example.', '.example', 'a..b', 'Example.org', '-a.b', 'a-.b', 'a_b.c', '1.2.3.4', 'a.1', 'a.b1', `${'a'.repeat(63)}.b`, `${'a'.repeat(64)}.b`, `${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}ab`, 'münchen.de'],
  technique: ['T0023', 'T0023.001', 'T0023.01', 'T023', 't0023', 'T0023.', 'T00234'],
  duration: ['PT1H30M', 'PT0S', 'PT', 'P1D', 'PT1M1H', 'PT01H', 'PT87600H', 'PT87601H', 'PT1H1S', 'PT-1H', 'pt1h', 'PT315360000S', 'PT315360001S'],
  digest: [32, 40, 64, 96, 128, 31, 33, 0].map((n) => 'a'.repeat(n)).concat('A'.repeat(64), 'g'.repeat(32)),
};
const ODD = [null, true, 0, -1, 1, 2 ** 53 - 1, 'x', '', [], {}, ['x'], { x: 1 }, '\u{1f600}', 'é', 'x'.repeat(300), '\u00e9'.repeat(128), { toString: 1 }, 'constructor'];
const long = (n) => one(['x', 'é', '\u{1f600}', '<']).repeat(Math.max(0, Math.min(n, 3000)));

function valueOf(field, type = field.type) {
  if (random(60) === 0) return one(ODD);
  if (FORMS[type]) return random(3) > 0 ? FORMS[type][0] : one(FORMS[type]);
  const n = random(12) > 0 ? field.min + random(Math.min(3, field.max - field.min + 1)) : one([field.min - 1, field.max, field.max + 1, field.min]);
  if (type === 'text') return long(n);
  if (type === 'integer') return n;
  if (type === 'boolean') return random(2) === 0;
  if (type === 'choice') return random(20) > 0 ? one(choicesOf(field)).value : one(['x', 'toString', '']);
  if (type === 'base64') return random(12) > 0 ? Buffer.alloc(Math.max(0, Math.min(n, 3000)), 1).toString('base64') : one(['AA==', 'AB==', 'AAA', 'A A=', 'AA', '']);
  if (type === 'list') return Array.from({ length: Math.max(0, Math.min(n, 300)) }, () => valueOf(field.of));
  return objectOf(fieldsOf(field.fields));
}

function objectOf(fields) {
  const made = {};
  for (const field of fields) if (field.required ? random(40) > 0 : random(3) === 0) made[field.name] = valueOf(field);
  for (const { name, by } of fields) {
    const { form } = (by && choicesOf(fields.find((field) => field.name === by)).find(({ value }) => value === made[by])) ?? {};
    if (form && random(4) > 0) made[name] = valueOf({ min: 1, max: 1 }, form);
  }
  if (random(30) === 0) made[one(['more', '__proto__', 'constructor', ''])] = one(ODD);
  return made;
}

const bodies = Array.from({ length: Number(countText ?? 20000) }, () => {
  const kind = one(KINDS.kinds.filter((each) => each.fields?.length > 0));
  const json = JSON.stringify(random(200) > 0 ? objectOf(fieldsOf(kind.fields)) : one(ODD));
  return { kind: kind.name, content: Buffer.from(random(100) > 0 || json.length < 2 ? json : json.slice(0, -1)) };
});
// Each form in each of its writings, as an observable or a field of its own.
for (const [form, writings] of Object.entries(FORMS))
  for (const value of writings) {
    const observable = KINDS.choices.observable.find((choice) => choice.form === form)?.value;
    if (observable) bodies.push({ kind: 'query', content: Buffer.from(JSON.stringify({ language: 'en', question: 'x', observables: [{ type: observable, value }] })) });
    const kind = KINDS.kinds.find(({ fields }) => fieldsOf(fields ?? []).some((field) => field.type === form));
    if (!kind) continue;
    const fields = fieldsOf(kind.fields);
    const simple = (field) => ({ text: 'x'.repeat(field.min), choice: choicesOf(field)[0]?.value, boolean: true, integer: field.min, ...Object.fromEntries(Object.entries(FORMS).map(([name, [good]]) => [name, good])) })[field.type];
    const body = Object.fromEntries(fields.filter((field) => field.required).map((field) => [field.name, simple(field)]));
    bodies.push({ kind: kind.name, content: Buffer.from(JSON.stringify({ ...body, [fields.find((field) => field.type === form).name]: value })) });
  }

const input = bodies.map(({ kind, content }) => `${kind} ${content.toString('hex')}\n`).join('');
const theirs = spawnSync(program, { input, maxBuffer: 1 << 28, encoding: 'utf8' }).stdout.trim().split('\n').map((line) => line === '1');
const inPage = bodies.map(({ kind, content }) => hasRightBody({ envelope: { kind, body: { size: content.length } }, content: new Uint8Array(content) }));
const wrong = bodies.filter((_, i) => inPage[i] !== theirs[i]);
for (const { kind, content } of wrong.slice(0, 10)) console.log(`# ${kind} ${content.toString().slice(0, 300)}: ${inPage[bodies.findIndex((body) => body.content === content)]} in the page`);
const right = theirs.filter(Boolean).length;
console.log(`# seed ${seed}: ${right} right`);
console.log(`${wrong.length === 0 && theirs.length === bodies.length && right > bodies.length / 20 ? 'ok' : 'not ok'} 1 - ${bodies.length} bodies: the page and the desks say the same of each`);
if (wrong.length > 0 || theirs.length !== bodies.length) process.exitCode = 1;
console.log('1..1');
