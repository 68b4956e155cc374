// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, type Choice, choose, modeOf, noChoice, readManifest } from '../../src/model/release';

const choice = (more: Partial<Choice>): Choice => ({ ...noChoice, ...more });

test('a choice becomes what the desk is asked', () => {
  let chosen = choice({ since: '2026-11-20T23:49', until: '2026-11-21T10:00', others: 'full', cover: { en: 'Why', id: ' ' } });
  chosen = choose(chosen, 'north.example#3', 'withheld');
  chosen = choose(chosen, 'south.example#4', 'envelope');
  assert.deepEqual(bodyOf(chosen), {
    since: '2026-11-20T23:49:00Z',
    until: '2026-11-21T10:00:59Z',
    others: 'full',
    full: [],
    envelope: ['south.example#4'],
    withheld: ['north.example#3'],
    attachments: [],
    cover: { en: 'Why' },
  });
});

test('only messages in full open their attachments', () => {
  const attachments = new Map([['a'.repeat(64), { id: 'a.example#1' }]]);
  const chosen = choose(choice({ attachments }), 'a.example#1', 'full');
  assert.deepEqual(bodyOf(chosen).attachments, ['a'.repeat(64)]);
  assert.deepEqual(bodyOf(choose(chosen, 'a.example#1', 'envelope')).attachments, []);
});

test('what is chosen as all others are is not named', () => {
  const chosen = choose(choose(choice({ others: 'full' }), 'a.example#1', 'withheld'), 'a.example#1', 'full');
  assert.equal(chosen.named.size, 0);
});

test('outside the times all is withheld, even what is named', () => {
  const chosen = choose(choice({ since: '2026-11-20T23:49', others: 'withheld' }), 'a.example#1', 'full');
  assert.equal(modeOf(chosen, 'a.example#1', '2026-11-20T23:49:00Z'), 'full');
  assert.equal(modeOf(chosen, 'a.example#1', '2026-11-20T23:48:59Z'), 'withheld');
  assert.equal(modeOf(chosen, 'a.example#2', '2026-11-20T23:50:00Z'), 'withheld');
});

test('a manifest tells how each message is shown', () => {
  const logs = [
    { origin: 'north.example/ab', size: 5, modes: '2w1f1e1w' },
    { origin: 'empty.example/ab', size: 0, modes: '' },
  ];
  const shown = readManifest(`aldis.release/1\n${JSON.stringify({ logs })}\n`, []);
  const all = [0, 1, 2, 3, 4, 5].map((index) => shown(`north.example#${index}`));
  assert.deepEqual(all, ['withheld', 'withheld', 'full', 'envelope', 'withheld', undefined]);
  assert.equal(shown('empty.example#0'), undefined);
  assert.equal(shown('other.example#0'), undefined);
  assert.equal(readManifest('nonsense', [])('north.example#0'), undefined);
});

test('ids go on in a log that succeeds another', () => {
  const logs = [
    { origin: 'a.example/ab', size: 2, modes: '2f' },
    { origin: 'north.example/ab', size: 3, modes: '1f2w' },
    { origin: 'north.example/ab/2', size: 2, modes: '1e1f' },
  ];
  const words = [{ topic: 'log', from: 0 }, { topic: 'log', from: 0 }, { topic: 'log', from: 3 }, { topic: 'texts' }];
  const shown = readManifest(`aldis.release/1\n${JSON.stringify({ logs })}\n`, words);
  const all = [0, 1, 2, 3, 4, 5].map((index) => shown(`north.example#${index}`));
  assert.deepEqual(all, ['full', 'withheld', 'withheld', 'envelope', 'full', undefined]);
});
