// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Body, Catalogue } from '../../src/types';
import { mayAnswer, textIn } from '../../src/model/catalogue';
import { offeredKinds, readCatalogue } from '../../src/pages/compose/catalogue';
import { checkMessage, cleanMessage, fieldName, isSame, joinProblems } from '../../src/pages/compose/check';

const forms = readCatalogue(JSON.parse(readFileSync('../spec/kinds.json', 'utf8')) as Catalogue);
const rules = { lines: ['technical'], members: ['south.example'], own: 'north.example' };
const kind = (name: string) => {
  const found = forms.kind(name);
  assert.ok(found, name);
  return found;
};
const wrong = (name: string, body: Body | undefined, more = {}) =>
  checkMessage({ kind: name, body, ...more }, kind(name), rules).map((why) => `${why.field} ${why.key.replace('compose.why.', '')}`);

test('every kind has a form: groups and named choices are put in', () => {
  const incident = kind('incident');
  assert.ok(incident.fields.some((field) => field.name === 'detected_fidelity' && field.choices.length === 6));
  const observables = incident.fields.find((field) => field.name === 'observables');
  assert.deepEqual(observables?.of?.fields.map((field) => field.name), ['type', 'value', 'note']);
  assert.equal(textIn(incident.label, 'ar-EG'), 'حادث');
  assert.equal(textIn(incident.label, 'fr'), 'Incident');
});

test('a good message has no problem', () => {
  assert.deepEqual(wrong('text', { language: 'en', text: 'hello' }, { line: 'technical', to: ['south.example'] }), []);
  assert.deepEqual(wrong('cancel', undefined, { re: 'north.example#3' }), [], 'an optional body may be left out');
});

test('each field says what is wrong with it', () => {
  assert.deepEqual(wrong('text', {}), ['body.language missing', 'body.text missing']);
  assert.deepEqual(wrong('text', { language: 'x', text: 'a' }), ['body.language language']);
  assert.deepEqual(wrong('text', { language: 'en', text: 'a', subject: 'x'.repeat(201) }), ['body.subject text_long']);
  assert.deepEqual(wrong('answer', { answer: 'maybe' }, { re: 'south.example#1' }), ['body.answer choice']);
  assert.deepEqual(wrong('answer', { answer: 'yes' }), ['re re']);
  assert.deepEqual(wrong('ack', {}, { re: 'south.example#1' }), ['body.understood missing']);
  assert.deepEqual(wrong('text', { language: 'en', text: 'a' }, { to: [] }), ['to to_none'], 'nobody is not everybody');
  assert.deepEqual(wrong('text', { language: 'en', text: 'a' }, { to: ['east.example'] }), ['to to']);
  assert.deepEqual(wrong('text', { language: 'en', text: 'a' }, { line: 'political' }), ['line line']);
});

test('a count of 0 differs from none given, and false from nothing', () => {
  const body = { language: 'en', title: 't', summary: 's', detected: '2026-11-20T23:49:00Z' };
  assert.deepEqual(wrong('incident', { ...body, affected_systems: 0 }), []);
  assert.deepEqual(cleanMessage({ kind: 'incident', body: { ...body, affected_systems: 0 } }).body?.['affected_systems'], 0);
  assert.ok(!('affected_systems' in (cleanMessage({ kind: 'incident', body: { ...body, affected_systems: '' } }).body ?? {})));
  assert.deepEqual(wrong('incident', { ...body, affected_systems: '12a' }), ['body.affected_systems integer']);
  assert.deepEqual(wrong('incident', { ...body, affected_systems: -1 }), ['body.affected_systems integer']);
  assert.deepEqual(wrong('ack', { understood: false }, { re: 'south.example#1' }), []);
});

test('lists and objects name the place as the desk does', () => {
  const body = { language: 'en', title: 't', summary: 's', detected: '2026-11-20T23:49:00Z' };
  assert.deepEqual(wrong('incident', { ...body, countries: ['ID', 'xx'] }), ['body.countries[1] country']);
  assert.deepEqual(wrong('incident', { ...body, observables: [{ type: 'ip', value: '192.0.2.01' }] }), ['body.observables[0].value address'], 'the form follows the choice beside it');
  assert.deepEqual(wrong('incident', { ...body, observables: [{ type: 'other', value: '192.0.2.01' }] }), []);
  assert.deepEqual(wrong('incident', { ...body, sectors: ['a', '', 'b'] }), ['body.sectors[1] element']);
  assert.deepEqual(wrong('incident', { ...body, sectors: ['a', '', ''] }), [], 'blank rows at the end are not sent');
  assert.deepEqual(wrong('incident', { ...body, operation: { networks: 1.5 } }), ['body.operation.networks integer']);
});

test('what is sent has no blanks, and places keep their numbers', () => {
  const cleaned = cleanMessage({ kind: 'incident', to: [], line: '', body: { title: '', sectors: ['a', '', 'b', ''], observables: [{}, { type: 'ip', value: '' }, {}] } });
  assert.deepEqual(cleaned, { kind: 'incident', body: { sectors: ['a', '', 'b'], observables: [{}, { type: 'ip' }] } });
});

test('kinds are offered as charter and answered message allow', () => {
  const names = (groups: { kinds: { name: string }[] }[]) => groups.flatMap((group) => group.kinds.map((one) => one.name));
  const all = names(offeredKinds(forms, undefined));
  assert.ok(all.includes('text') && all.includes('signal') && all.includes('leave'));
  assert.ok(!all.includes('check') && !all.includes('overdue'), 'what desks write by themselves is not offered');
  assert.ok(!all.includes('answer'), 'what must answer is offered only in an answer');
  assert.deepEqual(names(offeredKinds(forms, ['text', 'query', 'answer'])), ['query', 'text', 'leave']);
  const toQuery = names(offeredKinds(forms, undefined, kind('query')));
  assert.ok(toQuery.includes('answer') && toQuery.includes('ack') && toQuery.includes('holding'));
  assert.ok(!toQuery.includes('pledge.accept') && !toQuery.includes('drill.answer'));
  assert.ok(!mayAnswer(kind('ack'), kind('check')), 'a person answers what a person wrote');
  const everyone = forms.kinds.filter((one) => !one.automatic);
  const offered = new Set([...all, ...everyone.flatMap((one) => names(offeredKinds(forms, undefined, one)))]);
  assert.deepEqual(everyone.filter((one) => !offered.has(one.name)).map((one) => one.name), [], 'every kind can be written somewhere');
});

test("the desk's problems come on top of the console's, not twice", () => {
  assert.equal(fieldName('message.body.title'), 'body.title');
  assert.equal(fieldName('title'), 'body.title');
  assert.equal(fieldName('line'), 'line');
  const own = [{ field: 'body.observables[0].value', why: 'hier' }];
  assert.deepEqual(joinProblems(own, [{ field: 'body.observables[0].value', why: 'x' }, { field: 'body.observables', why: 'y' }, { field: 're', why: 'z' }]), [...own, { field: 're', why: 'z' }]);
});

test('the same message is the same in whatever order its members stand', () => {
  assert.ok(isSame({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }));
  assert.ok(!isSame({ a: [1, 2] }, { a: [2, 1] }));
  assert.ok(!isSame({ a: 0 }, {}));
});
