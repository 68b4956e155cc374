// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge, settle } from '../../src/pages/compose/merge';

const base = { kind: 'text', line: 'technical', body: { language: 'en', text: 'one', subject: 's' } };

test('what one side changed is taken', () => {
  const merged = merge(base, { ...base, body: { ...base.body, text: 'mine' } }, { ...base, line: 'political', body: { ...base.body, subject: 'theirs' } });
  assert.deepEqual(merged.conflicts, []);
  assert.deepEqual(merged.message, { kind: 'text', line: 'political', body: { language: 'en', text: 'mine', subject: 'theirs' } });
});

test('what was taken away stays away', () => {
  const mine = { kind: 'text', body: { language: 'en', text: 'one' } };
  assert.deepEqual(merge(base, mine, base).message, mine);
  assert.deepEqual(merge(base, base, mine).message, mine);
});

test('both the same is no conflict; both different is one, with both texts', () => {
  const same = { ...base, body: { ...base.body, text: 'two' } };
  assert.deepEqual(merge(base, same, same).conflicts, []);
  const merged = merge(base, { ...base, body: { ...base.body, text: 'mine' } }, { ...base, body: { ...base.body, text: 'theirs' } });
  assert.deepEqual(merged.conflicts, [{ field: 'body.text', mine: 'mine', theirs: 'theirs' }]);
  assert.equal(merged.message.body?.['text'], 'mine');
  assert.equal(settle(merged, { 'body.text': 'theirs' }).body?.['text'], 'theirs');
  assert.equal(settle(merged, { 'body.text': 'mine' }).body?.['text'], 'mine');
});

test('one side deleted what the other changed', () => {
  const merged = merge(base, { kind: 'text', line: 'technical', body: { language: 'en', text: 'one' } }, { ...base, body: { ...base.body, subject: 'new' } });
  assert.deepEqual(merged.conflicts, [{ field: 'body.subject', mine: undefined, theirs: 'new' }]);
  assert.equal(settle(merged, { 'body.subject': 'mine' }).body?.['subject'], undefined);
});
