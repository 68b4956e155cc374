#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the page of a release shows of entries that no desk writes: none hides others, none takes the page along. With a
// document that only keeps what is put in. TAP.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const text = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const NAMES = ['json', 'envelope', 'note', 'papers', 'ends', 'check', 'order', 'bodies', 'facts', 'words', 'body', 'message'];
const scripts = NAMES.map((name) => text(`src/release/page/${name}.js`)).join('');
const BOOK = 'ab'.repeat(32);

class Element {
  constructor() {
    this.children = [];
  }
  setAttribute() {}
  addEventListener() {}
  replaceChildren(...children) {
    this.children = children;
  }
  append(...children) {
    this.children.push(...children);
  }
  get text() {
    return this.children.map((child) => (child instanceof Element ? child.text : String(child))).join('');
  }
  get size() {
    return this.children.reduce((sum, child) => sum + (child instanceof Element ? child.size : 1), 1);
  }
}

let judged, compared; // what is found of a receipt, of what an entry had seen
const document = { createElement: () => new Element() };
const show = new Function('document', 'navigator', 'judged', 'compared', `"use strict"; const KINDS = ${text('spec/kinds.json')};
  const BOOKS = ${JSON.stringify({ [BOOK]: { signals: [{ number: 1, text: { en: 'Stop {what}.' } }] } })}; ${scripts};
  return (entry) => {
    facts = { checkReceipt: () => judged(entry), compareSeen: () => compared(), replies: new Map(), receipts: new Map(), byId: new Map(), logs: new Map(), proposal: () => undefined };
    return messageView(entry, 1, 1);
  };`)(document, { language: 'en' }, (entry) => Promise.resolve(judged).then((found) => (entry.judged = found)), () => Promise.resolve(compared));

let count = 0;
function ok(good, what) {
  count++;
  if (!good) process.exitCode = 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${what}`);
}

function view(kind, body) {
  const content = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  return show({ id: 'a.example#1', desk: 'a.example', index: 1, log: { cosigned: [] }, mode: 'f', content, envelope: { kind, sent: '2026-11-20T23:49:00Z', body: { size: content.length } } });
}

const signal = (codebook) => view('signal', { codebook, number: 1, parameters: [{ name: 'what', value: 'it' }] }).text;
ok(signal(BOOK).includes('Stop it.'), 'a signal');
const odd = ['constructor', '__proto__', 'toString', null, 7, ['x'], { toString: 1 }].filter((book) => !signal(book).includes('a.example') || signal(book).includes("can't show"));
ok(odd.length === 0, `signals of books that are none ${JSON.stringify(odd)}`);

const rows = Array.from({ length: 4000 }, (_, i) => Object.fromEntries(Array.from({ length: 8 }, (_, k) => [`c${i}_${k}`, 0])));
ok(view('incident', { observables: rows }).size < 400_000, 'values that each bring columns of their own are no table');
ok(view('incident', { observables: [{ type: 'ipv4', value: '192.0.2.1' }] }).text.includes('192.0.2.1'), 'others are');

const hugest = view('incident', `{"observables":[${'0,'.repeat(130_000)}0]}`);
ok(hugest.text.includes('a.example') && (hugest.size > 130_000 || hugest.text.includes("can't show")), 'a list that no browser takes leaves the entry standing');

const named = (inTerminal) => inTerminal.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex) => `U+${hex.toUpperCase().padStart(4, '0')}`);
const seen = JSON.parse(text('test/hidden_chars.json')).filter(([value, inTerminal]) => !view('text', { language: 'en', text: value }).text.includes(named(inTerminal)));
ok(seen.length === 0, `what can't be seen is named, as on a terminal ${JSON.stringify(seen)}`);

const receipt = { kind: 'receipt', of: 'a.example#0', from: 'b.example', checkpoint: 'x', line: 'x' };
for (const [found, ...says] of [
  [{ holds: true, size: 5, time: 1_800_000_000 }, 'b.example countersigned it at 2027-01-15 08:00:00 UTC', 'first 5 entries'],
  [{ holds: false, why: 'signature' }, 'nobody’s receipt', 'did not sign'],
  [{}, 'Can’t be judged', 'under a key'],
]) {
  judged = found;
  const shown = view('receipt', receipt);
  const before = shown.text;
  await new Promise(setImmediate);
  ok(before.includes('not checked yet') && says.every((text) => !before.includes(text) && shown.text.includes(text)) && !shown.text.includes('not checked yet'),
    `a receipt: ${says[0]}, and before that nothing but that it is not checked`);
}

for (const [others, says] of [[[], ''], [[{ desk: 'b.example', size: 7 }], 'another history of the log of b.example, at 7 entries']]) {
  compared = others;
  const shown = show({ id: 'a.example#1', desk: 'a.example', index: 1, log: { cosigned: [] }, mode: 'e', envelope: { kind: 'text', sent: '2026-11-20T23:49:00Z', seen: {} } });
  await new Promise(setImmediate);
  ok(!shown.text.includes('not compared') && shown.text.includes('history') === (says !== '') && shown.text.includes(says), `what it had seen: ${says || 'nothing is said'}`);
}

console.log(`1..${count}`);
