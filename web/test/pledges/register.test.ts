// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Proposal, ProposalMember } from '../../src/types';
import { actsOf, groupOf, sinceOf, textsOf, translationFor } from '../../src/pages/pledges/register';

const time = '2026-11-20T23:49:00Z';
const pledge = (state: Proposal['facts']['state'], members: ProposalMember[], more: Partial<Proposal['facts']> = {}): Proposal => ({
  facts: { id: 'south.example#9', by: 'south.example', sent: time, state, members, ...more },
  body: { language: 'en', title: 'T', text: 'original', translations: [{ language: 'id', text: 'terjemahan' }, { language: 'ar', text: 'ترجمة' }] },
  translations: [{ entry: 'north.example#5', body: { language: 'fr', text: 'traduction' } }],
  receipts: [],
});

test('a pledge stands under its strongest bond', () => {
  assert.equal(groupOf(pledge('offered', [{ desk: 'north.example', state: 'offered' }])), 'offered');
  assert.equal(groupOf(pledge('in force', [{ desk: 'north.example', state: 'in force' }, { desk: 'east.example', state: 'declined' }])), 'in_force');
  assert.equal(groupOf(pledge('offered', [{ desk: 'north.example', state: 'declined' }])), 'declined');
  assert.equal(groupOf(pledge('withdrawn', [], { withdrawal: { entry: 'south.example#12', sent: time } })), 'withdrawn');
  assert.equal(groupOf(pledge('ended', [{ desk: 'north.example', state: 'ended' }])), 'withdrawn');
});

test('a desk is shown only what it may do', () => {
  const to = (state: ProposalMember['state'], more = {}) => actsOf(pledge('offered', [{ desk: 'north.example', state, ...more }]), 'north.example');
  assert.deepEqual(to('offered'), ['accept', 'decline']);
  assert.deepEqual(to('in force'), ['withdraw']);
  assert.deepEqual(to('accepted'), ['withdraw']);
  assert.deepEqual(actsOf(pledge('offered', []), 'south.example'), ['withdraw'], 'its own');
  assert.deepEqual(actsOf(pledge('offered', []), 'east.example'), [], 'not addressed');
  assert.deepEqual(actsOf(pledge('withdrawn', [{ desk: 'north.example', state: 'withdrawn' }]), 'north.example'), []);
});

test('the authoritative text stands beside the translation that the reader reads', () => {
  const texts = textsOf(pledge('offered', []));
  assert.deepEqual(texts.map((text) => [text.language, text.isAuthoritative, text.entry]), [
    ['en', true, undefined],
    ['id', false, undefined],
    ['ar', false, undefined],
    ['fr', false, 'north.example#5'],
  ]);
  assert.equal(translationFor(texts, 'id')?.text, 'terjemahan');
  assert.equal(translationFor(texts, 'fr-CH')?.text, 'traduction');
  assert.equal(translationFor(texts, 'en'), undefined, 'the original is enough');
  assert.deepEqual(textsOf({ ...pledge('offered', []), body: undefined, translations: [] }), []);
});

test('it binds since the first bond that holds', () => {
  assert.equal(sinceOf(pledge('in force', [{ desk: 'a', state: 'in force', since: '2026-02-01T00:00:00Z' }, { desk: 'b', state: 'in force', since: '2026-01-01T00:00:00Z' }])), '2026-01-01T00:00:00Z');
  assert.equal(sinceOf(pledge('offered', [{ desk: 'a', state: 'declined', since: '2026-02-01T00:00:00Z' }])), undefined);
});
