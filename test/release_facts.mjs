#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the page of a release makes of entries beyond their bytes: the joint order where entries are withheld or name each
// other in a circle, malformed entries, duties without receipts, proposals. TAP.
import { createHash, generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

globalThis.crypto ??= webcrypto;
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const text = (name) => readFileSync(path.join(ROOT, name), 'utf8');
const scripts = ['json', 'envelope', 'note', 'papers', 'ends', 'check', 'order', 'bodies', 'body', 'facts'].map((name) => text(`src/release/page/${name}.js`)).join('');
const { Facts, treeOf, rootAt } = new Function(`"use strict"; const KINDS = ${text('spec/kinds.json')}; ${scripts}; return { Facts, treeOf, rootAt };`)();

let count = 0;
function ok(good, what) {
  count++;
  if (!good) process.exitCode = 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${what}`);
}

const CHARTER = {
  members: [{ name: 'a.example' }, { name: 'b.example' }], lines: ['technical'], kinds: { allowed: ['cancel', 'query', 'answer', 'text', 'pledge.offer', 'pledge.accept', 'pledge.decline', 'pledge.withdraw'] },
  duties: [{ on: 'query', owe: ['answer'], within: 'PT1H' }], limits: { skew: 'PT5S', body: 1000, attachment: 1000, attachments: 1 },
};

/** Entries a log: [kind, seconds, more of the envelope], or "w" for a withheld one, or "e" for what is no envelope. ended: b's
 * log was, and next is what stands in its successor; undefined: that is not there. */
async function factsOf(a, b, ended = 0, next = undefined) {
  const log = (desk, rows, from = 0) => {
    const entries = rows.map((row, i) => ({
      id: `${desk}#${from + i}`, desk, index: from + i, isFirst: i === 0, mode: row === 'w' ? 'w' : 'f', charters: row === 'w' ? undefined : [{ json: CHARTER }],
      content: row[3] && new TextEncoder().encode(JSON.stringify(row[3])),
      envelope: typeof row === 'string' ? undefined : { kind: row[0], sent: new Date(1.8e12 + row[1] * 1000).toISOString().slice(0, 19) + 'Z', body: { size: 2 }, ...row[2] },
    }));
    return { desk, generation: from > 0 ? 2 : 1, from, size: rows.length, entries, shown: rows.map((row) => (row === 'w' ? 'w' : 'f')).join(''), cosigned: [] };
  };
  const logs = [log('a.example', a), ...(b ? [log('b.example', b)] : []), ...(next ? [log('b.example', next, ended)] : [])];
  const ends = ended > 0 ? [{ desk: 'b.example', generation: 1, size: ended }] : [];
  const facts = new Facts({ logs, channel: { ends }, manifest: { made: '2027-02-01T00:00:00Z' } });
  await facts.reckon(async () => {});
  return facts;
}

const order = async (...logs) => (await factsOf(...logs)).order.map(({ id }) => id.replace('.example#', '')).join(' ');
const seen = (desk, size) => ({ seen: { [`${desk}.example`]: { size } } });

ok((await order([['open', 5], ['text', 9]], [['open', 6], ['text', 7]])) === 'a0 b0 b1 a1', 'by time');
ok((await order([['open', 50], ['text', 51]], [['open', 6], ['text', 7, seen('a', 2)]])) === 'b0 a0 a1 b1', 'behind what it names, whatever its clock says');
ok((await order([['open', 5], 'w', ['text', 9]], [['open', 6], ['text', 7]])) === 'a0 a1 b0 b1 a2', 'what is withheld stands behind the entry before it');
ok((await order([['open', 5], 'e', ['text', 9]], [['open', 6]])) === 'a0 a1 b0 a2', 'so does what is no message');
ok((await order([['open', 5], ['text', 9]], [['open', 6, seen('a', 7)], ['text', 7]])) === 'a0 b0 b1 a1', 'what is named beyond the release is passed over');
ok((await order([['open', 5], ['text', 6, seen('b', 2)]], [['open', 7], ['text', 8, seen('a', 2)]])) === 'a0 b0 a1 b1', 'a circle has no place and comes last');

