#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What a journalist does with a release on a stick: opens the one file, compares digits, reads, prints, checks quotes;
// and what becomes of copies that somebody tampered with. The programs $RELEASE_SAMPLE and $RELEASE_CODES are built for
// tests; the code of each bad copy is the one that the program gives.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launch, OUT, sticksOut, violations } from './browser.mjs';
import { LIMITS, openChannel, play, SOURCE, until } from './desks.mjs';
import { floods, TEXTS, TRACE } from './harm.mjs';
import { ReleasePage, WORDS } from './release_page.mjs';

const COPIES = 500;
const CHARTER = {
  lines: ['technical', 'operational', 'political'],
  duties: [{ on: 'incident', owe: ['ack'], within: 'PT4H' }, { on: 'consultation.request', owe: ['consultation.accept', 'consultation.decline'], within: 'PT1S' }],
  limits: { ...LIMITS, skew: 'PT1S' },
  codebooks: ['default'],
};
const SECRET = 'This is between us alone.';
const ARABIC = 'مرحبا، هذا نص عربي.';

// A record

async function tell(north, south, channel) {
  const say = async (desk, message) => {
    const id = await desk.say(channel, message);
    await Promise.all([north, south].map((one) =>
      until(async () => (await one.local('GET', `/api/channels/${channel}/messages/${id.replace('#', '/')}`)).status === 200, 30, `${one.name} holds ${id}`)));
    return id;
  };
  const book = (await north.local('GET', `/api/channels/${channel}`)).body.codebooks[0];
  const file = await north.upload(channel, 'What was in the log file.\n');
  const closed = await north.upload(channel, 'Nobody else shall have this.');
  const ids = {};
  ids.incident = await say(north, { kind: 'incident', tlp: 'AMBER', attachments: [file, closed], body: { language: 'en', title: 'Passwords tried', summary: 'From 203.0.113.0/24.', detected: '2026-11-20T23:49:00Z',
    severity: 'high', observables: [{ type: 'prefix', value: '203.0.113.0/24', note: 'where it comes from' }] } });
  ids.ack = await say(south, { kind: 'ack', re: ids.incident, body: { understood: true, paraphrase: 'Kata sandi dicoba.', language: 'id' } });
  ids.offer = await say(north, { kind: 'pledge.offer', to: ['south.example'], body: { language: 'en', title: 'No attacks', text: 'We will not attack registers.', translations: [{ language: 'id', text: 'Kami tidak akan menyerang daftar.' }] } });
  ids.accept = await say(south, { kind: 'pledge.accept', re: ids.offer, body: {} });
  ids.withdraw = await say(south, { kind: 'pledge.withdraw', re: ids.offer, body: { language: 'id', text: 'Kami menariknya.' } });
  ids.secret = await say(south, { kind: 'text', body: { language: 'en', text: SECRET } });
  ids.silent = await say(north, { kind: 'consultation.request', to: ['south.example'], body: { language: 'en', subject: 'The leased addresses' } });
  ids.signal = await say(south, { kind: 'signal', re: ids.incident, body: { codebook: book, number: 501, parameters: [{ name: 'message', value: ids.incident }] } });
  ids.translation = await say(north, { kind: 'translation', re: ids.ack, body: { language: 'en', text: 'Passwords are being tried.', translator: 'A. Writer' } });
  ids.arabic = await say(south, { kind: 'text', body: { language: 'ar', text: ARABIC } });
  ids.envelope = await say(north, { kind: 'text', re: ids.arabic, body: { language: 'en', text: 'Only that there was a message.' } });
  ids.statement = await say(south, { kind: 'statement', body: { language: 'en', title: 'Our word', text: 'We rent the addresses out and know nothing of this.' } });
  return { ids, file, closed };
}

/** What the manifest takes in, in the joint order that the desk has. */
async function inOrder(desk, channel, manifest) {
  const { messages } = (await desk.local('GET', `/api/channels/${channel}/messages?limit=1000`)).body;
  const sizes = new Map(JSON.parse(readFileSync(manifest, 'utf8').split('\n')[1]).logs.map(({ origin, size }) => [origin.split('/')[0], size]));
  return messages.map(({ id }) => id).filter((id) => Number(id.split('#')[1]) < sizes.get(id.split('#')[0]));
}

