// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { depths, finder, GatheredRows, PageCache, threads } from '../../src/model/rows';

interface Item {
  id: string;
  position: number;
  re?: string;
}

const items = (first: number, count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ id: `a#${first + i}`, position: first + i }));

test('a page is asked for once, and shown when it came', () => {
  const cache = new PageCache<Item>(10);
  cache.total = 95;
  assert.deepEqual(cache.need(88, 94), [8, 9]);
  assert.deepEqual(cache.need(88, 94), []);
  cache.put(9, items(90, 5), 95);
  assert.equal(cache.get(92)?.id, 'a#92');
  assert.equal(cache.get(88), undefined);
  cache.fail(8);
  assert.deepEqual(cache.need(80, 94), [8]);
});

test('a page that was cut short by the size of an answer is asked for again', () => {
  const cache = new PageCache<Item>(10);
  cache.total = 30;
  cache.put(0, items(0, 7), 30);
  assert.deepEqual(cache.need(0, 9), [0]);
});

test('what changed is shown on until it is here anew', () => {
  const cache = new PageCache<Item>(10);
  cache.put(0, items(0, 10), 20);
  cache.age();
  assert.equal(cache.get(3)?.id, 'a#3');
  assert.deepEqual(cache.need(0, 5), [0]);
});

test('pages not looked at for long are given up', () => {
  const cache = new PageCache<Item>(10, 3);
  cache.total = 100;
  for (let page = 0; page < 3; page++) cache.put(page, items(page * 10, 10), 100);
  cache.need(0, 9);
  cache.put(3, items(30, 10), 100);
  assert.equal(cache.get(0)?.id, 'a#0');
  assert.equal(cache.get(10), undefined);
});

test('nothing is asked for beyond the ends', () => {
  const cache = new PageCache<Item>(10);
  assert.deepEqual(cache.need(-5, 50), [0]);
  cache.put(0, [], 0);
  assert.deepEqual(cache.need(0, 50), []);
});

test('a row is found where it stands now', () => {
  const cache = new PageCache<Item>(10);
  cache.put(1, items(11, 10), 30);
  assert.equal(cache.find((row) => row.id === 'a#13'), 12);
  assert.equal(cache.find((row) => row.id === 'a#3'), undefined);
});

test('older rows come before, newer ones behind, none twice', () => {
  const rows = new GatheredRows<Item>();
  rows.addOlder(items(50, 10), 50);
  assert.equal(rows.before, 50);
  rows.addOlder([], 45);
  assert.equal(rows.before, 45);
  rows.addOlder(items(40, 10), undefined);
  assert.equal(rows.hasMore, false);
  assert.deepEqual(rows.merge(items(55, 8)), { appended: 3, isShifted: false });
  assert.deepEqual(
    rows.rows.map((row) => row.position),
    items(40, 23).map((row) => row.position),
  );
});

test('a late arrival among older rows is noticed', () => {
  const rows = new GatheredRows<Item>();
  rows.addOlder(items(0, 20), undefined);
  const page = items(10, 10).map((row) => ({ ...row, position: row.position + 1 }));
  assert.deepEqual(rows.merge(page), { appended: 0, isShifted: true });
});

test('a page that does not reach what is here is not taken, since rows may lack between', () => {
  const rows = new GatheredRows<Item>();
  rows.addOlder(items(0, 5), undefined);
  assert.deepEqual(rows.merge(items(100, 5)), { appended: 0, isShifted: true });
  assert.equal(rows.rows.length, 5);
});

test('a late arrival within the page takes its place and is not taken for new', () => {
  const rows = new GatheredRows<Item>();
  rows.addOlder(items(0, 5), undefined);
  const merged = rows.merge([
    { id: 'a#3', position: 3 },
    { id: 'late', position: 4 },
    { id: 'a#4', position: 5 },
  ]);
  assert.deepEqual(merged, { appended: 0, isShifted: false });
  assert.deepEqual(
    rows.rows.map((row) => row.id),
    ['a#0', 'a#1', 'a#2', 'a#3', 'late', 'a#4'],
  );
});

test('answers stand under what they answer, the thread that moved last at the end', () => {
  const rows: Item[] = [
    { id: '1', position: 1 },
    { id: '2', position: 2 },
    { id: '3', position: 3, re: '1' },
    { id: '4', position: 4, re: '3' },
    { id: '5', position: 5, re: '2' },
    { id: '6', position: 6, re: '1' },
    { id: '7', position: 7, re: 'not here' },
  ];
  assert.deepEqual(
    threads(rows, new Set()).map(({ row, depth, below }) => [row.id, depth, below]),
    [
      ['2', 0, 1],
      ['5', 1, 0],
      ['1', 0, 3],
      ['3', 1, 1],
      ['4', 2, 0],
      ['6', 1, 0],
      ['7', 0, 0],
    ],
  );
  assert.deepEqual(
    threads(rows, new Set(['1', '4'])).map(({ row }) => row.id),
    ['2', '5', '1', '7'],
  );
  const folded = threads(rows, new Set(['1', '7']));
  assert.deepEqual(
    folded.filter((row) => row.isCollapsed).map(({ row }) => row.id),
    ['1'],
    'what has no answers can not be folded',
  );
  assert.deepEqual(depths(rows), [0, 0, 1, 2, 1, 1, 0]);
});

test('a thread as long as a channel is no trouble', () => {
  const rows = items(0, 10000).map((row, at) => (at === 0 ? row : { ...row, re: `a#${at - 1}` }));
  const flat = threads(rows, new Set());
  assert.equal(flat.length, 10000);
  assert.equal(flat.at(-1)?.depth, 9999);
});

test('what is looked for is found in any case, with or without accents', () => {
  assert.ok(finder('REGISTER  voters')("Voters' register under attack"));
  assert.ok(finder('energia')('Energía'));
  assert.ok(!finder('voters north')("Voters' register"));
  assert.ok(finder('')('x'));
});