const two = [['open', 6], ['text', 70]];
ok((await order([['open', 5], ['text', 9]], two, 2, [['open', 1], ['text', 80]])) === 'a0 b0 a1 b1 b2 b3', 'a successor stands behind all of the log that ended');
ok((await order([['open', 5], ['text', 9, seen('b', 3)]], two, 2, [['open', 1], ['text', 80]])) === 'a0 b0 b1 b2 a1 b3', 'and is named by ids that go on');
ok((await order([['open', 5], ['text', 9, seen('b', 2)]], undefined, 2, [['open', 1], ['text', 80]])) === 'b2 a0 a1 b3', 'also when the log before is not there');
ok((await order([['open', 5], ['text', 9]], two, 2, ['w', ['text', 1, seen('b', 2)]])) === 'a0 b0 a1 b1 b2 b3', 'nothing of its own is named');

const faults = async (...rows) => (await factsOf([['open', 0], ...rows], [['open', 0]])).order.filter(({ index, desk }) => index > 0 && desk === 'a.example').map(({ fault }) => fault).join();
ok((await faults(['text', 1], ['incident', 2], ['open', 3], ['answer', 4], ['text', 5, { to: ['a.example'] }], ['text', 6, { to: ['c.example'] }], ['text', 7, { line: 'political' }],
  ['text', 8, { body: undefined }], ['text', 9, { body: { size: 1001 } }], ['text', 10, { attachments: [{ size: 985 }] }], ['what', 11], ['leave', 12, { body: undefined }], ['text', 13]))
  === ',allowed,open,re,to,to,line,body,limits,limits,kind,,left', 'malformed entries, each for its reason');

const state = async (a, b, ...next) => (await factsOf([['open', 0], ...a], [['open', 0], ...b], ...next)).order.find(({ duties }) => duties)?.duties.map((duty) => duty.state).join();
const question = ['query', 1];
const answer = (more) => ['answer', 2, { re: 'a.example#1', ...more }];
ok((await state([question], [answer(seen('a', 2))])) === 'answered', 'an answer, of which nobody shows when it was given');
ok((await state([question], [answer(seen('a', 1))])) === 'waiting', 'is none when its author had not seen the question');
ok((await state([question], [['text', 1, seen('a', 2)], answer()])) === 'answered', 'which an earlier entry may show');
ok((await state([question], ['w', answer()])) === 'answered', 'and nobody can deny where one is withheld');
ok((await state([question], [answer({ re: 'a.example#0', ...seen('a', 2) })])) === 'waiting', 'an answer to something else');
ok((await state([question], ['w'])) === 'unknown', 'no answer is shown, and something is withheld');
ok((await state([question], [['text', 1, seen('a', 2)]], 2, [['open', 3], answer()])) === 'answered', 'an answer in a successor, seen in the log before');
ok((await state([question], [], 1, [['open', 3], answer(seen('a', 1))])) === 'waiting', 'or not seen');
ok((await state([question], [], 1)) === 'unknown', 'a successor that is not there may have it');
ok((await state([question], [], 2, [['open', 3]])) === 'unknown', 'so may what is not there of the log before');
const { order: first } = await factsOf([['open', 0]], [['open', 0]], 1, [['open', 1], ['open', 2]]);
ok(first.filter(({ desk }) => desk === 'b.example').map(({ fault }) => fault).join() === ',,open', 'each log begins with open');
ok((await state([question, ['cancel', 3, { re: 'a.example#1' }]], [])) === 'cancelled', 'a question that was taken back');
ok((await state([['query', 1, { to: ['c.example'] }]], [answer(seen('a', 2))])) === undefined, 'a malformed question asks nothing');

ok((await state([['query', 1, {}, { language: 'en', question: 'x' }]], [[...answer(seen('a', 2)), { answer: 'yes', language: 'en' }]])) === 'answered', 'contents as the catalogue has them');
ok((await state([question], [[...answer(seen('a', 2)), { answer: 'yes', more: 1 }]])) === 'waiting', 'one that has another form answers nothing');
ok((await state([['query', 1, {}, { language: 'en' }]], [answer(seen('a', 2))])) === undefined, 'nor asks anything');

