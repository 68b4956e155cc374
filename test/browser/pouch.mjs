#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Two desks without a line, and people with files between their consoles: north writes a pouch in two parts, south takes
// them in in the wrong order and twice, reads, answers, and the pouch back brings receipt and answer. What is for another
// desk, changed, or no pouch at all is refused in words. A session that ends and a way that breaks off lose nothing; a
// desk that waits or is frozen, and somebody without the right, are told so.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Console, launch } from './browser.mjs';
import { aldis, LIMITS, openChannel, play, until } from './desks.mjs';

const CHARTER = { lines: ['technical', 'political'], release: 'joint', duties: [], limits: LIMITS };
const TEXT = `Our line is down. ${'We see logins from 203.0.113.0/24. '.repeat(250)}`;

const rows = (one) => one.page.locator('.taking li');
const row = (one, name) => rows(one).filter({ hasText: name }).last();
/** The last of the list says so. */
const says = (one, key, params) => rows(one).last().getByText(one.word(key, params)).waitFor();
const refused = async (one, code, params) => {
  await says(one, `pouch.refused.${code}`, params);
  return (await rows(one).last().locator('.badge.bad').innerText()).trim() === one.word('pouch.in.is_refused');
};
const choose = (one, ...files) => one.page.locator('input[type=file]').setInputFiles(files);
const outcome = (one, counts) => one.page.locator('.taking .alert').getByText(one.word('pouch.in.result', counts)).waitFor();
const goOn = (desk, channel) => desk.local('POST', `/api/channels/${channel}/accept`);
const messageOf = (desk, channel, id) => desk.local('GET', `/api/channels/${channel}/messages/${id.replace('#', '/')}`);

/** All that a stopped desk keeps. */
const storeOf = (desk) => readdirSync(desk.folder).filter((name) => name.startsWith('store.db'));

async function waits(tap, { maria, ana, adi }) {
  await maria.nav('nav.pouches').click();
  const line = maria.page.getByRole('row', { name: /south\.example/ });
  await line.getByText(maria.word('pouch.line.down')).waitFor();
  await line.getByText(maria.word('pouch.line.never')).waitFor();
  tap.ok(true, 'the page says that the line is down');
  await line.getByRole('link').click();
  await maria.text('pouch.stopped.waiting').waitFor();
  tap.ok((await maria.button('pouch.out.do').count()) === 0, 'a desk that waits after its start writes no pouch, and says why');
  await maria.look('a desk that waits');
  const where = maria.page.url().replace(maria.desk.url, '');
  await adi.goto(where);
  await adi.text('pouch.no_right').waitFor();
  await adi.look('for an auditor', ['light']);
  await adi.goto('/pouches');
  await adi.text('pouch.kept.none').waitFor();
  tap.ok((await adi.page.locator('input[type=file]').count()) === 0 && (await adi.page.locator('main a[href^="/pouches/"]').count()) === 0,
    'who may only look sees what waits, and nothing to press');
  const cookie = (await adi.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  tap.ok((await adi.desk.post('/api/pouches', 'x', cookie)).status === 403, 'and is refused when trying all the same');
  await ana.goto(where);
  await ana.button('pouch.accept').click();
  const dialog = ana.page.getByRole('dialog');
  tap.ok(await dialog.getByRole('button', { name: ana.word('pouch.accept.do'), exact: true }).isDisabled(), 'an administrator has to say what for');
  await ana.look('the word of an administrator', ['light']);
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: ana.word('pouch.accept.do'), exact: true }).click();
  await ana.text('pouch.stopped.waiting').waitFor({ state: 'detached' });
  tap.ok(true, 'and then the desk goes on');
  return where;
}

async function writes(tap, { maria }, where, channel) {
  const id = await maria.desk.say(channel, { kind: 'text', body: { language: 'en', text: TEXT } });
  await maria.goto(where);
  await maria.page.getByText(/has not acknowledged \d+ of our entries/).waitFor();
  await maria.page.getByRole('radio', { name: maria.word('pouch.size.own') }).check();
  const field = maria.page.getByLabel(maria.word('pouch.size.own.field'));
  await field.fill('3');
  await maria.text('pouch.size.wrong', { least: '4', most: '18,432' }).waitFor();
  tap.ok(await maria.button('pouch.out.do').isDisabled(), 'a size that cannot be is told in place');
  await maria.look('a size that cannot be', ['light']);
  await field.fill('8');
  await field.press('Tab');
  await maria.page.keyboard.press('Enter');
  const download = (part) => maria.page.getByRole('button', { name: new RegExp(`${part}-of-2\\.pouch`) });
  await download(1).waitFor();
  tap.ok((await maria.page.locator('.pouch-files li').count()) === 2, 'the pouch is written in two parts, by keys');
  await maria.look('a pouch in two parts');
  await maria.page.setViewportSize({ width: 320, height: 640 });
  await maria.look('a pouch in two parts on a small telephone', ['light']);
  await maria.page.setViewportSize({ width: 1360, height: 900 });
  const parts = [await maria.keep(download(1)), await maria.keep(download(2))];
  const shown = await aldis(['pouch', 'show', parts[1], '--json']);
  const { from, to } = JSON.parse(shown.stdout);
  tap.ok(from === 'north.example' && to === 'south.example', 'the command line reads what the page wrote');
  tap.ok(parts.every((part) => !readFileSync(part).includes('203.0.113')), 'and the message is not to be read in it');
  const names = [];
  const take = (one) => names.push(one.suggestedFilename());
  maria.page.on('download', take);
  await maria.button('pouch.files.keep_all').click();
  await until(() => names.length === 2, 20, 'both are downloaded');
  maria.page.off('download', take);
  tap.ok(names.every((name, at) => parts[at].endsWith(name)), 'one button downloads all');
  return { id, parts };
}

