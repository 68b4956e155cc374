#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the page of a release makes of entries beyond their bytes: the joint order where entries are withheld or name each
// other in a circle, malformed entries, duties without receipts, proposals. TAP.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const text = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const scripts = ['json', 'envelope', 'note', 'papers', 'check', 'order', 'facts'].map((name) => text(`src/release/page/${name}.js`)).join('');
const { Facts } = new Function(`"use strict"; const KINDS = ${text('spec/kinds.json')}; ${scripts}; return { Facts };`)();

let count = 0;
function ok(good, what) {
  count++;
  if (!good) process.exitCode = 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${what}`);
}

const CHARTER = {
  members: [{ name: 'a.example' }, { name: 'b.example' }], lines: ['technical'], kinds: { allowed: ['cancel', 'query', 'answer', 'text', 'pledge.offer', 'pledge.accept', 'pledge.withdraw'] },
  duties: [{ on: 'query', owe: ['answer'], within: 'PT1H' }], limits: { skew: 'PT5S', body: 1000, attachment: 1000, attachments: 1 },
};

/** Entries a log: [kind, seconds, more of the envelope], or "w" for a withheld one, or "e" for what is no envelope. */
async function factsOf(a, b) {
  const log = (desk, rows) => {
    const entries = rows.map((row, index) => ({
      id: `${desk}#${index}`, desk, index, mode: row === 'w' ? 'w' : 'f', charters: row === 'w' ? undefined : [{ json: CHARTER }],
      envelope: typeof row === 'string' ? undefined : { kind: row[0], sent: new Date(1.8e12 + row[1] * 1000).toISOString().slice(0, 19) + 'Z', body: { size: 2 }, ...row[2] },
    }));
    return { desk, size: rows.length, entries, shown: rows.map((row) => (row === 'w' ? 'w' : 'f')).join(''), cosigned: [] };
  };
  const facts = new Facts({ logs: [log('a.example', a), log('b.example', b)], manifest: { made: '2027-02-01T00:00:00Z' } });
  await facts.reckon(async () => {});
  return facts;
}

const order = async (a, b) => (await factsOf(a, b)).order.map(({ id }) => id.replace('.example#', '')).join(' ');
const seen = (desk, size) => ({ seen: { [`${desk}.example`]: { size } } });

ok((await order([['open', 5], ['text', 9]], [['open', 6], ['text', 7]])) === 'a0 b0 b1 a1', 'by time');
ok((await order([['open', 50], ['text', 51]], [['open', 6], ['text', 7, seen('a', 2)]])) === 'b0 a0 a1 b1', 'behind what it names, whatever its clock says');
ok((await order([['open', 5], 'w', ['text', 9]], [['open', 6], ['text', 7]])) === 'a0 a1 b0 b1 a2', 'what is withheld stands behind the entry before it');
ok((await order([['open', 5], 'e', ['text', 9]], [['open', 6]])) === 'a0 a1 b0 a2', 'so does what is no message');
ok((await order([['open', 5], ['text', 9]], [['open', 6, seen('a', 7)], ['text', 7]])) === 'a0 b0 b1 a1', 'what is named beyond the release is passed over');
ok((await order([['open', 5], ['text', 6, seen('b', 2)]], [['open', 7], ['text', 8, seen('a', 2)]])) === 'a0 b0 a1 b1', 'a circle has no place and comes last');

const faults = async (...rows) => (await factsOf([['open', 0], ...rows], [['open', 0]])).order.filter(({ index, desk }) => index > 0 && desk === 'a.example').map(({ fault }) => fault).join();
ok((await faults(['text', 1], ['incident', 2], ['open', 3], ['answer', 4], ['text', 5, { to: ['a.example'] }], ['text', 6, { to: ['c.example'] }], ['text', 7, { line: 'political' }],
  ['text', 8, { body: undefined }], ['text', 9, { body: { size: 1001 } }], ['text', 10, { attachments: [{ size: 985 }] }], ['what', 11], ['leave', 12, { body: undefined }], ['text', 13]))
  === ',allowed,open,re,to,to,line,body,limits,limits,kind,,left', 'malformed entries, each for its reason');

const state = async (a, b) => (await factsOf([['open', 0], ...a], [['open', 0], ...b])).order.find(({ duties }) => duties)?.duties.map((duty) => duty.state).join();
const question = ['query', 1];
const answer = (more) => ['answer', 2, { re: 'a.example#1', ...more }];
ok((await state([question], [answer(seen('a', 2))])) === 'answered', 'an answer, of which nobody shows when it was given');
ok((await state([question], [answer(seen('a', 1))])) === 'waiting', 'is none when its author had not seen the question');
ok((await state([question], [['text', 1, seen('a', 2)], answer()])) === 'answered', 'which an earlier entry may show');
ok((await state([question], ['w', answer()])) === 'answered', 'and nobody can deny where one is withheld');
ok((await state([question], [answer({ re: 'a.example#0', ...seen('a', 2) })])) === 'waiting', 'an answer to something else');
ok((await state([question], ['w'])) === 'unknown', 'no answer is shown, and something is withheld');
ok((await state([question, ['cancel', 3, { re: 'a.example#1' }]], [])) === 'cancelled', 'a question that was taken back');
ok((await state([['query', 1, { to: ['c.example'] }]], [answer(seen('a', 2))])) === undefined, 'a malformed question asks nothing');

const said = async (...rows) => {
  const facts = await factsOf([['open', 0], ['pledge.offer', 1], ...rows.filter(([desk]) => desk === 'a').map(([, ...row]) => row)], [['open', 0, seen('a', 2)], ...rows.filter(([desk]) => desk === 'b').map(([, ...row]) => row)]);
  const { desks, ended } = facts.proposal(facts.byId.get('a.example#1'));
  return desks.map((one) => one.said).join() + (ended ? ' ended' : '');
};
const re = { re: 'a.example#1' };
ok((await said()) === 'none' && (await said(['b', 'pledge.accept', 2, re])) === 'yes', 'a pledge, accepted');
ok((await said(['b', 'pledge.accept', 2, re], ['b', 'pledge.withdraw', 3, re])) === 'back', 'and taken back');
ok((await said(['b', 'pledge.accept', 2, re], ['a', 'pledge.withdraw', 3, re])) === 'yes ended', 'or withdrawn by who offered it');

console.log(`1..${count}`);