const said = async (...rows) => {
  const facts = await factsOf([['open', 0], ['pledge.offer', 1], ...rows.filter(([desk]) => desk === 'a').map(([, ...row]) => row)], [['open', 0, seen('a', 2)], ...rows.filter(([desk]) => desk === 'b').map(([, ...row]) => row)]);
  const { desks, ended } = facts.proposal(facts.byId.get('a.example#1'));
  return desks.map((one) => one.said).join() + (ended ? ' ended' : '');
};
const re = { re: 'a.example#1' };
ok((await said()) === 'none' && (await said(['b', 'pledge.accept', 2, re])) === 'yes', 'a pledge, accepted');
ok((await said(['b', 'pledge.accept', 2, re], ['b', 'pledge.withdraw', 3, re])) === 'back', 'and taken back');
ok((await said(['b', 'pledge.accept', 2, re], ['a', 'pledge.withdraw', 3, re])) === 'yes ended', 'or withdrawn by who offered it');
ok((await said(['b', 'pledge.accept', 2, re], ['a', 'cancel', 3, re])) === 'yes ended', 'or cancelled');
ok((await said(['b', 'pledge.accept', 2, re], ['b', 'leave', 3, { body: undefined }])) === 'back', 'who leaves takes it back');
ok((await said(['b', 'pledge.accept', 2, re], ['a', 'leave', 3, { body: undefined }])) === 'yes ended', 'so does who offered it');
ok((await said(['a', 'pledge.withdraw', 2, re], ['b', 'pledge.accept', 3, re])) === 'none ended', 'nothing is accepted after that');
ok((await said(['b', 'pledge.decline', 2, re], ['b', 'pledge.accept', 3, re])) === 'no', 'the first answer counts');
ok((await said(['b', 'pledge.decline', 2, re], ['b', 'pledge.withdraw', 3, re], ['b', 'pledge.accept', 4, re])) === 'yes', 'until it is withdrawn');
ok((await said(['b', 'pledge.withdraw', 2, re])) === 'none', 'there is nothing to withdraw');
const early = await factsOf([['open', 5], ['pledge.offer', 9]], [['open', 1], ['pledge.accept', 2, re]]);
ok(early.proposal(early.byId.get('a.example#1')).desks[0].said === 'none', 'nor to accept before it was offered');
const until = await factsOf([['open', 0], ['pledge.offer', 1]], [['open', 0], ['pledge.accept', 600, { ...re, ...seen('a', 2) }]]);
const offer = until.byId.get('a.example#1');
offer.content = new TextEncoder().encode(JSON.stringify({ until: new Date(1.8e12 + 600_000).toISOString().slice(0, 19) + 'Z' }));
ok(until.proposal(offer).desks[0].said === 'none', 'nor when it is over');

// What is withheld may change it.
const doubt = async (a, b) => (await factsOf([['open', 0], ...a], [['open', 0], ...b])).order.find(({ duties }) => duties)?.duties.map((duty) => `${duty.state} ${duty.doubtful}`).join();
ok((await doubt([question], [])) === 'waiting ', 'nothing is withheld: nothing is in doubt');
ok((await doubt([question, 'w'], [])) === 'waiting a.example', 'who asked may have recorded a receipt, or taken it back');
ok((await doubt(['w', ['query', 2]], [])) === 'waiting ', 'but not before it asked');
ok((await doubt([question, ['cancel', 3, re]], ['w'])) === 'cancelled b.example', 'who was asked may have answered before that');
const half = await factsOf([['open', 0], ['pledge.offer', 1], 'w'], [['open', 0], ['pledge.accept', 2, { ...re, ...seen('a', 2) }], 'w']);
const both = half.proposal(half.byId.get('a.example#1'));
ok(both.isDoubtful && both.desks[0].isDoubtful && both.desks[0].said === 'yes', 'a pledge may have been withdrawn by either');

// Receipts on record: all signatures are made here.

const ORIGIN = `a.example/${'0'.repeat(64)}`;
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

function mirrorOf(desk) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  const id = sha256(`${desk}/mirror\n`, [4], bytes).subarray(0, 4);
  const line = (text, time, by = privateKey) => {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(time));
    return `\u2014 ${desk}/mirror ${Buffer.concat([id, stamp, sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), by)]).toString('base64')}\n`;
  };
  return { card: { keys: { mirror: new Uint8Array(bytes) }, serial: 1 }, line, privateKey };
}

const mirrors = { b: mirrorOf('b.example'), lost: mirrorOf('b.example'), c: mirrorOf('c.example') };
const leaves = Array.from({ length: 8 }, (_, i) => new Uint8Array(sha256('leaf', [i])));
const TIME = 1_800_000_000;

