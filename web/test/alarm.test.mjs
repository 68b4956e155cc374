// SPDX-License-Identifier: Apache-2.0
// Who calls, in which order, and that an alarm which can't come is one itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { alarm, session, connection } = await load({
  alarm: 'alarm.ts',
  session: 'session.ts',
  connection: 'connection.ts',
});
const at = Date.parse('2026-11-20T12:00:00Z');
const one = (id, what, rest = {}) => ({ id, what, subject: `south.example#${id}`, since: '2026-11-20T11:00:00Z', words: '', ...rest });

test('it calls until a person takes it, and again when a mute is over', () => {
  const taken = { by: 'rina', time: '2026-11-20T11:30:00Z' };
  const muted = (until) => ({ by: 'rina', until });
  assert.equal(alarm.isRinging(one('1', 'duty'), at), true);
  assert.equal(alarm.isRinging(one('1', 'duty', { taken }), at), false);
  assert.equal(alarm.isRinging(one('1', 'duty', { muted: muted('2026-11-20T12:00:01Z') }), at), false);
  assert.equal(alarm.isRinging(one('1', 'duty', { muted: muted('2026-11-20T12:00:00Z') }), at), true);
  assert.equal(alarm.isRinging(one('1', 'duty', { taken, muted: muted('2026-11-20T11:00:00Z') }), at), false);
});

test('what calls stands first, the grave before the others, then by time', () => {
  const list = [
    one('1', 'overdue', { taken: { by: 'rina', time: '2026-11-20T11:30:00Z' } }),
    one('2', 'unread'),
    one('3', 'duty', { until: '2026-11-20T10:00:00Z' }),
    one('4', 'frozen', { since: '2026-11-20T11:59:00Z' }),
    one('5', 'failed'),
  ];
  const ids = (alarms) => alarms.map(({ id }) => id).join('');
  assert.equal(ids(alarm.inOrder(list, at)), '54321');
  assert.equal(ids(alarm.ringing(list, at)), '2345');
});

test('a session that has ended and a desk out of reach are alarms themselves', () => {
  assert.equal(alarm.isBlind(), false);
  session.loginNeeded.set(true);
  assert.equal(alarm.isBlind(), true);
  session.loginNeeded.set(false);
  connection.connectionLost();
  assert.equal(alarm.isBlind(Date.now() + 1000), false);
  assert.equal(alarm.isBlind(Date.now() + 60_000), true);
  connection.connectionWorks();
  assert.equal(alarm.isBlind(Date.now() + 60_000), false);
});

test('sound that begins late is heard without another click, and no longer named as blocked', async () => {
  let context, asked;
  globalThis.AudioContext = class extends EventTarget {
    state = 'suspended';
    constructor() {
      super();
      context = this;
    }
    resume() {
      return new Promise(() => undefined);
    }
  };
  const locks = {
    query: async () => ({ held: [] }),
    request: (name) => {
      asked = name;
      return new Promise(() => undefined);
    },
  };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  assert.equal(await alarm.trySound(), false);
  assert.equal(alarm.soundBlocked.value, true);
  assert.equal(asked, undefined);
  context.state = 'running';
  context.dispatchEvent(new Event('statechange'));
  assert.equal(alarm.soundBlocked.value, false);
  assert.equal(asked, 'aldis-sound');
});
