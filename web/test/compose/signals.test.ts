// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bodyOf, bookLanguage, bySection, checkSignal, type Codebook, findSignals, readSignal, valuesOf } from '../../src/pages/compose/signals';

const book = JSON.parse(readFileSync('../spec/codebooks/default.json', 'utf8')) as Codebook;
const signal = (number: number) => {
  const found = book.signals.find((one) => one.number === number);
  assert.ok(found);
  return found;
};
const shown = (number: number, values: { [name: string]: string }, language: string) =>
  readSignal(book, signal(number), values, language).map((piece) => piece.text).join('');

test('a signal is found by number and by words of either language', () => {
  assert.deepEqual(findSignals(book, '20', 'en').map((one) => one.number), [201, 202, 203, 204, 205, 206, 207, 208, 209]);
  assert.ok(findSignals(book, 'DENIAL service', 'en').some((one) => one.number === 203));
  assert.ok(findSignals(book, 'penolakan layanan', 'id').some((one) => one.number === 203));
  assert.ok(findSignals(book, 'denial', 'id').some((one) => one.number === 203), 'English words find it too');
  assert.ok(findSignals(book, 'election', 'fr').length > 0 && findSignals(book, 'élections', 'fr').length > 0);
  assert.equal(findSignals(book, 'zzz', 'en').length, 0);
  assert.equal(findSignals(book, '', 'en').length, book.signals.length);
});

test('each side reads it in its own language', () => {
  const values = { since: '2026-11-20T23:49:00Z', sector: 'energy', country: 'ID' };
  assert.match(shown(201, values, 'en'), /since 2026-11-20 23:49:00 UTC\. Sector: Energy; country: ID\./);
  assert.match(shown(201, values, 'id'), /sejak 2026-11-20 23:49:00 UTC\. Sektor: Energi/);
  assert.match(shown(201, values, 'ar'), /القطاع: الطاقة/);
  assert.equal(bookLanguage(book, 'zh-Hant'), 'zh');
  assert.equal(bookLanguage(book, 'sw'), 'en');
});

test('values that lack are known as lacking; durations are shown in words', () => {
  const piece = readSignal(book, signal(103), {}, 'en').find((one) => one.parameter);
  assert.deepEqual([piece?.given, piece?.parameter?.name], [false, 'since']);
  const delay = readSignal(book, signal(106), { delay: 'PT1H30M' }, 'en').find((one) => one.parameter?.name === 'delay');
  assert.equal(delay?.text, '1 h 30 min');
});

test('wrong and missing parameters are named', () => {
  const fields = (values: { [name: string]: string }) => checkSignal(book, signal(201), values).map((why) => `${why.field} ${why.key}`);
  assert.deepEqual(fields({ since: '2026-11-20T23:49:00Z', sector: 'energy', country: 'ID' }), []);
  assert.deepEqual(fields({ since: 'noon', sector: 'nonsense' }), [
    'body.parameters.sector compose.why.parameter.sector',
    'body.parameters.country compose.why.missing',
    'body.parameters.since compose.why.parameter.time',
  ]);
  assert.deepEqual(checkSignal(book, undefined, {}).map((why) => why.field), ['body.number']);
});

test('a body comes and goes without loss', () => {
  const body = bodyOf('ab', signal(201), { since: '2026-11-20T23:49:00Z', country: '' });
  assert.deepEqual(body, { codebook: 'ab', number: 201, parameters: [{ name: 'since', value: '2026-11-20T23:49:00Z' }] });
  assert.deepEqual(valuesOf(body), { since: '2026-11-20T23:49:00Z' });
  assert.deepEqual(bodyOf('ab', signal(102), {}), { codebook: 'ab', number: 102 });
});

test('every signal stands under a head', () => {
  assert.equal(bySection(book, book.signals).flatMap((section) => section.signals).length, book.signals.length);
});