/** What comes of one receipt, #7 in the log of a.example, for its #3: made well but for what is given. */
async function receipt({ size = 5, origin = ORIGIN, root, by = mirrors.b, key, time = TIME, body = {}, line, text: note = (checkpoint) => `${checkpoint}\n\u2014 ${ORIGIN} AAAAAAA=\n`, charter = CHARTER, first = 0 } = {}) {
  const tree = await treeOf(leaves.slice(first), async () => {});
  const checkpoint = `${origin}\n${size}\n${root ?? Buffer.from(await rootAt(tree, Math.min(size, 8 - first))).toString('base64')}\n`;
  const content = new TextEncoder().encode(JSON.stringify({ of: 'a.example#3', from: 'b.example', checkpoint: note(checkpoint), line: line ?? by.line(checkpoint, time, key), ...body }));
  const entries = leaves.map((_, index) => ({ id: `a.example#${index}`, desk: 'a.example', index, isFirst: index === 0, mode: 'f', charters: [{ json: charter }],
    envelope: { kind: index === 0 ? 'open' : index < 7 ? 'text' : 'receipt', sent: '2027-01-15T08:00:00Z', body: { size: 2 } } }));
  entries[7].content = content;
  const members = new Map([['a', mirrorOf('a.example')], ['b', mirrors.b], ['c', mirrors.c]].map(([name, { card }]) => [`${name}.example`, { name: `${name}.example`, cards: [card] }]));
  const logs = [{ desk: 'a.example', generation: first > 0 ? 2 : 1, from: first, origin: first > 0 ? `${ORIGIN}/2` : ORIGIN, size: 8 - first, tree, entries: entries.slice(first), shown: 'f'.repeat(8 - first), cosigned: [] }];
  if (first > 0) logs.unshift({ desk: 'a.example', generation: 1, from: 0, origin: ORIGIN, size: first, tree: await treeOf(leaves.slice(0, first), async () => {}), entries: entries.slice(0, first), shown: 'f'.repeat(first), cosigned: [] });
  const facts = new Facts({ logs, channel: { members, ends: [] }, manifest: { made: '2027-02-01T00:00:00Z' } });
  const listed = facts.receiptsWith(entries[3]).length;
  const before = entries[7].judged;
  const found = await facts.checkReceipt(entries[7]);
  const times = await Promise.all([3, 4, 5].map((index) => facts.receiptTime(entries[7], index)));
  return { ...found, listed, before, kept: entries[7].judged === found, times: times.join() };
}

const good = await receipt();
ok(good.before === undefined && good.kept && good.listed === 1, 'a receipt is listed, and nothing is said of it before it was checked');
ok(good.holds === true && good.size === 5 && good.time === TIME && good.times === `${TIME},${TIME},0`, 'one that holds: of what time, up to which size');
ok((await receipt({ text: (checkpoint) => checkpoint })).holds === true, 'also when the checkpoint stands there without lines');
ok((await receipt({ line: undefined, body: { more: 1 } })).why === 'form' && (await receipt({ body: { line: 7 } })).why === 'form', 'another form is none');
const next = { first: 2, origin: `${ORIGIN}/2`, text: (checkpoint) => checkpoint };
const further = await receipt({ ...next, size: 5 });
ok(further.holds === true && further.size === 7 && further.times === `${TIME},${TIME},${TIME}`, 'in a successor: its size counts as ids do');
ok((await receipt({ ...next, size: 6 })).why === 'size' && (await receipt({ ...next, size: 2 })).holds === true && (await receipt({ ...next, size: 1 })).why === 'size', 'up to the receipt itself, and over the message');
ok((await receipt({ ...next, origin: ORIGIN, size: 2 })).why === 'size' && (await receipt({ ...next, origin: `${ORIGIN}/3` })).why === 'log', 'and not beyond the end of the log before');
const twice = await receipt({ body: { line: mirrors.b.line('x', 1) + mirrors.b.line('y', 1) } });
ok(twice.holds === false && twice.why === 'form' && twice.times === '0,0,0', 'nor are two lines');
for (const [what, why, one] of [
  ['a made-up signature', 'signature', { key: mirrors.c.privateKey }],
  ['a line of another member under this name', 'signature', { by: mirrors.c }],
  ['a time that was changed', 'signature', { line: mirrors.b.line(`${ORIGIN}\n5\nx\n`, TIME) }],
  ['a time beyond all years', 'signature', { time: 253402300800 }],
  ['another history', 'root', { root: Buffer.alloc(32).toString('base64') }],
  ['another log', 'log', { origin: ORIGIN.replace('a.', 'd.') }],
  ['a tree without the message', 'size', { size: 3 }],
  ['a tree that is larger than the log was', 'size', { size: 8 }],
  ['the author itself', 'member', { body: { from: 'a.example' } }],
  ['a stranger', 'member', { body: { from: 'd.example' } }],
  ['who is no member under this charter', 'member', { body: { from: 'c.example' }, by: mirrors.c }],
  ['a message of another', 'form', { body: { of: 'b.example#3' } }],
]) {
  const found = await receipt(one);
  ok(found.holds === false && found.why === why && found.times === '0,0,0', `a receipt of ${what} does not hold: ${found.why}`);
}
const unknown = await receipt({ by: mirrors.lost });
ok(unknown.holds === undefined && unknown.why === undefined && unknown.times === '0,0,0', 'under a key that is not in the file it is neither');

