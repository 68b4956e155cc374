// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { i18n, time } = await load({ i18n: 'i18n.ts', time: 'time.ts' });
await i18n.setLanguage('en');
const at = Date.parse('2026-11-20T23:49:00Z');

test('UTC stands first, with the day when it is another one', () => {
  assert.equal(time.utcFull(at), '2026-11-20 23:49:00 UTC');
  assert.equal(time.utcShort(at, at), '23:49 UTC');
  assert.match(time.utcShort(at, at + 86400_000), /^(20 Nov|Nov 20) 23:49 UTC$/);
  assert.match(time.utcShort(at, Date.parse('2027-11-20T00:00:00Z')), /2026.* 23:49 UTC$/);
});

test('the own zone says its day when it is another than in UTC', () => {
  assert.match(time.localShort(at, 'Asia/Jakarta'), /(21 Nov|Nov 21) 06:49 (GMT\+7|WIB)/);
  assert.match(time.localShort(Date.parse('2026-11-20T03:00:00Z'), 'Asia/Jakarta'), /^10:00 (GMT\+7|WIB)$/);
});

test('time left is rounded down and turns into overdue at the deadline', () => {
  assert.equal(time.timeLeft(at, at - 3_905_400), '1 h 05 min left');
  assert.equal(time.timeLeft(at, at - 65_000), '1 min 05 s left');
  assert.equal(time.timeLeft(at, at), '0 s left');
  assert.equal(time.timeLeft(at, at + 1000), 'overdue by 1 s');
  assert.equal(time.timeLeft(at, at + 90_061_000), 'overdue by 1 d 01 h');
});

test('a time that has not been is never', () => {
  assert.equal(time.ago('never', at), 'never');
  assert.equal(time.ago(undefined, at), 'never');
  assert.equal(time.ago('2026-11-20T23:44:00Z', at), '5 min 00 s ago');
  assert.equal(time.ago('nonsense', at), 'never');
});

test('counts against the clock of the desk, not of the browser', () => {
  const ahead = new Date(Date.now() + 3600_000).toISOString().slice(0, 19) + 'Z';
  time.setClock(ahead);
  assert.ok(Math.abs(time.now() - Date.now() - 3600_000) < 2000);
  time.setClock('nonsense');
  assert.ok(Math.abs(time.now() - Date.now() - 3600_000) < 2000);
  time.setClock(new Date().toISOString());
  assert.ok(Math.abs(time.now() - Date.now()) < 2000);
});
