// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directionOf, nameOfLanguage } from '../../src/model/languages';
import { originalOf, translationsOf } from '../../src/model/translations';
import type { Body, Message, Reply } from '../../src/types';

const message = (body: unknown, replies: Partial<Reply>[] = []): Message =>
  ({ id: 'a#1', body: body as Body, replies: replies as Reply[] }) as Message;

test('the author\u2019s own translations come first, then those of others, the newest first', () => {
  const all = translationsOf(
    message({ text: 'x', translations: [{ language: 'id', text: 'own' }] }, [
      { id: 'b#1', author: 'b', kind: 'translation', body: { language: 'fr', text: 'old', translator: 'T' } },
      { id: 'b#2', author: 'b', kind: 'ack', body: { understood: true } },
      { id: 'c#1', author: 'c', kind: 'translation', body: { language: 'ar', text: 'new', translator: 'U', reviewer: 'V' } },
    ]),
  );
  assert.deepEqual(
    all.map(({ text, entry, translator, reviewer }) => [text, entry, translator, reviewer]),
    [
      ['own', undefined, undefined, undefined],
      ['new', 'c#1', 'U', 'V'],
      ['old', 'b#1', 'T', undefined],
    ],
  );
});

test('a body of any shape is no trouble', () => {
  for (const body of [undefined, {}, { translations: 3 }, { translations: [null, 4, [], {}, { text: 5 }] }])
    assert.deepEqual(translationsOf(message(body)), []);
  assert.deepEqual(translationsOf(message({}, [{ id: 'b#1', kind: 'translation' }])), []);
  assert.equal(originalOf(message({ title: 5, text: ['x'] })), '');
});

test('what a message says begins with its title', () => {
  assert.equal(originalOf(message({ text: 'long', subject: 'short' })), 'short\n\nlong');
});

test('languages have names, a direction, and strange tags stay as they are', () => {
  assert.equal(nameOfLanguage('id', 'en'), 'Indonesian');
  assert.equal(nameOfLanguage('x"y', 'en'), 'x"y');
  assert.equal(directionOf('ar-EG'), 'rtl');
  assert.equal(directionOf('id'), 'ltr');
});