/** When b.example was given #3, by receipts for it that a.example recorded one behind the other: [seconds, key]. */
async function given(...times) {
  const tree = await treeOf(leaves, async () => {});
  const checkpoint = `${ORIGIN}\n4\n${Buffer.from(await rootAt(tree, 4)).toString('base64')}\n`;
  const entries = leaves.map((_, index) => ({ id: `a.example#${index}`, desk: 'a.example', index, isFirst: index === 0, mode: 'f', charters: [{ json: CHARTER }],
    envelope: { kind: index === 0 ? 'open' : index < 4 ? 'text' : 'receipt', sent: '2027-01-15T08:00:00Z', body: { size: 2 } } }));
  times.forEach(([time, key], i) => (entries[4 + i].content = new TextEncoder().encode(JSON.stringify({ of: 'a.example#3', from: 'b.example', checkpoint, line: mirrors.b.line(checkpoint, time, key) }))));
  const members = new Map([['b.example', { name: 'b.example', cards: [mirrors.b.card] }]]);
  const log = { desk: 'a.example', origin: ORIGIN, generation: 1, from: 0, size: 8, tree, entries, shown: 'f'.repeat(8), cosigned: [] };
  const facts = new Facts({ logs: [log], channel: { members, ends: [] }, manifest: { made: '2027-02-01T00:00:00Z' } });
  return [await facts.given(entries[3], 'b.example'), entries.filter(({ judged }) => judged).length].join();
}
ok((await given([TIME], [TIME + 5])) === `${TIME},1`, 'given at the first receipt; a later time is not even verified');
ok((await given([TIME + 5], [TIME], [TIME + 3])) === `${TIME},2`, 'or at an earlier one behind it');
ok((await given([TIME + 5], [TIME, mirrors.c.privateKey], [TIME + 3])) === `${TIME + 3},3`, 'if that holds');

// What an entry names of another log.
async function namesOf(named, first = 0) {
  const entry = { id: 'b.example#0', desk: 'b.example', index: 0, isFirst: true, mode: 'e', envelope: { kind: 'open', sent: '2027-01-15T08:00:00Z', seen: named } };
  const log = async (desk, from, own, entries) => ({ desk, generation: from > 0 ? 2 : 1, from, size: entries.length, tree: await treeOf(own, async () => {}), entries, shown: 'e'.repeat(entries.length), cosigned: [] });
  const all = leaves.map((_, index) => ({ id: `a.example#${index}`, desk: 'a.example', index, isFirst: index === 0 || index === first, mode: 'w' }));
  const before = first > 0 ? [await log('a.example', 0, leaves.slice(0, first), all.slice(0, first))] : [];
  const logs = [...before, await log('a.example', first, leaves.slice(first), all.slice(first)), await log('b.example', 0, leaves, [entry])];
  const facts = new Facts({ logs, channel: { ends: [] }, manifest: { made: '2027-02-01T00:00:00Z' } });
  const found = await facts.compareSeen(entry);
  return JSON.stringify(found) + (entry.others === found ? '' : ' not kept');
}
const rootOf = async (size, own = leaves) => Buffer.from(await rootAt(await treeOf(own, async () => {}), size)).toString('base64');
const another = Buffer.alloc(32).toString('base64');
ok((await namesOf({ 'a.example': { size: 5, root: await rootOf(5) } })) === '[]', 'a history that the file has');
ok((await namesOf({ 'a.example': { size: 5, root: another } })) === '[{"desk":"a.example","size":5}]', 'another one than the file has');
ok((await namesOf({ 'a.example': { size: 9, root: another }, 'c.example': { size: 1, root: another } })) === '[]', 'of what is not in the file nothing is said');
const later = { 'a.example': { size: 5, root: await rootOf(2, leaves.slice(3)) } };
ok((await namesOf(later, 3)) === '[]' && (await namesOf({ 'a.example': { size: 3, root: await rootOf(3) } }, 3)) === '[]', 'of a successor its own tree counts, at what ids are beyond the log before');
ok((await namesOf({ 'a.example': { size: 5, root: await rootOf(5) } }, 3)) === '[{"desk":"a.example","size":5}]', 'and no other');

console.log(`1..${count}`);
