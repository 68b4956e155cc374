// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

const { text } = await load({ text: 'ui/peer_text.tsx' });
const plain = (value) =>
  text
    .visible(value)
    .map((piece) => (piece.isHidden ? `[${piece.text}]` : piece.text))
    .join('');

test('what turns or hides text is shown by its name', () => {
  assert.equal(plain('invoice\u202Efdp.exe'), 'invoice[U+202E]fdp.exe');
  assert.equal(plain('a\u2066b\u2069c\u200Ed\u200Be'), 'a[U+2066]b[U+2069]c[U+200E]d[U+200B]e');
  assert.equal(plain('\u0000\u001B[31m\u007F'), '[U+0000][U+001B][31m[U+007F]');
  assert.equal(plain('tag\u{E0041}\uFEFF'), 'tag[U+E0041][U+FEFF]');
  assert.equal(plain('half \uD800 pair'), 'half [U+D800] pair');
});

test('terminal and console hide the same', () => {
  const cases = JSON.parse(readFileSync(new URL('../../test/hidden_chars.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 30);
  for (const [value, inTerminal] of cases)
    assert.equal(plain(value), inTerminal.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex) => `[U+${hex.toUpperCase().padStart(4, '0')}]`));
});

test('what people write stays as it is', () => {
  for (const value of ['line\nline\ttab', 'سؤال عن الحادث', 'می\u200Cخواهم', '👩\u200D💻', 'é', '<b>&amp;</b>', ''])
    assert.equal(plain(value), value);
});
