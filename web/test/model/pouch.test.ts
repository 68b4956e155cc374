// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerable, cut, FILE_MAX, fromBase64, gapWords, newsOf, partSizeOf, POUCH_MAX, readHead, readHeadOf, type Size, takenLater } from '../../src/model/pouch';
import type { PouchArrival, SealedPouch } from '../../src/types';

const size = (more: Partial<Size>): Size => ({ way: 'whole', mail: '10', own: '1024', ...more });
const HEX = 'ab'.repeat(32);
const headOf = (part: number, parts: number) =>
  `aldis.pouch/1\nfrom north.example\nto south.example\nchannel ${HEX}\nbox ${'A'.repeat(43)}=\npouch ${HEX}\nsize 10000\npart ${part} of ${parts}\nsha256 ${HEX}\n\n`;

test('each way of travelling has a size that fits', () => {
  assert.equal(partSizeOf(size({})), POUCH_MAX);
  assert.equal(partSizeOf(size({ way: 'own', own: '4' })), 4096);
  assert.equal(partSizeOf(size({ way: 'own', own: ' 18432 ' })), POUCH_MAX);
  assert.ok((partSizeOf(size({ way: 'floppy' })) ?? 0) + 1024 <= 1_457_664);
  for (const mail of ['1', '10', '25']) {
    const part = partSizeOf(size({ way: 'mail', mail })) ?? 0;
    // As mail writes it: lines of 76 characters for 57 bytes, each with its end.
    const written = Math.ceil((part + 1024) / 57) * 78;
    assert.ok(part >= 4096 && written <= Number(mail) * 1024 * 1024, `${mail} MiB: ${written}`);
  }
});

test('what is no size is none', () => {
  for (const own of ['', '3', '18433', '1.5', '-8', '1e3', 'x', '0x10', '9999999']) assert.equal(partSizeOf(size({ way: 'own', own })), undefined, own);
  for (const mail of ['', '0', '26']) assert.equal(partSizeOf(size({ way: 'mail', mail })), undefined, mail);
});

test('base64 of any length becomes its bytes', () => {
  for (const length of [0, 1, 2, 3, 196_607, 196_608, 196_609, 500_000]) {
    const bytes = new Uint8Array(length).map((_, at) => (at * 7 + (at >> 8)) % 256);
    assert.deepEqual(Buffer.from(fromBase64(Buffer.from(bytes).toString('base64'))), Buffer.from(bytes), String(length));
  }
});

test('a pouch is cut as the desk has counted it', async () => {
  const sealed = Buffer.alloc(10_000, 'x');
  sealed.write('begin', 0);
  sealed.write('end', 9_997);
  const made = { from: 'north.example', to: 'south.example', channel: HEX, pouch: HEX, sealed: sealed.toString('base64'), heads: ['one\n\n', 'two\n\n', 'three\n\n'] } as SealedPouch;
  const parts = cut(made, 4096);
  assert.deepEqual(parts.map(({ name }) => name), [1, 2, 3].map((n) => `pouch-for-south.example-abababab-${n}-of-3.pouch`));
  const texts = await Promise.all(parts.map(({ content }) => content.text()));
  assert.equal(texts[0], 'one\n\n' + sealed.subarray(0, 4096).toString());
  assert.equal(texts[2], 'three\n\n' + sealed.subarray(8192).toString());
});

test('the head of a part is read, and of nothing else', async () => {
  assert.deepEqual(readHead(headOf(2, 12) + 'bytes'), { from: 'north.example', to: 'south.example', part: 2, parts: 12 });
  for (const bad of ['', 'hello', headOf(1, 1).replace('pouch/1', 'pouch/2'), headOf(1, 1).replace('to south', 'to <b>'), ` ${headOf(1, 1)}`, headOf(1, 1).trimEnd()])
    assert.equal(readHead(bad), undefined, bad.slice(0, 40));
  assert.equal((await readHeadOf(new Blob([headOf(1, 1), new Uint8Array(5000).fill(255)])))?.from, 'north.example');
  assert.ok(FILE_MAX > POUCH_MAX);
});

const arrival = (more: Partial<PouchArrival>): PouchArrival => ({ pouch: HEX, from: 'north.example', channel: HEX, part: 1, parts: 1, held: 1, state: 'taken', ...more });

test('news is what was not here before', () => {
  assert.deepEqual(newsOf(arrival({ entries_before: 3, entries: 5, receipts_before: 1, receipts: 4 })), { entries: 2, receipts: 3 });
  assert.deepEqual(newsOf(arrival({})), { entries: 0, receipts: 0 });
  assert.equal(newsOf(arrival({ state: 'early', entries: 5, entries_before: 3 })), undefined);
});

test('each sender is answered once, and only when something was taken', () => {
  const east = arrival({ from: 'east.example' });
  assert.deepEqual(
    answerable([arrival({ state: 'parts' }), arrival({}), east, arrival({}), arrival({ from: 'west.example', state: 'early' })]).map(({ desk }) => desk),
    ['north.example', 'east.example'],
  );
});

test('a part that waited is taken in with the last one of its pouch', () => {
  const [kept, other, whole, again] = [arrival({ state: 'parts' }), arrival({ state: 'parts', pouch: 'cd' }), arrival({}), arrival({ state: 'parts' })];
  assert.deepEqual([...takenLater([kept, undefined, other, whole, again])], [kept]);
  const early = arrival({ state: 'early', pouch: 'ef' });
  assert.deepEqual([...takenLater([kept, early])], []);
  assert.deepEqual([...takenLater([kept, early, arrival({ pouch: 'cd', taken_too: ['ef'] })])], [early]);
});

test('gaps are told as runs', () => {
  assert.deepEqual(gapWords([{ first: 2, last: 2 }, { first: 4, last: 7 }]), ['2', '4–7']);
});
