#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The story of `aldis demo` between two consoles, by clicks and keys alone: two people on each side, one who writes and
// one who approves. North reads English, south Indonesian. It ends with receipts from both consoles that a stranger
// verifies.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Console, launch } from './browser.mjs';
import { aldis, LIMITS, openChannel, play, until } from './desks.mjs';

const CHARTER = {
  lines: ['technical', 'operational', 'political'],
  // What binds needs two people at each desk.
  approval: ['incident', 'answer', 'pledge.offer', 'pledge.accept'],
  duties: [
    { every: 'PT1H', owe: 'check', grace: 'PT10M' },
    { on: 'incident', owe: ['ack'], within: 'PT4H' },
    { on: 'query', owe: ['answer'], within: 'PT24H' },
    { on: 'consultation.request', owe: ['consultation.accept', 'consultation.decline'], within: 'PT5S' },
  ],
  limits: LIMITS,
  codebooks: ['default'],
};

/** Opens the page of a message from the list of what nobody has read, as it comes in by itself. */
async function openUnread(one, title) {
  await one.nav('nav.now').click();
  await one.section('now.unread').getByRole('link', { name: title }).click();
  await one.page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** On the page of a form that is filled in: reviews it and presses the last button; gives the id of what was sent. */
async function review(one, { approval }) {
  const first = approval ? 'compose.review.approval' : 'compose.review';
  await one.button(first).click();
  await one.page.getByRole('heading', { level: 1, name: one.word(first) }).waitFor();
  await one.button(approval ? 'compose.ask' : 'compose.send').click();
  await one.page.waitForURL(approval ? /\/drafts|draft=/ : /\/messages\//);
  return idOf(one);
}

const idOf = (one) => {
  const [, desk, index] = /messages\/([^/]+)\/(\d+)/.exec(one.page.url()) ?? [];
  return `${desk}#${index}`;
};

/** The second person: from Now to the draft, reads it whole and approves. Gives the id. */
async function approve(one, text, { look } = {}) {
  await one.nav('nav.now').click();
  await one.section('now.approvals').getByRole('link').first().click();
  await one.heading('approval.title').waitFor();
  await one.page.locator('.whole').getByText(text).first().waitFor();
  if (look) await one.look('a draft to approve');
  await one.button('approval.approve').click();
  await one.page.getByRole('dialog').getByRole('button', { name: one.word('approval.approve'), exact: true }).click();
  await one.page.waitForURL(/\/messages\//);
  return idOf(one);
}

/** A writer chooses a kind in the form. */
async function write(one, kind) {
  await one.nav('nav.compose').click();
  await one.heading('compose.title').waitFor();
  await one.page.locator('[data-field="kind"] select').selectOption(kind);
}

/** The page of a message says how far it has got with the other desk. */
const stands = (one, other, state) =>
  one.section('message.standing').getByRole('row', { name: new RegExp(`${other}.*${one.word(`delivery.${state}`).replace(/[()]/g, '\\$&')}`) }).waitFor();

async function incident(tap, { maria, omar, sari }) {
  await write(maria, 'incident');
  const attachment = Buffer.from('203.0.113.17\n203.0.113.44\n'.repeat(2000));
  await maria.field('body.summary').fill('From 203.0.113.0/24 someone tries stolen passwords at the register of voters.');
  await maria.page.locator('[data-field="body.detected"]').getByRole('button').click();
  await maria.page.getByRole('radio', { name: 'TLP:AMBER', exact: false }).first().check();
  const [chooser] = await Promise.all([maria.page.waitForEvent('filechooser'), maria.button('compose.files.choose').click()]);
  await chooser.setFiles({ name: 'addresses.txt', mimeType: 'text/plain', buffer: attachment });
  await maria.page.locator('.files li').getByText('addresses.txt', { exact: true }).waitFor();
  // A second one is dropped, whose name means harm, and taken away again.
  const dropped = await maria.page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], '<img src=x onerror=alert(1)>\u202egnp.exe'));
    return data;
  });
  for (const type of ['dragover', 'drop']) await maria.page.dispatchEvent('.files', type, { dataTransfer: dropped });
  const odd = maria.page.locator('.files li').filter({ hasText: '<img src=x onerror=alert(1)>U+202Egnp.exe' });
  await odd.waitFor();
  await odd.getByRole('button').click();
  await odd.waitFor({ state: 'detached' });
  await maria.button('compose.review.approval').click();
  await maria.text('compose.problems', { n: 1 }).waitFor();
  const title = maria.field('body.title');
  tap.ok((await title.getAttribute('aria-invalid')) === 'true' && (await title.evaluate((one) => one === document.activeElement)),
    'a form that lacks something names the field, says why and puts the focus there');
  await maria.look('a form with a problem');
  await title.fill("Voters' register under attack");
  await review(maria, { approval: true });
  tap.ok(true, 'a report is written, with an attachment, and handed to the release officers');

  const id = await approve(omar, "Voters' register under attack", { look: true });
  tap.ok(/^north\.example#\d+$/.test(id), `the second person approves: ${id}`);
  await stands(omar, 'south.example', 'stored');
  tap.ok(true, 'the receipt comes in by itself');

  await openUnread(sari, "Voters' register under attack");
  await sari.look('a message that came');
  await stands(omar, 'south.example', 'stored');
  const kept = await sari.keep(sari.button('message.attachments.keep'));
  tap.ok(readFileSync(kept).equals(attachment), 'the attachment comes out as it went in');
  await sari.button('message.ack').click();
  const dialog = sari.page.getByRole('dialog');
  await dialog.getByRole('radio', { name: new RegExp(`^${sari.word('message.ack.understood')}`) }).check();
  await dialog.getByLabel(sari.word('message.ack.paraphrase')).fill('Kata sandi curian dicoba dari 203.0.113.0/24.');
  await sari.look('the acknowledgement');
  await dialog.getByRole('button', { name: sari.word('message.ack.send') }).click();
  await dialog.waitFor({ state: 'detached' });
  await stands(omar, 'south.example', 'understood');
  tap.ok(true, 'south has read it and says in its own words what it understood; north sees it at once');
  return id;
}