async function draft(north, channel, name, options = [], cover) {
  if (cover) writeFileSync(name + '.cover', JSON.stringify(cover));
  const { stdout } = await north.aldis('release', 'draft', channel, ...options, ...(cover ? ['--cover', name + '.cover'] : []));
  writeFileSync(name, stdout);
  return name;
}

/** Asked for, answered, built. */
async function release(north, south, channel, manifest, answer, ...options) {
  const request = (await north.aldis('release', 'request', channel, manifest, '--text', 'To end rumours')).stdout.trim();
  await until(async () => (await south.aldis('release', 'show', channel, request, { may: true })).status === 0, 30, 'the manifest is there');
  const reply = (await south.aldis('release', answer, channel, request)).stdout.trim();
  await until(async () => (await north.local('GET', `/api/channels/${channel}/messages/${reply.replace('#', '/')}`)).status === 200, 30, 'the answer is there');
  const file = `${manifest}.html`;
  await north.aldis('release', 'build', channel, manifest, ...options, '-o', file);
  return file;
}

// What a reader sees

async function look(tap, one, what) {
  for (const colorScheme of ['light', 'dark']) {
    await one.page.emulateMedia({ colorScheme });
    const found = await violations(one.page);
    tap.ok(found.length === 0, `${what}: axe finds nothing, ${colorScheme}`);
    for (const each of found) tap.note(each);
  }
  await one.page.emulateMedia({ colorScheme: 'light' });
  const wide = await sticksOut(one.page);
  tap.ok(wide === '', `${what}: nothing sticks out ${wide}`.trim());
}

/** From neutral to green and back, with digits that come from the desks and not from the file. */
async function compares(tap, one, desks) {
  const { page } = one;
  for (const desk of desks) {
    tap.ok((await one.state()).name === 'consistent', `not green before ${desk.name} is compared`);
    const digits = (await desk.aldis('fingerprint')).stdout.match(/\d{5}/g).slice(0, 12).join('');
    const item = page.locator('#desks li').filter({ has: page.locator(`input[data-desk="${desk.name}"]`) });
    tap.ok((await item.locator('.digits').innerText()).replace(/\D/g, '') === digits, `the digits of ${desk.name} are its own`);
    await item.locator('label').click();
  }
  const green = await page.locator('#state').evaluate((state) => getComputedStyle(state).borderTopColor);
  tap.ok((await one.state()).name === 'compared', 'green once all are compared');
  await page.locator('#desks label').first().click();
  tap.ok((await one.state()).name === 'consistent' && green !== (await page.locator('#state').evaluate((state) => getComputedStyle(state).borderTopColor)),
    'and not when one is taken back');
  await page.reload();
  await until(async () => (await one.state()).name === 'consistent', 30, 'it is checked again');
  tap.ok((await page.locator('#desks input:checked').count()) === 0, 'nothing is kept');
}

async function reads(tap, one, { ids, file, closed }, order) {
  const { page } = one;
  const entries = await one.entries();
  const texts = new Map(entries);
  tap.ok(entries.map(([id]) => id).filter((id) => id !== 'gap').join() === order.filter((id) => id !== ids.secret).join(), 'all that is shown, in the joint order that the desk has');
  const has = (id, ...all) => all.every((text) => texts.get(id)?.includes(text));
  const say = (what, good) => tap.ok(good, what);
  say('a gap stands where something is withheld', entries.some(([id, text]) => id === 'gap' && text.includes(one.word('gap.one')) && text.includes(ids.secret.replace('#', ' #'))));
  say('and what it said is nowhere', !(await page.content()).includes(SECRET) && !readFileSync(one.url.slice(7), 'utf8').includes(Buffer.from(SECRET.slice(0, 18)).toString('base64')));
  say('a report: labels, values in words, a table', has(ids.incident, 'Incident', 'TLP:AMBER', 'High', '203.0.113.0/24', 'where it comes from', '2026-11-20 23:49:00 UTC'));
  say('its clock: answered in time', has(ids.incident, one.word('duty.met'), ids.ack));
  say('who holds it', has(ids.incident, 'Countersigned by: south.example, 20'));
  say('a translation beside the message', has(ids.ack, 'Passwords are being tried.', 'A. Writer', one.word('message.translation.counts')));
  say('a pledge that was taken back', has(ids.offer, 'south.example: yes, taken back later', ids.withdraw, 'Kami tidak akan'));
  say('a signal in words', has(ids.signal, ids.incident, 'Signal 501'));
  say('a silence: overdue only if nothing of the debtor is withheld', has(ids.silent, 'no answer is shown, but entries of south.example are withheld'));
  say('an envelope alone', has(ids.envelope, one.word('message.envelope')) && !texts.get(ids.envelope).includes('Only that'));
  const arabic = await page.evaluate(async (id) => {
    document.getElementById(id).scrollIntoView();
    const box = document.getElementById(id).querySelector('.said');
    return getComputedStyle(box).direction + (box.lang ?? '');
  }, `m-${ids.arabic.replace('#', '-')}`);
  say('Arabic runs from right to left', arabic === 'rtlar');
  say('an attachment that is not in the file is named', has(ids.incident, closed.blob, one.word('attachment.closed').replace('{size}', '28')));
  const [download] = await Promise.all([page.waitForEvent('download'), one.message(ids.incident).getByRole('button').click()]);
  const kept = path.join(one.tap.folder, 'kept');
  await download.saveAs(kept);
  say('one that is can be saved, under a plain name', download.suggestedFilename() === `north.example-${ids.incident.split('#')[1]}-1.txt` && readFileSync(kept, 'utf8') === 'What was in the log file.\n' && texts.get(ids.incident).includes(file.blob));
  await one.message(ids.ack).getByRole('link', { name: ids.incident }).first().click();
  say('a reference leads to its message', await one.message(ids.incident).evaluate((message) => message === document.activeElement) && !page.url().includes('#'));
}

