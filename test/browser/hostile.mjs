#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Two hundred messages that mean harm, from the other desk: every page shows them as text, nothing of them runs, nothing
// is fetched for them, and the page stays whole and quick. What must never happen is watched in browser.mjs.
import { Console, launch, sticksOut } from './browser.mjs';
import { LIMITS, openChannel, play, until } from './desks.mjs';
import { floods, RUN, TEXTS, TRACE } from './harm.mjs';

const cut = (text, most) => [...text].slice(0, most).join('');

const T = '2026-11-20T23:49:00Z';
const HASH = 'ab'.repeat(32);
/** Ways to bring a text onto as many pages as there are. */
const kinds = [
  (text) => ({ kind: 'text', body: { language: 'id', subject: cut(text, 200), text } }),
  (text) => ({
    kind: 'incident', tlp: 'RED', re: undefined,
    body: { language: 'id', title: cut(text, 200), summary: text, detected: T, sectors: [cut(text, 100)], services: [cut(text, 200)],
      observables: [{ type: 'other', value: cut(text, 2000), note: cut(text, 500) }], action_requested: text, reference: cut(text, 200) },
  }),
  (text) => ({ kind: 'pledge.offer', body: { language: 'id', title: cut(text, 200), text, translations: [{ language: 'en', text }] } }),
  (text) => ({ kind: 'query', body: { language: 'id', subject: cut(text, 200), question: text } }),
];
const others = [
  (text) => ({ kind: 'assessment', body: { language: 'id', title: cut(text, 200), text, basis: text } }),
  (text) => ({ kind: 'statement', body: { language: 'id', title: cut(text, 200), text, translations: [{ language: 'ar', text }] } }),
  (text) => ({ kind: 'evidence.commit', body: { hash: HASH, language: 'id', description: text } }),
  (text) => ({ kind: 'consultation.request', body: { language: 'id', subject: cut(text, 200), agenda: [cut(text, 1000)], means: cut(text, 200) } }),
  (text) => ({ kind: 'roster', body: { language: 'id', authority: cut(text, 200), roles: [{ role: cut(text, 100), hours: cut(text, 200), languages: ['id'], name: cut(text, 200), contact: cut(text, 500) }] } }),
  (text) => ({ kind: 'measure', body: { measure: 'other', language: 'id', text } }),
];
/** Files that look like something that runs. */
const files = [
  ['pwn.svg', `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script></svg>`],
  ['index.html', `<script>${RUN}</script>`],
];

const MEAN = `<img src=x onerror=${RUN}> \u202egnp.exe`;
/** An advisory of our own. */
const advisory = (id, title) => ({
  document: {
    category: 'csaf_base', csaf_version: '2.0', ...(title && { title }),
    publisher: { category: 'vendor', name: 'N', namespace: 'https://example.org' },
    distribution: { tlp: { label: 'AMBER' } },
    tracking: { id, current_release_date: T, initial_release_date: T, status: 'final', version: '1',
      revision_history: [{ date: T, number: '1', summary: 'First' }] },
  },
});

/** Attached advisories: one as it should be, one that means harm, one that breaks its schema. */
async function sendAdvisories(south, channel) {
  const attachments = [];
  for (const one of [advisory('EX-2026-1', 'A hole in the register of voters'), advisory(MEAN, MEAN), advisory('EX-2026-2')])
    attachments.push(await south.upload(channel, JSON.stringify(one)));
  return south.say(channel, { kind: 'text', body: { language: 'id', text: 'Three advisories', subject: 'Files' }, attachments });
}

async function advisories(tap, one, channel, id) {
  await show(one, messagePath(channel, id));
  const all = one.page.locator('.attachments .advisory');
  await all.nth(2).waitFor();
  const said = await all.allInnerTexts();
  tap.ok(said[0].includes(one.word('message.advisory')) && said[0].includes('TLP:AMBER') && said[0].includes('EX-2026-1')
    && said[0].includes('A hole in the register of voters'), `an attached advisory says what it is: ${said[0]}`);
  tap.ok(said[1].includes(`<img src=x onerror=${RUN}> U+202Egnp.exe`), 'one that means harm is text');
  tap.ok(said[2].includes(one.word('message.advisory.broken')) && said[2].includes('document.title is missing'),
    `one that breaks its schema says where: ${said[2]}`);
  await harmless(tap, one, 'the message with advisories');
  await one.look('a message with advisories');
}

