// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinTexts } from '../../src/pages/handover/autosave';

test('what two wrote in different lines is joined', () => {
  assert.deepEqual(joinTexts('a\nb\nc', 'a1\nb\nc', 'a\nb\nc1'), { text: 'a1\nb\nc1', isConflict: false });
  assert.deepEqual(joinTexts('a\nb', 'a\nb\nmine', 'theirs\na\nb'), { text: 'theirs\na\nb\nmine', isConflict: false });
  assert.deepEqual(joinTexts('a\nb\nc', 'a\nc', 'a\nb\nc\nd'), { text: 'a\nc\nd', isConflict: false });
});

test('one side alone needs no joining', () => {
  assert.deepEqual(joinTexts('a', 'b', 'a'), { text: 'b', isConflict: false });
  assert.deepEqual(joinTexts('a', 'a', 'b'), { text: 'b', isConflict: false });
  assert.deepEqual(joinTexts('a', 'b', 'b'), { text: 'b', isConflict: false });
});

test('what both changed is kept from both', () => {
  assert.deepEqual(joinTexts('call 1', 'call 2', 'call 3'), { text: 'call 3\ncall 2', isConflict: true });
  assert.deepEqual(joinTexts('', 'mine', 'theirs'), { text: 'theirs\nmine', isConflict: true });
});

test('nothing is lost in a long text', () => {
  const long = Array.from({ length: 4000 }, (_, i) => `line ${i}`).join('\n');
  const joined = joinTexts(long, `${long}\nmine`, `${long}\ntheirs`);
  assert.ok(joined.text.includes('mine') && joined.text.includes('theirs'));
});
