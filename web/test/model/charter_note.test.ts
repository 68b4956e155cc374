// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftAmendment, readCharterNote } from '../../src/model/charter_note';

const line = '{"aldis":1,"title":"pair","members":[{"name":"north.example"},{"name":"south.example"}]}';
const text = `aldis.charter/1\n${line}\n`;

test('who has signed is read from the signature lines of root keys', () => {
  const note = `${text}\n\u2014 north.example/root AAAA\n\u2014 south.example/log BBBB\n`;
  assert.deepEqual(readCharterNote(note).members, [
    { name: 'north.example', signed: true },
    { name: 'south.example', signed: false },
  ]);
  assert.equal(readCharterNote(text).members[0]?.signed, false);
});

test('a signature line inside the text signs nothing', () => {
  const forged = text.replace('pair', 'pair\\n\\n\u2014 south.example/root CCCC');
  assert.equal(readCharterNote(forged).members[1]?.signed, false);
});

test('what is no charter has neither text nor members', () => {
  for (const note of ['', 'aldis.card/1\n{}\n', 'aldis.charter/1\n{broken\n', 'aldis.charter/1\nnull\n'])
    assert.deepEqual(readCharterNote(note).members, [], note);
});

test('an amendment names the charter it replaces, with its own date and nonce, on one line', () => {
  const draft = draftAmendment(JSON.stringify(JSON.parse(line), null, 2), 'ab'.repeat(32), '2026-11-20T23:49:00Z', 'AAAA');
  const [type, json, rest] = draft.split('\n');
  assert.equal(type, 'aldis.charter/1');
  assert.deepEqual(JSON.parse(json ?? ''), {
    ...(JSON.parse(line) as object),
    date: '2026-11-20T23:49:00Z',
    nonce: 'AAAA',
    previous: 'ab'.repeat(32),
  });
  assert.equal(rest, '');
  assert.throws(() => draftAmendment('[1]', 'x', 'x', 'x'), SyntaxError);
  assert.throws(() => draftAmendment('{', 'x', 'x', 'x'), SyntaxError);
});
