// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { seal } from '../../src/pages/compose/seal';

test('a sealed file is its salt and its content, and the hash is of both', async () => {
  const content = new TextEncoder().encode('what was found').buffer as ArrayBuffer;
  const [one, two] = [await seal(content), await seal(content)];
  assert.equal(one.blob.length, 16 + 14);
  assert.equal(new TextDecoder().decode(one.blob.subarray(16)), 'what was found');
  assert.equal(one.hash, createHash('sha256').update(one.blob).digest('hex'));
  assert.notEqual(one.hash, two.hash, 'what was committed to can not be guessed');
});