async function quotes(tap, one, ids) {
  const { page } = one;
  await page.locator('#article').fill('South wrote “We rent the addresses out and know nothing of this.” and “We rent the addresses out and know all of this.” and “Never said by anyone at all here.”');
  await page.locator('#quote-check').click();
  await one.quoted();
  const found = page.locator('#quotes > li');
  const texts = await found.allInnerTexts();
  tap.ok(texts.length === 3 && texts[0].includes(one.word('quotes.as-released')) && texts[0].includes(ids.statement) && texts[1].includes(one.word('quotes.altered')) &&
    texts[2].includes(one.word('quotes.not-in-record')), 'quotes: as released, altered, not in it');
  await page.evaluate(() => ['#quote-check', '#quote-stop'].forEach((id) => document.querySelector(id).click()));
  await one.quoted();
  tap.ok((await page.locator('#quote-count').innerText()) === one.word('quotes.stopped') && (await found.count()) === 0, 'that can be stopped');
  await page.locator('#quote-check').click();
  await one.quoted();
  tap.ok((await found.nth(1).locator('del, ins').allInnerTexts()).join(' ').includes('nothing'), 'with what differs');
}

/** With all blocks of the list but the first ones empty before. */
async function prints(tap, one, ids) {
  await one.page.evaluate(() => scrollTo(0, 0));
  const pdf = await one.page.pdf({ format: 'A4' });
  const { text, folded } = await one.page.evaluate(() => window.printed);
  const lost = ids.filter((id) => !text.includes(id.replace('#', ', entry #')));
  tap.ok(pdf.length > 20_000 && lost.length === 0 && folded === 0 && text.includes(one.word('cannot.1')), `all ${ids.length} entries are on paper, ${Math.round(pdf.length / 1024)} KiB ${lost[0] ?? ''}`.trim());
}

