// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bookLanguage, signalLine, signalText, type Codebook } from '../../src/model/signal_text';

const book = JSON.parse(readFileSync('../spec/codebooks/default.json', 'utf8')) as Codebook;

/** A value of each type, as a body has it. */
const VALUES: Record<string, string> = {
  time: '2026-11-20T23:49:00Z',
  duration: 'PT90M',
  count: '3',
  prefix: '203.0.113.0/24',
  domain: 'a.example',
  hash: 'd41d8cd98f00b204e9800998ecf8427e',
  sector: 'energy',
  country: 'XN',
  language: 'fr',
  message: 'north.example#12',
  reference: 'CASE-1',
};

function bodyOf(number: number): unknown {
  const signal = book.signals.find((one) => one.number === number);
  return {
    codebook: 'x',
    number,
    parameters: signal?.parameters.map(({ name, type }) => ({ name, value: VALUES[type] })),
  };
}

test('every signal of the book is put into words in every language, with no brace left', () => {
  for (const signal of book.signals)
    for (const lang of book.languages) {
      const text = signalText(book, bodyOf(signal.number), lang);
      assert.ok(text, `${signal.number} ${lang}`);
      assert.equal(text.lang, lang);
      assert.doesNotMatch(signalLine(text), /[{}]/);
      for (const parameter of signal.parameters)
        assert.ok(text.parts.some((part) => part.parameter === parameter.name));
    }
});

test('times, durations and sectors are shown as people read them', () => {
  const signal = book.signals.find((one) => one.parameters.some(({ type }) => type === 'sector'));
  const text = signalText(book, bodyOf(signal?.number ?? 0), 'id');
  assert.ok(text?.parts.some((part) => part.text === 'Energi'));
  const timed = book.signals.find((one) => one.parameters.some(({ type }) => type === 'time'));
  const line = signalText(book, bodyOf(timed?.number ?? 0), 'en');
  assert.ok(line?.parts.some((part) => part.text === '2026-11-20 23:49:00 UTC'));
});

test('a reader whose language the book lacks reads English', () => {
  assert.equal(bookLanguage(book, 'de'), 'en');
  assert.equal(bookLanguage(book, 'zh-Hant'), 'zh');
  assert.equal(signalText(book, bodyOf(book.signals[0]?.number ?? 0), 'de')?.lang, 'en');
});

test('what can not be put into words gives nothing', () => {
  const timed = book.signals.find((one) => one.parameters.length > 0);
  for (const body of [
    undefined,
    null,
    'x',
    {},
    { codebook: 'x', number: 9998 },
    { codebook: 'x', number: timed?.number },
    { codebook: 'x', number: timed?.number, parameters: [null] },
    { codebook: 'x', number: timed?.number, parameters: 'a' },
  ])
    assert.equal(signalText(book, body, 'en'), undefined);
});

test('a value is a part of its own, whatever it holds', () => {
  const referenced = book.signals.find((one) => one.parameters.some(({ type }) => type === 'reference'));
  assert.ok(referenced);
  const value = '{evil}\u202e<b>';
  const parameters = referenced.parameters.map(({ name, type }) => ({
    name,
    value: type === 'reference' ? value : VALUES[type],
  }));
  const text = signalText(book, { codebook: 'x', number: referenced.number, parameters }, 'en');
  assert.ok(text?.parts.some((part) => part.text === value && part.parameter !== undefined));
});
