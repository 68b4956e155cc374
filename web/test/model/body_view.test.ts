// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Catalogue } from '../../src/types';
import { durationWords, languageOf, viewOfBody, type BodyRow } from '../../src/model/body_view';
import { answerKinds, inLanguage, inOrder, kindLabel } from '../../src/model/catalogue';

const catalogue = JSON.parse(readFileSync('../spec/kinds.json', 'utf8')) as Catalogue;
const english = { lang: 'en', yes: 'Yes', no: 'No' };
const indonesian = { lang: 'id', yes: 'Ya', no: 'Tidak' };

function row(rows: readonly BodyRow[], name: string): BodyRow {
  const found = rows.find((one) => one.name === name);
  assert.ok(found, `no row ${name}`);
  return found;
}

test('a field stands under its label in the language of the reader, beside what was sent', () => {
  const rows = viewOfBody(catalogue, 'incident', { severity: 'high', title: 'x' }, indonesian);
  assert.equal(row(rows, 'severity').label, 'Tingkat keparahan');
  assert.deepEqual(row(rows, 'severity').value, { is: 'word', text: 'Tinggi', lang: 'id', sent: 'high' });
});

test('fields come in the order of the catalogue, whatever the order of the body', () => {
  const rows = viewOfBody(catalogue, 'incident', { summary: 's', title: 't', language: 'en' }, english);
  assert.deepEqual(
    rows.map((one) => one.name),
    ['language', 'title', 'summary'],
  );
});

test('a language that the catalogue lacks falls back to English, and says so', () => {
  const rows = viewOfBody(catalogue, 'incident', { severity: 'high' }, { ...english, lang: 'fr' });
  assert.equal(row(rows, 'severity').labelLang, 'en');
});

test('values of each type are in words where there are words', () => {
  const rows = viewOfBody(
    catalogue,
    'incident',
    {
      language: 'id',
      detected: '2026-11-20T23:49:00Z',
      affected_systems: 12000,
      countries: ['XN', 'ID'],
      supersedes: 'north.example#12',
      source_address_space: ['203.0.113.0/24'],
    },
    english,
  );
  assert.deepEqual(row(rows, 'language').value, { is: 'word', text: 'Indonesian', lang: 'en', sent: 'id' });
  assert.deepEqual(row(rows, 'detected').value, { is: 'time', time: '2026-11-20T23:49:00Z' });
  assert.deepEqual(row(rows, 'affected_systems').value, {
    is: 'word',
    text: '12,000',
    lang: 'en',
    sent: '12000',
  });
  assert.deepEqual(row(rows, 'supersedes').value, { is: 'message', id: 'north.example#12' });
  assert.deepEqual(row(rows, 'source_address_space').value, {
    is: 'list',
    items: [{ is: 'code', text: '203.0.113.0/24' }],
  });
});

test('lists of small objects become a table with only the columns that are used', () => {
  const rows = viewOfBody(
    catalogue,
    'query',
    {
      observables: [
        { type: 'ip', value: '192.0.2.1' },
        { type: 'domain', value: 'a.example' },
      ],
    },
    english,
  );
  const { value } = row(rows, 'observables');
  assert.equal(value.is, 'table');
  assert.deepEqual(value.is === 'table' && value.head.map((one) => one.text), ['Type', 'Value']);
});

test('lists of long texts do not', () => {
  const body = { translations: [{ language: 'id', text: 'panjang' }] };
  const { value } = row(viewOfBody(catalogue, 'statement', body, english), 'translations');
  assert.equal(value.is, 'list');
});

test('what the catalogue does not name is shown and not hidden', () => {
  const rows = viewOfBody(catalogue, 'text', { text: 'a', hidden: { b: [1] } }, english);
  assert.deepEqual(row(rows, 'hidden').value, { is: 'json', text: JSON.stringify({ b: [1] }, null, 2) });
});

test('a value of another shape than the catalogue says is shown as it is', () => {
  for (const body of [{ detected: 'yesterday' }, { detected: 5 }, { observables: 'x' }, { operation: [] }])
    for (const one of viewOfBody(catalogue, 'incident', body, english)) assert.equal(one.value.is, 'json');
  assert.equal(viewOfBody(catalogue, 'text', [1], english)[0]?.value.is, 'json');
});

test('names of the language itself are members like others', () => {
  const body = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as unknown;
  const rows = viewOfBody(catalogue, 'text', body, english);
  assert.deepEqual(rows.map((one) => one.name).sort(), ['__proto__', 'constructor', 'toString']);
  assert.equal(inLanguage({ en: 'a' }, 'constructor')?.text, 'a');
});

test('a kind that the catalogue lacks still shows its body', () => {
  assert.equal(viewOfBody(catalogue, 'later.kind', { a: 1 }, english)[0]?.name, 'a');
  assert.deepEqual(kindLabel(catalogue, 'later.kind', 'id'), { text: 'later.kind', lang: 'en' });
});

test('durations are told in hours, minutes and seconds', () => {
  assert.equal(durationWords('PT90M'), '1 h 30 min');
  assert.equal(durationWords('PT24H'), '24 h');
  assert.equal(durationWords('PT45S'), '45 s');
  for (const bad of ['', 'P', 'PT', 'PT0S', '1h', 'PT1H ']) assert.equal(durationWords(bad), undefined);
});

test('the language of a body is a tag or nothing', () => {
  assert.equal(languageOf({ language: 'zh-Hans' }), 'zh-Hans');
  for (const bad of [undefined, null, 3, {}, { language: 'x"y' }, { language: 4 }])
    assert.equal(languageOf(bad), undefined);
});

test('answers made for a kind come first, and those of the charter alone', () => {
  const names = answerKinds(catalogue, 'query', undefined).map((kind) => kind.name);
  assert.equal(names[0], 'answer');
  assert.ok(names.includes('ack') && names.includes('translation'));
  assert.ok(!names.includes('pledge.accept') && !names.includes('receipt'));
  const few = answerKinds(catalogue, 'query', ['ack', 'text']).map((kind) => kind.name);
  assert.ok(few.includes('ack') && few.includes('text') && !few.includes('answer'));
  assert.ok(few.includes('leave'), 'which every charter allows');
});

test('nothing that needs a person’s message answers one of the desk itself', () => {
  const names = answerKinds(catalogue, 'overdue', undefined).map((kind) => kind.name);
  assert.ok(!names.includes('ack') && names.includes('text'));
});

test('what is owed comes first, and what only the author goes on with is offered to the author', () => {
  const names = (owed: readonly string[], isOwn: boolean) =>
    inOrder(answerKinds(catalogue, 'incident', undefined), owed, isOwn).map((kind) => kind.name);
  assert.equal(names([], false)[0], 'answer');
  assert.equal(names(['response'], false)[0], 'response');
  assert.equal(names([], true)[0], 'incident.update');
  assert.equal(names([], false).length, names([], true).length, 'nothing is lost');
});