async function question(tap, { maria, sari, budi, omar }) {
  await write(maria, 'query');
  await maria.field('body.question').fill('Is the activity from 203.0.113.0/24 yours?');
  await maria.field('body.question').press('Tab');
  const query = await review(maria, { approval: false });
  await openUnread(sari, 'Is the activity from 203.0.113.0/24 yours?');
  await sari.page.getByRole('link', { name: sari.word('message.answer_with', { kind: '' }).trim() }).first().click();
  await sari.heading('compose.title').waitFor();
  tap.ok((await sari.page.locator('[data-field="kind"] select').inputValue()) === 'answer', 'what is owed is offered first as the answer');
  await sari.page.locator('[data-field="body.answer"]').getByRole('radio').nth(1).check();
  await sari.field('body.text').fill('Bukan milik kami; alamat itu disewakan.');
  await review(sari, { approval: true });
  const answer = await approve(budi, 'Bukan milik kami');
  await stands(budi, 'north.example', 'stored');
  await stands(maria, 'south.example', 'answered');
  tap.ok(true, `${query} is answered by ${answer}`);
  await openUnread(omar, 'Bukan milik kami; alamat itu disewakan.');
  return answer;
}

async function signal(tap, { maria, sari }) {
  await write(maria, 'signal');
  const search = maria.page.getByRole('searchbox', { name: maria.word('compose.signal.search') });
  await search.fill('604');
  await search.press('Enter');
  await maria.field('body.parameters.prefix').fill('192.0.2.0/24');
  await maria.field('body.parameters.prefix').press('Tab');
  await maria.page.locator('.as-read').getByText('Mohon').first().waitFor();
  tap.ok((await maria.page.locator('.as-read').getByText('192.0.2.0/24').count()) >= 2, 'the writer sees the signal in both languages');
  await maria.look('the signal picker');
  const id = await review(maria, { approval: false });
  await sari.nav('nav.now').click();
  await sari.section('now.unread').getByRole('row', { name: id.split('#')[0] }).getByRole('link').first().click();
  await sari.page.getByText('Mohon').first().waitFor();
  tap.ok(true, 'south reads the signal in its language');
}