async function attack(tap, south, channel) {
  const messages = TEXTS.flatMap(([text], i) => [...kinds.map((kind) => kind(text)), ...(i % 6 === 0 ? others.map((kind) => kind(text)) : [])]);
  messages.push(...floods.map(([, text]) => ({ kind: 'text', body: { language: 'id', subject: 'A flood', text } })));
  messages.push({ kind: 'incident', body: { language: 'id', title: 'Long lists', summary: 'x', detected: T, affected_systems: 1000000000,
    observables: Array.from({ length: 500 }, (_, i) => ({ type: 'other', value: `${'v'.repeat(200)}${i}` })) } });
  messages.push({ kind: 'record.statement', body: { from: T, to: T, entries: 9007199254740991, logs: [{ desk: 'south.example', size: 9007199254740991, root: 'A'.repeat(43) + '=' }] } });
  const sent = [];
  for (const message of messages) sent.push(await south.say(channel, message));
  for (const [name, content] of files) {
    const put = await south.upload(channel, content);
    sent.push(await south.say(channel, { kind: 'text', body: { language: 'id', text: `Attached ${name}`, subject: 'A file' }, attachments: [put] }));
  }
  tap.ok(sent.length >= 200, `the other desk sends ${sent.length} messages`);
  return { sent, messages };
}

/** What of theirs became part of the page. */
const alive = (one) =>
  one.page.evaluate((trace) => {
    const found = [];
    if (trace in window || 'polluted' in {}) found.push('a script of theirs ran');
    const main = document.querySelector('main') ?? document.body;
    for (const one of main.querySelectorAll('script, iframe, object, embed, style, link, meta, base, img, video, audio, marquee, math, template'))
      found.push(one.outerHTML.slice(0, 100));
    for (const one of document.querySelectorAll('body *'))
      for (const { name, value } of one.attributes)
        if (/^on/i.test(name) || (/^(href|src|action|formaction)$/i.test(name) && !/^(\/(?!\/)|#|blob:)/.test(value))) found.push(`${name}="${value.slice(0, 80)}"`);
    return found.slice(0, 5).join(' ');
  }, TRACE);

async function harmless(tap, one, what, faults) {
  const found = [await alive(one), await sticksOut(one.page)].filter(Boolean).join('; ');
  if (faults) {
    if (found) faults.push(`${what}: ${found}`);
  } else tap.ok(found === '', `${what}: text only, and whole ${found}`.trim());
}

/** Goes there without loading the console anew. */
const show = (one, where) =>
  one.page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: null }));
  }, where);

async function lists(tap, one, channel) {
  await one.goto('/');
  await one.section('now.unread').waitFor();
  await harmless(tap, one, 'Now');
  await one.goto(`/channels/${channel}?all=1`);
  const list = one.page.locator('.message-list .virtual');
  await list.locator('[data-row] a.title, [data-row] .title').first().waitFor();
  const faults = [];
  for (let at = 0; at <= 1; at += 0.1) {
    await list.evaluate((box, part) => (box.scrollTop = part * (box.scrollHeight - box.clientHeight)), at);
    await until(() => list.locator('.coming').count().then((n) => n === 0), 20, 'the rows are here');
    await harmless(tap, one, `row ${Math.round(at * 100)} %`, faults);
  }
  tap.ok(faults.length === 0, `the channel, all the way: text only, and whole ${faults[0] ?? ''}`.trim());
  const heights = await list.locator('[data-row]').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
  tap.ok(heights.every((height) => height <= 33), 'no row is higher than the others');
  await one.goto('/incidents');
  await one.page.getByText('Long lists').first().waitFor();
  await harmless(tap, one, 'Incidents');
  await one.goto('/pledges');
  await one.page.getByText('hasOwnProperty').first().waitFor();
  await harmless(tap, one, 'Pledges');
  await one.goto('/compose');
  await one.page.locator('[data-field="kind"] select').selectOption('text');
  await one.page.getByText(one.word('compose.re.optional'), { exact: true }).click();
  await one.page.locator('[data-field="re"] select option').nth(2).waitFor({ state: 'attached' });
  await harmless(tap, one, 'Compose, which lists what can be answered');
}

