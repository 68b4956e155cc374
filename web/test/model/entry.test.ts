// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, hexDump, hexOf, leafHash, textOf } from '../../src/model/entry';

test('bytes come back as they were', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(bytesOf(btoa(String.fromCharCode(...bytes))), bytes);
  assert.equal(hexOf(bytes).length, 512);
});

test('a dump shows sixteen bytes a line and only what can be printed', () => {
  assert.equal(
    hexDump(new TextEncoder().encode('{"a":1}\n')),
    '00000000  7b 22 61 22 3a 31 7d 0a                          |{"a":1}.|',
  );
  assert.equal(hexDump(new Uint8Array(33)).split('\n').length, 3);
});

test('a leaf is hashed with a zero byte before it', async () => {
  // RFC 6962: the hash of a leaf that holds nothing
  const empty = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
  assert.equal(await leafHash(new Uint8Array(0)), empty);
  const some = '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56';
  assert.equal(await leafHash(new TextEncoder().encode('L123456')), some);
});

test('what is no text is shown as such', () => {
  assert.equal(textOf(Uint8Array.of(0x61, 0xff, 0x62)), 'a\ufffdb');
  assert.equal(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});