async function takesIn(tap, { sari }, { id, parts }, channel) {
  const [first, second] = parts;
  await sari.goto('/pouches');
  await choose(sari, second);
  await says(sari, 'pouch.in.parts', { held: 1, parts: 2 });
  const kept = sari.section('pouch.kept').getByRole('row', { name: /north\.example/ });
  await kept.getByText(sari.word('pouch.kept.parts', { held: 1, parts: 2 })).waitFor();
  await sari.look('half a pouch');
  await sari.page.reload();
  await kept.waitFor();
  tap.ok((await kept.locator('[role=cell]').nth(1).innerText()) === '1', 'half a pouch waits, and the page says which part lacks, also when it is opened anew');
  tap.ok((await messageOf(sari.desk, channel, id)).status === 404, 'nothing of it was taken');
  await choose(sari, second, first);
  await outcome(sari, { count: 2, taken: 2, kept: 0, refused: 0 });
  await rows(sari).last().getByText(/north\.example: \d+ entri baru, dan tanda terima untuk 0/).waitFor();
  await sari.text('pouch.kept.none').waitFor();
  tap.ok(true, 'with the other part, behind the same one once more, it is whole');
  await sari.look('a pouch taken in');
  await choose(sari, first, second);
  await says(sari, 'pouch.in.nothing');
  tap.ok(true, 'the same parts again bring nothing new and do no harm');
  await sari.link('pouch.in.to_channel').click();
  await sari.page.locator(`a.title[href$="/${id.replace('#', '/')}"]`).click();
  await sari.page.getByText('Our line is down.').first().waitFor();
  tap.ok(true, 'south reads the message');
}

async function refuses(tap, { sari }, parts, forNorth) {
  const file = (name, bytes) => {
    const where = path.join(tap.folder, name);
    writeFileSync(where, bytes);
    return where;
  };
  await sari.nav('nav.pouches').click();
  await sari.button('pouch.in.clear').click();
  await choose(sari, forNorth);
  const other = { from: 'south.example', to: 'north.example', desk: 'south.example' };
  tap.ok(await refused(sari, 'pouch-for-another', other), 'a pouch for another desk is refused with all three names');
  const whole = readFileSync(parts[0]);
  whole[whole.length - 9] ^= 1;
  await choose(sari, file('changed.pouch', whole));
  tap.ok(await refused(sari, 'pouch-damaged'), 'so is a changed part');
  const turned = readFileSync(forNorth).toString('latin1').replace('to north', 'to south');
  await choose(sari, file('turned.pouch', Buffer.from(turned, 'latin1')));
  tap.ok(await refused(sari, 'pouch-other-key', other), 'so is one that was turned to this desk');
  await choose(sari, file('letter <b>.txt', 'Dear desk'));
  tap.ok(await refused(sari, 'pouch-none'), 'so is any other file');
  await choose(sari, file('empty.pouch', ''));
  tap.ok(await refused(sari, 'pouch-none'), 'and an empty one');
  await choose(sari, file('large.pouch', Buffer.alloc(18 * 1024 * 1024 + 1025)));
  await rows(sari).last().getByText('aldis pouch show').waitFor();
  tap.ok(true, 'what is larger than any part is not sent, and the command line is named');
  await sari.look('what is refused');
  await sari.page.setViewportSize({ width: 320, height: 640 });
  await sari.look('what is refused, on a small telephone', ['light']);
  await sari.page.setViewportSize({ width: 1360, height: 900 });
}