async function story(tap, browser, north, south, channel) {
  const told = await tell(north, south, channel);
  const { ids, file } = told;
  const cover = { en: 'Why we make this public </script><script>', id: 'Mengapa kami mengumumkannya' };
  const manifest = await draft(north, channel, path.join(tap.folder, 'story'), ['--withhold', ids.secret, '--envelope', ids.envelope, '--attachment', file.blob], cover);
  const order = await inOrder(north, channel, manifest);
  const made = await release(north, south, channel, manifest, 'consent');

  const one = await ReleasePage.open(tap, browser, 'a reader');
  tap.ok((await one.load(made)).name === 'consistent', 'a release that holds is consistent, no more');
  const { page } = one;
  await look(tap, one, 'the page');
  await compares(tap, one, [north, south]);
  const head = await page.locator('main').innerText();
  tap.ok(head.includes(one.word('grade.joint')) && head.includes(one.word('answer.releaser')) && head.includes(one.word('answer.consent')), 'the grade, who asked, who consented');
  tap.ok(head.includes(cover.en) && head.includes(cover.id) && (await page.title()) === 'Release of a record', 'the cover text; the title tells nothing');
  await reads(tap, one, told, order);
  await quotes(tap, one, ids);
  await prints(tap, one, order.filter((id) => id !== ids.secret));
  await page.locator('#language [data-language="id"]').click();
  one.language = 'id';
  const words = await page.locator('main').innerText();
  tap.ok(words.includes(one.word('grade.joint')) && words.includes(one.word('cannot.2')) && !/undefined|\[object|\{\w+\}/.test(words), 'the same in Indonesian');
  await look(tap, one, 'in Indonesian');
  await page.setViewportSize({ width: 320, height: 700 });
  await look(tap, one, 'on a narrow screen');
  return ids;
}

/** Texts that mean harm, in a release that the other refused. */
async function harm(tap, browser, north, south, channel, silent) {
  for (const [text] of TEXTS) await south.say(channel, { kind: 'incident', body: { language: 'id', title: [...text].slice(0, 200).join(''), summary: text, detected: '2026-11-20T23:49:00Z', observables: [{ type: 'other', value: text }] } });
  for (const [, text] of floods) await south.say(channel, { kind: 'text', body: { language: 'id', text } });
  const last = await south.say(channel, { kind: 'text', body: { language: 'en', text: 'x' } });
  await until(async () => (await north.local('GET', `/api/channels/${channel}/messages/${last.replace('#', '/')}`)).status === 200, 60, 'all is there');
  const manifest = await draft(north, channel, path.join(tap.folder, 'harm'));
  const file = await release(north, south, channel, manifest, 'refuse', '--one-sided');
  const one = await ReleasePage.open(tap, browser, 'a reader of harm');
  await one.load(file);
  await prints(tap, one, await inOrder(north, channel, manifest));
  const entries = new Map(await one.entries());
  const all = [...entries.values()].join('\n').replace(/\s+/g, ' ');
  const clocks = await one.page.locator('#clocks').innerText();
  tap.ok([entries.get(silent), clocks].every((text) => text.includes(one.word('duty.overdue'))) && clocks.includes(silent), 'nothing of south is withheld: its silence is overdue');
  const lost = TEXTS.filter(([, see]) => !all.includes(see.replace(/\s+/g, ' ')));
  tap.ok(lost.length === 0, `every text stands there as text ${lost[0]?.[1] ?? ''}`.trim());
  const found = await one.page.evaluate((trace) => [...(trace in window || 'polluted' in {} ? ['a script ran'] : []),
    ...[...document.querySelectorAll('main script, iframe, object, embed, main style, main link, main meta, img, video, main template')].map((each) => each.outerHTML.slice(0, 100)),
    ...[...document.querySelectorAll('main *')].flatMap((each) => [...each.attributes]).filter(({ name, value }) => /^on/i.test(name) || (name === 'href' && !value.startsWith('#'))).map(({ name }) => name)], TRACE);
  const wide = await sticksOut(one.page);
  tap.ok(found.length === 0 && wide === '', `nothing of it is alive or sticks out ${found[0] ?? ''} ${wide}`.trim());
  const head = await one.page.locator('main').innerText();
  tap.ok(head.includes(one.word('grade.one-sided')) && head.includes(one.word('answer.refuse')), 'one-sided, and who refused');
}

// Other files

async function unable(tap, browser, file) {
  for (const [what, script] of [
    ['without WebCrypto', () => Object.defineProperty(crypto, 'subtle', { value: undefined })],
    ['without Ed25519', () => (crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError')))],
  ]) {
    const one = await ReleasePage.open(tap, browser, what);
    await one.context.addInitScript(script);
    const { name } = await one.load(file);
    tap.ok(name === 'unable' && (await one.page.locator('#state').innerText()).includes('aldis verify') && !(await one.page.locator('#release').isVisible()), `${what}: it says that it can't check`);
  }
}

/** Data that ends its own element brings nothing into the page. */
async function smuggled(tap, browser, file) {
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf('</script>', text.indexOf('id="release-data"'));
  const one = await ReleasePage.open(tap, browser, 'copies with more than data');
  for (const more of ['</script>All of it is true.', '</script><p>All of it is true.</p>', '</script><!-- -->', ' ']) {
    writeFileSync(`${file}.more.html`, text.slice(0, at) + more + text.slice(at));
    const { name, code } = await one.load(`${file}.more.html`);
    tap.ok(name === 'no' && code === 'data-form' && !(await one.page.locator('body').innerText()).includes('All of it'), `red with '${more}' behind the data, which is not shown`);
  }
}

/** Receipts that an author put on record: nothing is said of one before it is checked, on screen or paper. */
async function receipts(tap, browser, sample) {
  const file = path.join(tap.folder, 'receipts.html');
  const { of, time, receipts: made, other } = JSON.parse(execFileSync('python3', ['-B', path.join(SOURCE, 'test/release_receipts.py'), sample, file], { encoding: 'utf8' }));
  const one = await ReleasePage.open(tap, browser, 'a reader of receipts');
  await one.context.addInitScript((stamp) => {
    const verify = crypto.subtle.verify.bind(crypto.subtle);
    const opened = new Promise((open) => (window.openGate = open));
    crypto.subtle.verify = async (...all) => {
      if (new TextDecoder().decode(all[3]).includes(`\ntime ${stamp}\n`)) await opened;
      return verify(...all);
    };
    window.print = () => (window.asked = true);
  }, time);
  tap.ok((await one.load(file)).name === 'consistent', 'a file with forged receipts on record is consistent');
  const { page } = one;
  const cover = await page.locator('#cover').innerText();
  tap.ok(cover.includes(one.word('about.cover.unsigned').split('{desk}')[0]) && !cover.includes(one.word('about.cover.word')), 'without its consent nothing is taken for the word of the releaser');
  const listed = one.message(of).locator('.part li .receipt');
  const held = one.word('receipt.holds').split('{time}')[0].replace('{desk}', 'east.example');
  const go = async () => {
    await page.locator('#messages').evaluate((list) => list.scrollIntoView());
    await one.message(of).scrollIntoViewIfNeeded();
  };
  await go();
  const unchecked = one.word('receipt.unchecked');
  const waiting = await listed.allInnerTexts();
  tap.ok(waiting.length === made.length && waiting.filter((text) => text === unchecked).length >= 2 && !(await page.locator('main').innerText()).includes(held), 'none is shown as good before it is checked');
  await page.pdf({ format: 'A4' });
  const early = await page.evaluate(() => window.printed.text);
  tap.ok(early.includes(unchecked) && early.includes(one.word('print.unchecked')) && !early.includes(held), 'nor on paper, which says so');
  await page.locator('#print').click();
  tap.ok((await page.locator('#print').isDisabled()) && !(await page.evaluate(() => window.asked)), 'printing waits for the checks');
  await page.evaluate(() => window.openGate());
  await page.waitForFunction(() => window.asked, undefined, { timeout: 30_000 });
  const says = { holds: held, 'fails.signature': one.word('receipt.fails.signature'), 'fails.root': one.word('receipt.fails.root'), unknown: one.word('receipt.unknown').split('{desk}')[0] };
  const own = new Map(await one.entries());
  await go();
  const texts = await listed.allInnerTexts();
  tap.ok(made.every(({ id, what }, i) => [texts[i], own.get(id)].every((text) => text.includes(says[what]) && text.includes(held) === (what === 'holds'))), 'then each says what it is: good, forged, over another history, or beyond judging');
  const named = one.word('seen.other').split('{author}')[0].replaceAll('{desk}', 'south.example').replace('{size}', '1');
  tap.ok([...own].every(([id, text]) => text.includes(named) === (id === other)), 'another history than the file has is told where it is named');
  await page.pdf({ format: 'A4' });
  const paper = await page.evaluate(() => window.printed.text);
  tap.ok(Object.values(says).every((text) => paper.includes(text)) && paper.includes(named) && !paper.includes(unchecked) && !paper.includes(one.word('seen.unchecked')) && !paper.includes(one.word('print.unchecked')), 'on paper too');
  await page.locator('#language [data-language="id"]').click();
  one.language = 'id';
  await go();
  tap.ok((await listed.first().innerText()).includes('4 entri pertama'), 'in Indonesian as well');
  for (const width of [1100, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await go();
    await look(tap, one, `receipts, ${width} px`);
    await page.screenshot({ path: path.join(OUT, `release-receipts-${width}.png`) });
  }
}

/** A desk lost its log and went on in the next one. */
async function lost(tap, browser, file) {
  execFileSync(process.env.RELEASE_SAMPLE, ['8+', file]);
  const one = await ReleasePage.open(tap, browser, 'a reader of what was written after a loss');
  const { name } = await one.load(file);
  const rows = await one.page.locator('#logs tbody tr').allInnerTexts();
  const [first, next] = rows.filter((row) => row.startsWith('south.example'));
  const [, number] = /goes on with #(\d+)/.exec(first ?? '') ?? [];
  tap.ok(name === 'consistent' && rows.length === 5 && next?.startsWith('south.example, log 2') && next.includes(`#${Number(number) + 1}`),
    'where the log ended is told, and what is withheld in the next one by its ids');
  await one.page.evaluate(() => dispatchEvent(new Event('beforeprint'))); // brings all into the document
  const ids = await one.page.locator('#messages article.message').evaluateAll((all) => all.map(({ id }) => id).filter((id) => id.startsWith('m-south.example-')).map((id) => Number(id.split('-').at(-1))));
  tap.ok(ids.length > Number(number) && ids.every((id, i) => i === 0 || id > ids[i - 1]) && ids.includes(Number(number)), 'both logs stand in the list as one, by their ids');
  one.language = 'id';
  await one.page.locator('#language [data-language="id"]').click();
  tap.ok((await one.page.locator('#logs').innerText()).includes(`#${number}`), 'in both languages');
}

/** Each bad copy is red, for the reason that the program gives, in words. */
async function tampered(tap, browser, file) {
  const folder = path.join(tap.folder, 'tampered');
  execFileSync('python3', ['-B', path.join(SOURCE, 'test/release_tamper.py'), file, folder, '--count', COPIES, '--seed', '7']);
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8'));
  const paths = cases.map((one) => path.join(folder, one.file));
  const codes = execFileSync(process.env.RELEASE_CODES, { input: paths.join('\n') + '\n', encoding: 'utf8' }).trim().split('\n');
  const wrong = [], seen = new Set();
  const run = async (nth, count) => {
    const one = await ReleasePage.open(tap, browser, `tampered copies ${nth + 1} of ${count}`);
    for (let i = nth; i < paths.length; i += count) {
      const { name, code } = await one.load(paths[i]);
      const text = await one.page.locator('#state').innerText();
      seen.add(code);
      if (name !== 'no' || code !== codes[i] || !text.includes(WORDS.en[`code.${code}`]) || (await one.page.locator('#release').isVisible()))
        wrong.push(`${cases[i].file} (${cases[i].what}): ${name} ${code} instead of ${codes[i]}`);
    }
  };
  await Promise.all([0, 1, 2].map((nth) => run(nth, 3)));
  tap.ok(wrong.length === 0 && codes.length === COPIES, `${COPIES} bad copies are red with the code of the program, ${seen.size} different ones`);
  for (const one of wrong.slice(0, 10)) tap.note(one);
}

/** Every code has its sentence, every text both languages. */
function worded(tap) {
  const codes = [...readFileSync(path.join(SOURCE, 'spec/release.md'), 'utf8').split('## Checks')[1].matchAll(/^\| `([a-z-]+)` \|(?!.*alone\))/gm)].map(([, code]) => code);
  const lacking = codes.filter((code) => !WORDS.en[`code.${code}`] || !WORDS.id[`code.${code}`]);
  tap.ok(codes.length > 20 && lacking.length === 0, `${codes.length} codes have their words ${lacking.join(' ')}`.trim());
  const holes = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  const keys = Object.keys(WORDS.en);
  tap.ok(keys.join() === Object.keys(WORDS.id).join() && keys.every((key) => holes(WORDS.en[key]) === holes(WORDS.id[key])), `${keys.length} texts in both languages, with the same values`);
}

await play(async (tap) => {
  worded(tap);
  const browser = await launch(tap);
  const sample = path.join(tap.folder, 'sample.html');
  execFileSync(process.env.RELEASE_SAMPLE, ['8', sample]);
  await unable(tap, browser, sample);
  await smuggled(tap, browser, sample);
  await receipts(tap, browser, sample);
  await lost(tap, browser, path.join(tap.folder, 'lost.html'));
  if (!process.env.QUICK) await tampered(tap, browser, sample);
  const north = await tap.desk('north.example');
  const south = await tap.desk('south.example', 'id');
  await Promise.all([north.ready(), south.ready()]);
  const channel = await openChannel(tap.folder, [north, south], CHARTER, 'Elections');
  const { silent } = await story(tap, browser, north, south, channel);
  await harm(tap, browser, north, south, channel, silent);
});
