#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every page light, dark and in Arabic, and Now on the wall: each must have drawn what it is for, in words, with nothing
// sticking out and nothing for axe to find. The pictures go to $SCREENS when it is set (make screens: doc/screens), else
// to the build folder. What they show is the same each time but for keys and clocks.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Console, launch, OUT } from './browser.mjs';
import { LIMITS, openChannel, play, SOURCE, until } from './desks.mjs';
import { ReleasePage } from './release_page.mjs';

const FOLDER = process.env.SCREENS ? path.resolve(process.env.SCREENS) : path.join(OUT, 'screens');
// In bytes. Fonts differ from machine to machine, and with them what a picture weighs.
const LARGEST = 250_000;
const VIEW = { width: 1280, height: 720 };

const CHARTER = {
  lines: ['technical', 'operational', 'political'],
  approval: ['measure'],
  duties: [
    { every: 'PT1H', owe: 'check', grace: 'PT10M' },
    { on: 'incident', owe: ['ack'], within: 'PT4H' },
    { on: 'query', owe: ['answer'], within: 'PT24H' },
    { on: 'consultation.request', owe: ['consultation.accept', 'consultation.decline'], within: 'PT2S' },
  ],
  limits: { ...LIMITS, skew: 'PT1S' },
  codebooks: ['default'],
};

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19) + 'Z';

/** The same story for every picture. */
async function tell(desks, channel) {
  const { north, south, vendor } = desks;
  const held = (desk, id) => until(async () => (await desk.local('GET', `/api/channels/${channel}/messages/${id.replace('#', '/')}`)).status === 200, 30, `${desk.name} holds ${id}`);
  const say = async (from, message) => {
    const id = await from.say(channel, message);
    await Promise.all(Object.values(desks).map((desk) => held(desk, id)));
    return id;
  };
  const book = (await north.local('GET', `/api/channels/${channel}`)).body.codebooks[0];
  await say(vendor, { kind: 'statement', body: { language: 'en', title: 'The new register of voters', text: 'The register is in use since Monday.' } });
  const pledge = JSON.parse(readFileSync(path.join(SOURCE, 'spec/pledges/non-interference.json'), 'utf8'));
  const offer = await say(north, { kind: 'pledge.offer', to: ['south.example'], body: pledge });
  await say(south, { kind: 'pledge.accept', re: offer, body: {} });
  const incident = await say(vendor, {
    kind: 'incident', tlp: 'AMBER',
    body: { language: 'en', title: "Voters' register under attack", summary: 'From 203.0.113.0/24 someone tries stolen passwords, about forty a minute. Nobody got in that we know of.',
      detected: ago(95), started: ago(130), stage: 'early', severity: 'high', category: 'intrusion-attempts', countries: ['ID'], affected_systems: 3,
      observables: [{ type: 'prefix', value: '203.0.113.0/24', note: 'where it comes from' }, { type: 'domain', value: 'login.register.example' }] },
  });
  await say(south, { kind: 'ack', re: incident, body: { understood: true, paraphrase: 'Kata sandi curian dicoba dari 203.0.113.0/24.', language: 'id' } });
  await say(vendor, { kind: 'incident.update', re: incident, tlp: 'AMBER', body: { language: 'en', summary: 'One account was taken over at 09:10 and is closed.', severity: 'critical' } });
  const query = await say(north, { kind: 'query', to: ['south.example'], re: incident, body: { language: 'en', question: 'Is the activity from 203.0.113.0/24 yours, or known to you?' } });
  const answer = await say(south, { kind: 'answer', to: ['north.example'], re: query, body: { answer: 'no', language: 'id', text: 'Bukan milik kami; alamat itu disewakan.' } });
  await say(south, { kind: 'signal', to: ['north.example'], re: query, body: { codebook: book, number: 501, parameters: [{ name: 'message', value: query }] } });
  await say(south, { kind: 'query', to: ['north.example'], body: { language: 'id', question: 'Apakah latihan Anda hari ini selesai?' } });
  await say(north, { kind: 'consultation.request', to: ['south.example'], body: { language: 'en', subject: 'The leased addresses' } });
  await say(south, { kind: 'roster', body: { language: 'id', authority: 'Badan Siber', roles: [{ role: 'Petugas jaga', hours: '24/7', languages: ['id', 'en'], name: 'Sari' }] } });
  return { incident, query, answer };
}

