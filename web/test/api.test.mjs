// SPDX-License-Identifier: Apache-2.0
// Requests: refusals become problems, an ended session asks for the login and sends again, a lost connection waits.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { load } from './load.mjs';

const { api, session, connection, i18n } = await load({
  api: 'api.ts',
  session: 'session.ts',
  connection: 'connection.ts',
  i18n: 'i18n.ts',
});
await i18n.setLanguage('en');

const rina = { operator: { name: 'rina', roles: ['watch'] }, desk: 'north.example', must_change: false };
const sari = { ...rina, operator: { name: 'sari', roles: ['watch'] } };
const answer = (status, value, headers = {}) =>
  new Response(typeof value === 'string' ? value : JSON.stringify(value), { status, headers });
const refused = { title: 'untrusted', status: 401, detail: 'log in', code: 'login-required' };

let asked;
/** Answers the requests with these, in order; a thrown one is a connection that fails. */
function desk(...answers) {
  asked = [];
  globalThis.fetch = (path, how) => {
    asked.push(`${how.method} ${path} ${how.body ?? ''}`.trim());
    const next = answers.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
beforeEach(() => session.loggedIn(rina));

test('a refusal names the field', async () => {
  const fields = [{ field: 'body.title', why: 'is missing' }];
  desk(answer(400, { title: 'malformed', status: 400, detail: 'body: title: is missing', fields }));
  await assert.rejects(api.post('/api/drafts', {}), (problem) => {
    assert.equal(problem.status, 400);
    assert.equal(problem.detail, 'body: title: is missing');
    assert.equal(problem.why('title'), 'is missing');
    assert.equal(problem.why('summary'), undefined);
    return true;
  });
});

test("the desk's sentence is English: others get the console's words before it, by code or else by status", async () => {
  const problem = (status, code) => new api.Problem(status, 'conflict', 'version 3 is there', code);
  assert.equal(problem(409, 'version-conflict').own, undefined);
  assert.equal(problem(409, 'version-conflict').line, 'version 3 is there');
  await i18n.setLanguage('id');
  assert.equal(problem(409, 'version-conflict').own, i18n.t('problem.version-conflict'));
  assert.equal(problem(409, undefined).own, i18n.t('problem.409'));
  assert.equal(problem(409, 'a-code-that-comes-later').own, i18n.t('problem.409'));
  assert.equal(problem(418, undefined).own, undefined);
  assert.equal(problem(503, undefined).line, `${i18n.t('problem.503')} (version 3 is there)`);
  assert.equal(problem(0, 'connection-lost').own, undefined);
  await i18n.setLanguage('en');
});

test('what was refused for an ended session is sent again when the same person is back', async () => {
  desk(answer(401, refused), answer(201, { id: 'd1' }));
  const sent = api.post('/api/drafts', { channel: 'c' });
  await settle();
  assert.equal(session.loginNeeded.value, true);
  session.loggedIn(rina);
  assert.deepEqual(await sent, { id: 'd1' });
  assert.equal(session.loginNeeded.value, false);
  assert.equal(asked.length, 2);
  assert.equal(asked[0], asked[1]);
});

test('nothing is sent in the name of another person', async () => {
  desk(answer(401, refused), answer(201, {}));
  const sent = api.post('/api/drafts/d1/approve', { version: 1 });
  await settle();
  session.loggedIn(sari);
  await assert.rejects(sent, (problem) => problem.status === 401);
  assert.equal(asked.length, 1);
});

test('the login itself is not answered with a login', async () => {
  desk(answer(401, refused));
  await assert.rejects(api.post('/api/session', {}, { isLogin: true }), (problem) => problem.status === 401);
  assert.equal(session.loginNeeded.value, false);
});

test('a lost connection is known, and a patient request goes through later', async () => {
  desk(new TypeError('failed'), answer(502, 'proxy'), answer(200, { ok: true }));
  const sent = api.post('/api/drafts/d1', { version: 1 }, { patient: true });
  await settle();
  assert.notEqual(connection.lostSince.value, undefined);
  assert.deepEqual(await sent, { ok: true });
  assert.equal(connection.lostSince.value, undefined);
  assert.equal(asked.length, 3);
});

test('an impatient request says that nothing was sent', async () => {
  desk(new TypeError('failed'));
  await assert.rejects(api.post('/api/x', {}), (problem) => problem.status === 0 && problem.code === 'connection-lost');
});

test('a password that must change is asked for', async () => {
  desk(answer(403, { title: 'x', status: 403, detail: 'x', code: 'password-change-required' }));
  await assert.rejects(api.get('/api/now'));
  assert.equal(session.passwordNeeded.value, true);
});

test('paths can not be led astray', () => {
  assert.equal(api.messagePath('a/../b', 'north.example#12'), '/api/channels/a%2F..%2Fb/messages/north.example/12');
  assert.equal(api.query({ a: 'x&y', b: undefined, c: '', d: true, e: 0 }), '?a=x%26y&d=1&e=0');
});
