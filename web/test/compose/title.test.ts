// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftTitle } from '../../src/pages/compose/title';

test('a draft is called by its title, else by the first line of what it says', () => {
  assert.equal(draftTitle({ kind: 'incident', body: { summary: 's', title: 't' } }), 't');
  assert.equal(draftTitle({ kind: 'text', body: { text: '\n\n  first line \nsecond' } }), 'first line');
  assert.equal(draftTitle({ kind: 'signal', body: { number: 203 } }), '203');
  assert.equal(draftTitle({ kind: 'cancel' }), '');
  assert.equal(draftTitle({ kind: 'text', body: { text: 'ü'.repeat(500) } }).length, 160);
});