/** What people of north have in hand: a draft that waits, one being written, notes, an offer of the watch. */
async function work(north, channel, maria) {
  const cookie = `${maria.cookie.name}=${maria.cookie.value}`;
  const post = async (where, body) => {
    const answer = await north.post(where, body, cookie);
    if (answer.status >= 300) throw new Error(`${where}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const measure = await post('/api/drafts', { channel, message: { kind: 'measure', line: 'political', tlp: 'AMBER', body: { measure: 'other', language: 'en', text: 'From noon we block 203.0.113.0/24 at our border for a day.' } } });
  await post(`/api/drafts/${measure.id}/submit`, { version: measure.version });
  const text = await post('/api/drafts', { channel, message: { kind: 'text', body: { language: 'en', subject: 'Addresses', text: 'We have asked the owner of the leased' } } });
  await post('/api/notes', { version: 0, text: 'The vendor calls at 15:00. Block of 203.0.113.0/24 waits for Omar.' });
  const { unread } = (await north.local('GET', '/api/now')).body;
  const messages = unread.filter(({ kind }) => !['query', 'signal'].includes(kind)).map((one) => one.id);
  await post(`/api/channels/${channel}/opened`, { messages });
  await post('/api/handovers', { to: 'omar', notes: 'South has not answered about consultations.' });
  return { measure: measure.id, text: text.id };
}

async function picture(tap, one, look, name) {
  const file = path.join(FOLDER, `${name}-${look}.png`);
  await one.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(file);
  tap.ok(size > 5000 && size <= LARGEST, `${path.basename(file)}: ${Math.round(size / 1024)} KiB`);
}

/** A page is whole: a title, content, all of it in words. */
async function drawn(tap, one, name, where, keys) {
  await one.goto(where);
  await one.page.locator('h1').first().waitFor();
  await one.page.getByText(one.word('ui.loading'), { exact: true }).first().waitFor({ state: 'detached' });
  await until(async () => (await one.page.locator('body').innerText()).length > 120, 20, `${name} has content`);
  const text = await one.page.locator('body').innerText();
  const raw = keys.filter((key) => new RegExp(`(^|\\s)${key.replace('.', '\\.')}(\\s|$)`).test(text));
  tap.ok(raw.length === 0, `${name}: all in words ${raw.slice(0, 3).join(' ')}`.trim());
  tap.ok((await one.page.locator('.alert.bad.problem, .problem-box').count()) === 0, `${name}: nothing went wrong`);
}

/** The story as a release to which all have consented, without one answer. */
async function released(tap, { north, south, vendor }, channel, secret) {
  const manifest = path.join(tap.folder, 'manifest');
  writeFileSync(`${manifest}.cover`, JSON.stringify({ en: 'The attack on the voters’ register was raised with both sides within two hours. This is what was said.', id: 'Serangan terhadap daftar pemilih dibahas dengan kedua pihak dalam dua jam. Inilah yang dikatakan.' }));
  writeFileSync(manifest, (await north.aldis('release', 'draft', channel, '--withhold', secret, '--cover', `${manifest}.cover`)).stdout);
  const request = (await north.aldis('release', 'request', channel, manifest, '--text', 'To end rumours')).stdout.trim();
  for (const desk of [south, vendor]) {
    await until(async () => (await desk.aldis('release', 'show', channel, request, { may: true })).status === 0, 30, 'the manifest is there');
    await desk.aldis('release', 'consent', channel, request);
  }
  await until(async () => (await north.aldis('release', 'build', channel, manifest, '-o', `${manifest}.html`, { may: true })).status === 0, 30, 'all have consented');
  return `${manifest}.html`;
}

/** The release as its reader finds it, and once the digits are compared. */
async function releasePages(tap, browser, file, incident) {
  for (const [look, options] of [['light', {}], ['dark', { colorScheme: 'dark' }], ['indonesian', { locale: 'id' }]]) {
    const one = await ReleasePage.open(tap, browser, `a reader, ${look}`, { viewport: VIEW, ...options });
    tap.ok((await one.load(file)).name === 'consistent', `the release, ${look}`);
    await picture(tap, one, look, 'release');
    for (const box of await one.page.locator('input[data-desk]').all()) await box.check();
    await one.entries();
    await one.message(incident).evaluate((message) => message.scrollIntoView());
    await picture(tap, one, look, 'release-conversation');
  }
}

/** On the page of a draft: all in full but the first query, of which only the envelope. */
async function choose(one) {
  await one.page.getByRole('radio', { name: one.word('release.mode.full'), exact: true }).check();
  const query = one.page.locator('.entry-list [data-row]').filter({ hasText: '203.0.113.0/24 yours' });
  await query.getByRole('button', { name: one.word('release.mode.envelope'), exact: true }).click();
  await one.page.locator('.release-words li[data-topic=envelope]').waitFor();
  await one.page.locator('.release-words').scrollIntoViewIfNeeded();
}

/** South's line is down, and something waits for it. */
async function lineDown({ north, south }, channel) {
  await south.stop();
  await north.say(channel, { kind: 'text', to: ['south.example'], body: { language: 'en', text: 'Are you there?' } });
  await until(async () => (await north.local('GET', '/api/now')).body.peers.some(({ name, reachable }) => name === 'south.example' && !reachable), 60, 'the line is found down');
}

async function writePouch(one) {
  await one.page.getByRole('radio', { name: one.word('pouch.size.own'), exact: true }).check();
  await one.page.getByLabel(one.word('pouch.size.own.field')).fill('4');
  await one.button('pouch.out.do').click();
  await one.page.locator('.pouch-files').waitFor();
}

async function pictures(tap, one, arabic, pages, keys) {
  for (const [name, where, prepare] of pages) {
    await drawn(tap, one, name, where, keys);
    await prepare?.(one);
    await one.look(name);
    await picture(tap, one, 'light', name);
    await one.page.emulateMedia({ colorScheme: 'dark' });
    await picture(tap, one, 'dark', name);
    await one.page.emulateMedia({ colorScheme: 'light' });
  }
  for (const [name, where, prepare] of pages) {
    await drawn(tap, arabic, `${name}, Arabic`, where, keys);
    tap.ok((await arabic.page.evaluate(() => getComputedStyle(document.body).direction)) === 'rtl', `${name}: right to left`);
    await prepare?.(arabic);
    await arabic.look(`${name}, Arabic`, ['light']);
    await picture(tap, arabic, 'arabic', name);
  }
}

await play(async (tap) => {
  mkdirSync(FOLDER, { recursive: true });
  const desks = { north: await tap.desk('north.example'), south: await tap.desk('south.example', 'id'), vendor: await tap.desk('vendor.example') };
  const { north } = desks;
  await Promise.all(Object.values(desks).map((desk) => desk.ready()));
  const channel = await openChannel(tap.folder, Object.values(desks), CHARTER, 'Elections');
  const { incident, query, answer } = await tell(desks, channel);
  const maria = await north.person('maria', 'watch,officer,administrator', 'Maria Writer');
  const omar = await north.person('omar', 'watch,officer,administrator,auditor', 'Omar Release');
  maria.cookie = await maria.session();
  const cookie = await omar.session();
  const drafts = await work(north, channel, maria);
  await until(async () => (await north.local('GET', '/api/now')).body.alarms.some(({ what }) => what === 'overdue'), 30, 'the silence is overdue');
  await north.local('POST', `/api/channels/${channel}/verify`, {});
  await until(async () => (await north.local('GET', `/api/channels/${channel}/verify`)).body.state === 'sound', 30, 'the record is verified');

  const id = (message) => message.replace('#', '/');
  const pages = [
    ['now', '/'],
    ['channel', `/channels/${channel}`],
    ['message', `/channels/${channel}/messages/${id(incident)}`],
    ['compose', `/compose?channel=${channel}&re=${encodeURIComponent(query)}&kind=text`],
    ['approval', `/compose?draft=${drafts.measure}`],
    ['drafts', '/drafts'],
    ['pledges', '/pledges'],
    ['incidents', '/incidents'],
    ['incident', `/incidents/${channel}/${id(incident)}`],
    ['record', `/record/${channel}`],
    ['handover', '/handover'],
    ['desk', '/desk'],
    ['audit', '/audit'],
    ['wall', '/?wall'],
  ];
  const keys = Object.keys(JSON.parse(readFileSync(path.join(SOURCE, 'web/src/strings/common.en.json'), 'utf8'))).filter((key) => !key.startsWith('keys.'));
  // As a browser on the wall is set up: it may sound without being touched.
  const browser = await launch(tap, '--autoplay-policy=no-user-gesture-required');
  const stranger = await Console.open(tap, browser, { name: 'a stranger', desk: north }, { viewport: VIEW });
  await stranger.goto('/');
  await stranger.look('login');
  await picture(tap, stranger, 'light', 'login');

  const one = await Console.open(tap, browser, omar, { cookie, viewport: VIEW });
  const arabic = await Console.open(tap, browser, omar, { cookie, viewport: VIEW, language: 'ar' });
  await pictures(tap, one, arabic, pages, keys);
  const file = await released(tap, desks, channel, answer);
  const [{ request }] = (await north.local('GET', `/api/channels/${channel}/releases`)).body.releases;
  await pictures(tap, one, arabic, [
    ['releases', `/releases/${channel}`],
    ['release-answers', `/releases/${channel}/${id(request)}`],
    ['release-draft', `/releases/${channel}/new`, choose],
  ], keys);
  await releasePages(tap, browser, file, incident);
  await lineDown(desks, channel);
  await pictures(tap, one, arabic, [
    ['pouches', '/pouches'],
    ['pouch', `/pouches/${channel}/south.example/write`, writePouch],
  ], keys);
});