/** Back from south to north. */
async function answers(tap, { sari, maria }, id, parts, channel) {
  await goOn(sari.desk, channel);
  await sari.desk.say(channel, { kind: 'text', re: id, body: { language: 'id', text: 'Kami terima lewat kurir.' } });
  await sari.nav('nav.pouches').click();
  await sari.button('pouch.in.clear').click();
  await choose(sari, ...parts);
  await outcome(sari, { count: 2, taken: 2, kept: 0, refused: 0 });
  await sari.page.locator('.answer').getByRole('link', { name: sari.word('pouch.in.answer', { desk: 'north.example' }) }).click();
  await sari.button('pouch.out.do').click();
  const back = await sari.keep(sari.page.getByRole('button', { name: /1-of-1\.pouch/ }));
  await maria.goto('/pouches');
  const dropped = await maria.page.evaluateHandle(({ name, text }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], name));
    return transfer;
  }, { name: path.basename(back), text: readFileSync(back).toString('base64') });
  await maria.page.locator('.taking .files').dispatchEvent('drop', { dataTransfer: dropped });
  await rows(maria).last().getByText(/From south\.example: \d+ new entries, and receipts for [1-9]\d* of ours/).waitFor();
  tap.ok(true, 'north takes in the pouch that is dropped on the page: entries and receipts');
  await maria.look('the answer pouch');
  const told = await messageOf(maria.desk, channel, id);
  const { state, receipt } = told.body.delivery.find((one) => one.to === 'south.example');
  tap.ok(receipt !== undefined && state !== 'queued' && state !== 'left', `north has the receipt of its message: ${state}`);
  await maria.link('pouch.in.to_channel').click();
  await maria.page.getByText('Kami terima lewat kurir.').first().waitFor();
  tap.ok(true, 'and reads the answer');
  return back;
}

/** The session ends, then the way breaks off: what was chosen goes on or can be sent again. */
async function interrupted(tap, { maria }, back) {
  await maria.nav('nav.pouches').click();
  await maria.button('pouch.in.clear').click();
  const cookie = (await maria.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  await maria.expecting([/401/, /api\/events/], async () => {
    await maria.desk.post('/api/session/end', {}, cookie);
    await choose(maria, back);
    await maria.page.getByLabel(maria.word('login.password'), { exact: true }).waitFor();
    await maria.enterPassword();
    await says(maria, 'pouch.in.nothing');
  });
  tap.ok(true, 'a session that ends asks for the log-in in place, and the file goes on');
  await maria.expecting([/ERR_FAILED/], async () => {
    await maria.page.route('**/api/pouches', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await choose(maria, back);
    await row(maria, path.basename(back)).getByText(maria.word('pouch.in.is_open')).waitFor();
    await maria.page.unroute('**/api/pouches');
  });
  await row(maria, path.basename(back)).getByRole('button', { name: maria.word('ui.again') }).click();
  await outcome(maria, { count: 2, taken: 2, kept: 0, refused: 0 });
  tap.ok(true, 'what did not get through is sent again by a click');
}

/** North is put back to what it was at first: its signer knows better. */
async function frozen(tap, { maria, ana, adi }, where, before) {
  const { desk } = ana;
  await Promise.all([maria, adi].map((one) => one.page.close()));
  await ana.expecting([/ERR_/], async () => {
    await desk.stop();
    for (const name of storeOf(desk)) rmSync(path.join(desk.folder, name));
    cpSync(before, desk.folder, { recursive: true });
    await desk.start().ready();
    await ana.goto(where);
    await ana.text('pouch.stopped.frozen').waitFor();
  });
  tap.ok((await ana.button('pouch.out.do').count()) === 0, 'a frozen desk writes no pouch, and says why');
  await ana.look('a frozen desk');
}

async function cutOff(tap, name, language) {
  const desk = await tap.desk(name, language, { isAway: true });
  await desk.ready();
  return desk;
}

await play(async (tap) => {
  const [north, south] = await Promise.all([cutOff(tap, 'north.example'), cutOff(tap, 'south.example', 'id')]);
  const channel = await openChannel(tap.folder, [north, south], CHARTER, 'Elections');
  const browser = await launch(tap);
  const enter = async (desk, name, roles, fullName, language) => {
    const person = await desk.person(name, roles, fullName);
    const one = await Console.open(tap, browser, person, { language, cookie: await person.session() });
    return one;
  };
  const all = {
    maria: await enter(north, 'maria', 'watch', 'Maria Writer', 'en'),
    ana: await enter(north, 'ana', 'watch,administrator', 'Ana Admin', 'en'),
    adi: await enter(north, 'adi', 'auditor', 'Adi Auditor', 'ar'),
    sari: await enter(south, 'sari', 'watch', 'Sari Jaga', 'id'),
  };
  const before = path.join(tap.folder, 'before');
  await north.stop();
  for (const name of storeOf(north)) cpSync(path.join(north.folder, name), path.join(before, name));
  await north.start().ready();
  for (const desk of [north, south])
    await until(async () => (await desk.local('GET', '/api/now')).body.peers.every((peer) => !peer.reachable), 60, 'all lines are found down');
  await all.maria.goto('/');
  const where = await waits(tap, all);
  const made = await writes(tap, all, where, channel);
  await takesIn(tap, all, made, channel);
  const back = await answers(tap, all, made.id, made.parts, channel);
  await all.sari.expecting([/status of 40[03]/], () => refuses(tap, all, made.parts, back));
  await interrupted(tap, all, back);
  await frozen(tap, all, where, before);
});
