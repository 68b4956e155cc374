// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Length, forms, parameterForms, readDuration, readLength, readTime, shortestAddress, tidy } from '../../src/pages/compose/values';

const now = Date.parse('2026-11-21T09:14:07Z');
const takes = (type: string, good: string[], bad: string[]) => {
  for (const text of good) assert.ok(forms[type]?.(text), `${type} takes ${text}`);
  for (const text of bad) assert.ok(!forms[type]?.(text), `${type} refuses ${text}`);
};

test('addresses have one form, that of the C library', () => {
  takes(
    'address',
    ['192.0.2.1', '0.0.0.0', '2001:db8::1', '::', '::1', '2001:db8:0:1::', '::ffff:192.0.2.1', '1:0:0:1::1', '2001:db8::1:0:0:1'],
    ['192.0.2.01', '192.0.2', '256.1.1.1', '2001:DB8::1', '2001:db8:0:0::1', '::ffff:c000:201', '1::2::3', '12345::', '', ' 192.0.2.1'],
  );
  assert.equal(shortestAddress('2001:0DB8:0000:0000:0000:0000:0000:0001'.toLowerCase()), '2001:db8::1');
  assert.equal(shortestAddress('::ffff:c000:201'), '::ffff:192.0.2.1');
  assert.equal(shortestAddress('1:0:0:2:0:0:0:3'), '1:0:0:2::3');
});

test('a prefix has no bit behind its length', () => {
  takes(
    'prefix',
    ['192.0.2.0/24', '192.0.2.128/25', '0.0.0.0/0', '2001:db8::/32', '2001:db8::1/128'],
    ['192.0.2.1/24', '192.0.2.0', '192.0.2.0/33', '192.0.2.0/024', '2001:db8::1/64', '2001:db8::/129', '192.0.2.0/24/1'],
  );
});

test('domains, techniques, countries, digests, hashes', () => {
  takes('domain', ['mail.example.org', 'a_b.example', 'xn--bcher-kva.example'], ['example', 'Mail.example', '-a.example', 'a-.example', 'a..b', '192.0.2.1', 'bücher.example', `${'a'.repeat(64)}.example`]);
  takes('technique', ['T0023', 'T0023.001'], ['t0023', 'T23', 'T0023.1', 'T0023.0001']);
  takes('country', ['ID'], ['id', 'IDN', 'I1']);
  takes('digest', ['d41d8cd98f00b204e9800998ecf8427e', 'a'.repeat(64), 'b'.repeat(128)], ['a'.repeat(63), 'A'.repeat(64), '']);
  takes('hash', ['0'.repeat(64)], ['0'.repeat(63), 'g'.repeat(64)]);
});

test('names of desks, ids of messages, languages', () => {
  takes('desk', ['north.example', 'a1b'], ['ab', 'North', 'a..b', '.ab', 'ab-']);
  takes('message', ['north.example#12', 'north.example#0'], ['north.example', 'north.example#012', 'north.example#', '#1']);
  takes('language', ['en', 'zh-Hans'], ['e', 'en_GB', 'en-', '1a', 'en-aaaaaaaaa']);
});

test('times are RFC 3339 and of days that exist', () => {
  takes(
    'time',
    ['2026-11-20T23:49:00Z', '2026-11-20t23:49:00.5z', '2026-11-20T23:49:60Z', '2024-02-29T00:00:00+07:00'],
    ['2026-11-20 23:49:00Z', '2026-02-29T00:00:00Z', '2026-11-20T24:00:00Z', '2026-11-20T23:49Z', '2026-13-01T00:00:00Z', '2026-11-20T23:49:00'],
  );
  assert.ok(parameterForms['time']?.('2026-11-20T23:49:00Z'));
  assert.ok(!parameterForms['time']?.('2026-11-20T23:49:00+07:00'), 'a signal has UTC and whole seconds');
});

test('a time is read as people type it, in UTC', () => {
  assert.equal(readTime('2026-11-20 23:49', now), '2026-11-20T23:49:00Z');
  assert.equal(readTime(' 2026-11-20T23:49:05Z ', now), '2026-11-20T23:49:05Z');
  assert.equal(readTime('2026-11-20 23:49 UTC', now), '2026-11-20T23:49:00Z');
  assert.equal(readTime('7:05', now), '2026-11-21T07:05:00Z');
  assert.equal(readTime('2026-11-20T23:49:00+07:00', now), '2026-11-20T23:49:00+07:00');
  assert.equal(readTime('2026-02-30 10:00', now), undefined);
  assert.equal(readTime('tomorrow', now), undefined);
});

test('a length of time is read as people type it', () => {
  assert.equal(readLength('1 h 30 min'), 'PT1H30M');
  assert.equal(readLength('90 min'), 'PT1H30M');
  assert.equal(readLength('1:30'), 'PT1H30M');
  assert.equal(readLength('2 d'), 'PT48H');
  assert.equal(readLength('pt24h'), 'PT24H');
  assert.equal(readLength('soon'), undefined);
  assert.equal(readLength(''), undefined);
  assert.equal(readDuration('PT'), undefined);
  assert.equal(readDuration('PT01H'), undefined);
  assert.equal(readDuration('PT999999H'), undefined, 'ten years at most');
});

test('what is meant without doubt is put into its form, all else stays', () => {
  assert.equal(tidy('country', ' id ', now), 'ID');
  assert.equal(tidy('domain', 'Mail.Example.', now), 'mail.example');
  assert.equal(tidy('address', '2001:DB8:0:0::1', now), '2001:db8::1');
  assert.equal(tidy('prefix', '2001:DB8::/32', now), '2001:db8::/32');
  assert.equal(tidy('digest', 'D41D8CD98F00B204E9800998ECF8427E', now), 'd41d8cd98f00b204e9800998ecf8427e');
  assert.equal(tidy('text', '  as typed ', now), '  as typed ');
  assert.equal(tidy('time', 'around noon', now), 'around noon');
});

test('base64 counts its bytes', () => {
  assert.equal(base64Length('AAAA'), 3);
  assert.equal(base64Length('AA=='), 1);
  assert.equal(base64Length('AB=='), undefined, 'not the one form');
  assert.equal(base64Length('AAA'), undefined);
});
