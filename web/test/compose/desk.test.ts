// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localOf, lostTexts } from '../../src/pages/compose/desk';
import type { Kept } from '../../src/pages/compose/keeper';
import { session } from '../../src/session';
import type { Session } from '../../src/types';

const held = new Map<string, string>();
Object.assign(globalThis, {
  localStorage: {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
    key: (at: number) => [...held.keys()][at] ?? null,
    get length() {
      return held.size;
    },
  },
});

const logIn = (name: string) => session.set({ operator: { name } } as Session);
const kept = (text: string) => ({ channel: 'c', message: { kind: 'text', body: { text } }, base: {}, time: 1 }) as unknown as Kept;

test('nobody is shown what another wrote at this browser, however alike the names are', () => {
  logIn('ada.b');
  localOf('new.1').write(kept('secret'));
  logIn('ada');
  assert.deepEqual(lostTexts(), []);
  localOf('new.2').write(kept('own'));
  assert.deepEqual(
    lostTexts().map(({ slot }) => slot),
    ['new.2'],
  );
  logIn('ada.b');
  assert.deepEqual(
    lostTexts().map(({ slot }) => slot),
    ['new.1'],
  );
});
