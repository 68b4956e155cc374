// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advisoriesOf } from '../../src/model/advisories';

test('a message without advisories has none', () => {
  assert.equal(advisoriesOf({}).size, 0);
  assert.equal(advisoriesOf({ advisories: [] }).size, 0);
});

test('an advisory says id, title and TLP as they stand in it', () => {
  const all = advisoriesOf({
    advisories: [
      { blob: 'a', id: 'EX-1', title: 'T', tlp: 'WHITE' },
      { blob: 'b', id: 'EX-2', title: 'U' },
    ],
  });
  assert.deepEqual(all.get('a'), { breach: undefined, id: 'EX-1', title: 'T', label: 'TLP:WHITE', colour: 'clear' });
  assert.deepEqual(all.get('b'), { breach: undefined, id: 'EX-2', title: 'U', label: undefined, colour: undefined });
  assert.equal(all.get('c'), undefined);
});

test('one that breaks its schema says where, and nothing else of itself', () => {
  const all = advisoriesOf({ advisories: [{ blob: 'a', breach: 'CSAF: document.title is missing' }] });
  assert.deepEqual(all.get('a'), { breach: 'CSAF: document.title is missing' });
});