const messagePath = (channel, id) => `/channels/${channel}/messages/${id.replace('#', '/')}`;

async function pages(tap, one, channel, sent, messages) {
  await one.goto('/incidents');
  const faults = [];
  let looked = 0;
  for (const [i, message] of messages.entries()) {
    // Each text once as a report, which has the most fields; and of every other kind a few.
    const isChosen = message.kind === 'incident' || ![ 'text', 'query', 'pledge.offer'].includes(message.kind) || i % 12 === 0;
    if (!isChosen || message.body.subject === 'A flood') continue;
    await show(one, messagePath(channel, sent[i]));
    const id = one.page.locator('.facts-list').getByText(`#${sent[i].split('#')[1]}`, { exact: true });
    await id.first().waitFor();
    looked++;
    await harmless(tap, one, `${sent[i]} ${JSON.stringify(message).slice(0, 120)}`, faults);
    const expected = TEXTS.find(([text]) => Object.values(message.body).includes(text))?.[1];
    const said = await one.page.locator('main').innerText();
    const squeezed = (text) => text.replace(/\s+/g, ' ');
    if (expected && !squeezed(said).includes(squeezed(expected))) faults.push(`${sent[i]} ${message.kind}: ${expected} is not to be read`);
  }
  for (const fault of faults.slice(0, 20)) tap.note(fault);
  tap.ok(faults.length === 0, `${looked} messages opened: each shows what was sent, as text, and nothing else`);
}

async function flood(tap, one, channel, sent, messages) {
  await one.page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (window.longest = Math.max(window.longest, duration)))).observe({ type: 'longtask' });
  });
  for (const [what, text] of floods) {
    const id = sent[messages.findIndex((message) => message.body.text === text)];
    await one.page.evaluate(() => (window.longest = 0));
    await show(one, messagePath(channel, id));
    await one.page.locator('.facts-list').getByText(`#${id.split('#')[1]}`, { exact: true }).first().waitFor();
    const all = one.page.getByRole('button', { name: new RegExp(`^${one.word('ui.show_all', { count: '' }).split(':')[0]}`) });
    if (await all.count()) await all.first().click();
    await one.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    const longest = await one.page.evaluate(() => window.longest);
    const wide = await sticksOut(one.page);
    tap.ok(!wide && longest < 2000, `${what}: the page stays whole and answers (longest task ${Math.round(longest)} ms) ${wide}`.trim());
  }
}

await play(async (tap) => {
  const north = await tap.desk('north.example');
  const south = await tap.desk('south.example', 'id');
  await Promise.all([north.ready(), south.ready()]);
  const title = `<img src=x onerror=${RUN}> Elections \u202e`;
  const channel = await openChannel(tap.folder, [north, south], { limits: LIMITS, lines: ['technical'], duties: [{ on: 'query', owe: ['answer'], within: 'PT24H' }] }, title)
  const maria = await north.person('maria', 'watch,officer,administrator', `<script>${RUN}</script> Maria`);
  const { sent, messages } = await attack(tap, south, channel);
  const files = await sendAdvisories(south, channel);
  const last = messagePath(channel, files).replace('/channels/', '/api/channels/');
  await until(async () => (await north.local('GET', last)).status === 200, 60, 'all have come to north');

  const browser = await launch(tap);
  const one = await Console.open(tap, browser, maria, { cookie: await maria.session() });
  await lists(tap, one, channel);
  await pages(tap, one, channel, sent, messages);
  await advisories(tap, one, channel, files);
  await flood(tap, one, channel, sent, messages);
});