async function pledge(tap, { maria, omar, sari, budi }) {
  await maria.nav('nav.pledges').click();
  const start = maria.page.getByLabel(maria.word('pledges.start_from'));
  await start.getByRole('option').nth(1).waitFor({ state: 'attached' });
  await start.selectOption('non-interference');
  await maria.link('pledges.offer').click();
  await until(async () => (await maria.field('body.text').inputValue()).length > 100, 20, 'the text of the pledge');
  const title = await maria.field('body.title').inputValue();
  await review(maria, { approval: true });
  await approve(omar, title);
  await sari.nav('nav.pledges').click();
  const card = (one) => one.page.getByRole('article').filter({ hasText: title });
  await card(sari).getByText(sari.word('pledges.state.offered')).first().waitFor();
  await sari.look('the pledges');
  await card(sari).getByRole('link', { name: sari.word('pledges.accept') }).click();
  await sari.heading('compose.title').waitFor();
  await review(sari, { approval: true });
  await budi.nav('nav.drafts').click();
  await budi.section('drafts.approval').getByRole('link').first().click();
  await budi.button('approval.approve').click();
  await budi.page.getByRole('dialog').getByRole('button', { name: budi.word('approval.approve'), exact: true }).click();
  await budi.page.waitForURL(/\/messages\//);
  for (const one of [maria, sari]) {
    await one.nav('nav.pledges').click();
    await card(one).getByText(one.word('pledges.state.in_force'), { exact: true }).first().waitFor();
  }
  tap.ok(true, 'a pledge is offered and accepted, by two people each; both consoles say that it is in force');
}

async function silence(tap, { maria, sari, budi }) {
  await write(maria, 'consultation.request');
  await maria.field('body.subject').fill('The leased addresses');
  const id = await review(maria, { approval: false });
  await sari.nav('nav.now').click();
  const alarm = (one) => one.page.locator('.alarm-row').filter({ hasText: id }).filter({ hasText: one.word('alarm.what.overdue') });
  await alarm(sari).getByRole('button', { name: sari.word('alarm.take') }).waitFor();
  await stands(maria, 'south.example', 'overdue');
  tap.ok(/^⚠ \d/.test(await sari.page.title()), `nobody answers: it is overdue for both, and calls, also in the title of the window: ${await sari.page.title()}`);
  await budi.nav('nav.now').click();
  await alarm(budi).waitFor();
  await sari.look('Now with an alarm');
  await alarm(sari).getByRole('button', { name: sari.word('alarm.take') }).click();
  await alarm(budi).getByText('sari').waitFor();
  tap.ok((await alarm(budi).getByRole('button', { name: budi.word('alarm.take') }).count()) === 0, 'sari takes it; the colleague sees by whom, and it calls no more');
}

async function handover(tap, { sari, budi }) {
  for (const one of [sari, budi]) await one.nav('nav.handover').click();
  await sari.page.getByLabel(sari.word('handover.notes.label')).fill('Vendor menelepon pukul 9.');
  await budi.page.getByLabel(budi.word('handover.notes.label')).and(budi.page.locator('textarea')).waitFor();
  await until(async () => (await budi.page.getByLabel(budi.word('handover.notes.label')).inputValue()) === 'Vendor menelepon pukul 9.', 20, 'the notes reach the colleague');
  await sari.page.getByLabel(sari.word('handover.to')).and(sari.page.locator('select')).selectOption('budi');
  await sari.page.getByLabel(sari.word('handover.say')).fill('Konsultasi belum dijawab.');
  await sari.look('the handover');
  await sari.button('handover.offer').click();
  await sari.page.getByRole('dialog').getByRole('button', { name: sari.word('handover.offer'), exact: true }).click();
  await budi.page.getByText('Konsultasi belum dijawab.').first().waitFor();
  await budi.look('a handover that is offered');
  await budi.page.getByLabel(budi.word('handover.note'), { exact: true }).fill('Saya lanjutkan.');
  await budi.button('handover.accept').click();
  await sari.page.getByText(sari.word('handover.state.accepted'), { exact: true }).first().waitFor();
  await sari.page.getByText('Saya lanjutkan.').first().waitFor();
  tap.ok(true, 'the watch is offered with what is open and what to say, and accepted: both have signed off');
}

/** Receipts of what each side sent, kept by a click, verified by somebody who has only the cards. */
async function receipts(tap, { maria, budi }, report, answer) {
  const show = async (one, id) => {
    await one.page.getByRole('navigation').getByRole('link', { name: 'Elections' }).click();
    const row = one.page.locator('.message-list [data-row]').filter({ has: one.page.locator(`a[href$="${id.replace('#', '/')}"]`) });
    await row.locator('a.title').click();
    await one.page.waitForURL(new RegExp(`${id.replace('#', '/')}$`));
    return one.section('message.standing').getByRole('button', { name: one.word('message.receipt.keep') });
  };
  const north = await maria.keep(await show(maria, report));
  const south = await budi.keep(await show(budi, answer));
  const stranger = path.join(tap.folder, 'stranger');
  mkdirSync(stranger);
  const trust = [];
  for (const { desk } of [maria, budi]) {
    const card = path.join(stranger, `${desk.short}.card`);
    writeFileSync(card, readFileSync(path.join(desk.folder, 'card.note')));
    trust.push('--trust', card);
  }
  for (const [file, whose] of [[north, report], [south, answer]]) {
    const found = await aldis(['verify', file, ...trust], { may: true });
    tap.ok(found.status === 0 && /VERIFIED/.test(found.stdout), `the receipt of ${whose} verifies: ${found.stdout.split('\n')[0]} ${found.stderr}`);
  }
  const text = readFileSync(north, 'utf8');
  const at = text.length >> 1;
  writeFileSync(north, text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1));
  tap.ok((await aldis(['verify', north, ...trust], { may: true })).status !== 0, 'with one character changed it does not');
}

await play(async (tap) => {
  const north = await tap.desk('north.example');
  const south = await tap.desk('south.example', 'id');
  await Promise.all([north.ready(), south.ready()]);
  await openChannel(tap.folder, [north, south], CHARTER, 'Elections');
  const browser = await launch(tap);
  const enter = async (desk, name, fullName, language) =>
    (await Console.open(tap, browser, await desk.person(name, 'watch,officer', fullName), { language })).logIn();
  const all = {
    maria: await enter(north, 'maria', 'Maria Writer', 'en'),
    omar: await enter(north, 'omar', 'Omar Release', 'en'),
    sari: await enter(south, 'sari', 'Sari Jaga', 'id'),
    budi: await enter(south, 'budi', 'Budi Pelepas', 'id'),
  };
  tap.ok(true, 'four people log in with a one-time password and a code, and choose passwords of their own');

  const report = await incident(tap, all);
  const answer = await question(tap, all);
  await signal(tap, all);
  await pledge(tap, all);
  await silence(tap, all);
  await handover(tap, all);
  await receipts(tap, all, report, answer);
});
