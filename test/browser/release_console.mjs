#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A release made in two consoles, each with the second person that the charter asks for: north drafts it and asks,
// south sees exactly what would be shown and consents, north builds the file; somebody without a desk verifies it and opens it. Another one is refused. Who may only
// look, can only look.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Console, launch } from './browser.mjs';
import { aldis, LIMITS, openChannel, play, until } from './desks.mjs';
import { ReleasePage } from './release_page.mjs';

const CHARTER = { lines: ['technical', 'political'], approval: ['release.request', 'release.consent'], release: 'joint', duties: [], limits: LIMITS };
const SECRET = 'This is between us alone.';
const HARM = '</script><img src=x onerror=alert(1)>\u202e<b>&amp;';

async function tell(north, south, channel) {
  const say = async (desk, text, more = {}) => {
    const id = await desk.say(channel, { kind: 'text', body: { language: 'en', text }, ...more });
    await Promise.all([north, south].map((one) =>
      until(async () => (await one.local('GET', `/api/channels/${channel}/messages/${id.replace('#', '/')}`)).status === 200, 30, `${one.name} holds ${id}`)));
    return id;
  };
  const ids = {};
  ids.first = await say(north, 'We see logins from 203.0.113.0/24.', { attachments: [await north.upload(channel, 'a log file\n')] });
  ids.secret = await say(south, SECRET);
  ids.answer = await say(north, 'Understood.', { re: ids.secret });
  ids.harm = await say(south, HARM);
  return ids;
}

const row = (one, id) => one.page.locator('.entry-list [data-row]').filter({ has: one.page.locator(`a.title[href$="/${id.replace('#', '/')}"]`) });
const worked = (one) => one.page.locator('[role=status][data-state=new]').waitFor();
const sentence = (one, topic) => one.page.locator(`.release-words li[data-topic="${topic}"]`);
const answerOf = (one, desk, answer) =>
  one.section('release.answers').getByRole('row', { name: new RegExp(`${desk}.*${one.word(`release.answer.${answer}`)}`) }).waitFor();

const cookieOf = async (one) => (await one.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

/** The second person: from Now to the draft, and approves. */
async function approves(one, look) {
  await one.nav('nav.now').click();
  await one.section('now.approvals').getByRole('link').first().click();
  await one.heading('approval.title').waitFor();
  await look();
  await one.button('approval.approve').click();
  await one.page.getByRole('dialog').getByRole('button', { name: one.word('approval.approve'), exact: true }).click();
  await one.page.waitForURL(/\/messages\//);
}

async function drafts(tap, { maria, omar }, ids) {
  await maria.page.getByRole('navigation').getByRole('link', { name: 'Elections' }).click();
  await maria.link('channel.releases').click();
  await maria.text('release.none').waitFor();
  await maria.link('release.new').click();
  await maria.text('release.nothing').waitFor();
  tap.ok(await maria.button('release.ask').isDisabled(), 'at first all is withheld, and nothing can be asked for');
  await maria.page.getByRole('radio', { name: maria.word('release.mode.full'), exact: true }).check();
  await worked(maria);
  await row(maria, ids.secret).focus();
  await maria.page.keyboard.press('w');
  await sentence(maria, 'named').getByText(ids.secret).waitFor();
  tap.ok((await sentence(maria, 'named').innerText()).includes(ids.answer), 'a key withholds a message, and the page says that an answer gives it away');
  await row(maria, ids.answer).getByRole('button', { name: maria.word('release.mode.envelope') }).click();
  await sentence(maria, 'envelope').getByText(ids.answer).waitFor();
  tap.ok(true, 'a click leaves the envelope of another, and the page says what that shows');
  await row(maria, ids.first).locator('.says button').click();
  await maria.page.getByRole('dialog').getByRole('checkbox').check();
  await maria.page.getByRole('dialog').locator('footer').getByRole('button').click();
  await maria.page.getByLabel(maria.word('release.cover.en'), { exact: true }).fill(`What we said ${HARM}`);
  await maria.page.locator('[data-state=old]').waitFor();
  await worked(maria);
  await maria.look('a release that is drafted');
  await maria.page.setViewportSize({ width: 390, height: 844 });
  await row(maria, ids.answer).scrollIntoViewIfNeeded();
  const held = row(maria, ids.answer).getByRole('button', { name: maria.word('release.mode.withheld') });
  const { x, width } = await held.boundingBox();
  tap.ok(x >= 0 && x + width <= 390, 'on a telephone all three choices are within reach');
  await maria.look('a release that is drafted on a telephone', ['light']);
  await maria.page.setViewportSize({ width: 1360, height: 900 });
  await maria.button('release.ask').click();
  const dialog = maria.page.getByRole('dialog');
  await dialog.getByLabel(maria.word('release.ask.text')).fill('To end rumours.');
  await dialog.getByRole('button', { name: maria.word('release.ask.send') }).click();
  await maria.page.waitForURL(/draft=/);
  await approves(omar, async () => {
    await sentence(omar, 'named').getByText(ids.secret).waitFor();
    await row(omar, ids.secret).getByText(omar.word('release.mode.withheld')).waitFor();
    await omar.look('a request for a release to approve');
  });
  await maria.goto(omar.page.url().replace(omar.desk.url, ''));
  await maria.link('message.to_release').click();
  await answerOf(maria, 'north.example', 'consented');
  await answerOf(maria, 'south.example', 'none');
  const [, index] = /(\d+)$/.exec(maria.page.url());
  tap.ok(true, 'the second person sees what would be shown and approves; the members are asked; asking is consent');
  return `north.example#${index}`;
}

async function consents(tap, { sari, budi, maria }, ids, request, channel) {
  await sari.goto(`/releases/${channel}`);
  await sari.page.getByRole('link', { name: request }).click();
  await sari.heading('release.shown').waitFor();
  const mode = async (id) => (await row(sari, id).locator('.modes').innerText()).trim();
  await row(sari, ids.secret).waitFor();
  const seen = [await mode(ids.first), await mode(ids.secret), await mode(ids.answer)];
  tap.ok(seen.join() === ['full', 'withheld', 'envelope'].map((one) => sari.word(`release.mode.${one}`)).join(), `south sees how each message would be shown: ${seen}`);
  tap.ok((await sentence(sari, 'named').count()) === 1 && (await sentence(sari, 'envelope').count()) > 0, 'and what that gives away');
  await sari.page.locator('.peer').getByText('</script><img src=x onerror=alert(1)>U+202E').first().waitFor();
  await sari.look('a release that is asked for');
  await sari.button('release.consent').click();
  await sari.page.getByRole('dialog').getByText(sari.word('release.first_counts')).waitFor();
  await sari.page.getByRole('dialog').getByRole('button', { name: sari.word('release.consent.send') }).click();
  await sari.page.waitForURL(/draft=/);
  await approves(budi, () => budi.link('message.to_release').waitFor());
  await answerOf(maria, 'south.example', 'consented');
  tap.ok(true, 'at south too the second person approves, and north sees the consent by itself');
  await budi.link('message.to_release').click();
  await budi.text('release.mine.consented').waitFor();
  tap.ok((await budi.button('release.refuse').count()) === 0, 'who has consented is not asked again');
  const { body } = await budi.desk.local('GET', `/api/channels/${channel}/releases/${request.replace('#', '/')}`);
  const again = await budi.desk.local('POST', `/api/channels/${channel}/releases/${request.replace('#', '/')}/answer`, { answer: 'refuse', manifest: body.manifest });
  tap.ok(again.status === 409 && /first answer counts/.test(again.text), 'and a second answer is refused');
}

async function builds(tap, browser, { maria }, desks) {
  await maria.page.locator('.badge.good').getByText(maria.word('release.grade.joint')).waitFor();
  await maria.look('a release that is joint');
  const file = await maria.keep(maria.button('release.file.build'));
  await maria.text('release.file.kept').waitFor();
  const trust = desks.flatMap((desk) => ['--trust', path.join(desk.folder, 'card.note')]);
  const found = await aldis(['verify', file, ...trust], { may: true });
  tap.ok(found.status === 0 && /joint/.test(found.stdout), `the file verifies as joint: ${found.stdout.split('\n').slice(0, 3).join(' | ')} ${found.stderr}`);
  tap.ok(!readFileSync(file, 'utf8').includes(Buffer.from(SECRET).toString('base64').slice(0, 20)), 'what is withheld is not in it');
  const reader = await ReleasePage.open(tap, browser, 'who has no desk');
  tap.ok((await reader.load(file)).name === 'consistent', 'it opens from a folder and checks itself');
  for (const desk of desks) {
    const digits = (await desk.aldis('fingerprint')).stdout.match(/\d{5}/g).slice(0, 12).join('');
    const item = reader.page.locator('#desks li').filter({ has: reader.page.locator(`input[data-desk="${desk.name}"]`) });
    tap.ok((await item.locator('.digits').innerText()).replace(/\D/g, '') === digits, `the digits of ${desk.name} are its own`);
    await item.locator('label').click();
  }
  tap.ok((await reader.state()).name === 'compared', 'with the digits compared it is green');
}

async function refuses(tap, { maria, omar, sari }, channel) {
  const { desk } = maria;
  const draft = await desk.local('POST', `/api/channels/${channel}/releases/draft`, {});
  const asked = await desk.post(`/api/channels/${channel}/releases`, { manifest: draft.body.text, language: 'en', text: 'All of it.' }, await cookieOf(maria));
  const approved = await desk.post(`/api/drafts/${asked.body.id}/approve`, { version: asked.body.version }, await cookieOf(omar));
  const request = approved.body.sent;
  const where = `/releases/${channel}/${request.replace('#', '/')}`;
  await until(async () => (await sari.desk.local('GET', `/api/channels/${channel}/releases/${request.replace('#', '/')}`)).status === 200, 30, 'the manifest is there');
  await sari.goto(where);
  await sari.button('release.refuse').click();
  const dialog = sari.page.getByRole('dialog');
  await dialog.getByLabel(sari.word('release.reason')).fill('Terlalu dini.');
  await dialog.getByRole('button', { name: sari.word('release.refuse.send') }).click();
  await sari.text('release.mine.refused').waitFor();
  await maria.goto(where);
  await answerOf(maria, 'south.example', 'refused');
  tap.ok(true, 'another one is refused, with a reason');
  tap.ok(await maria.button('release.file.build_one_sided').isDisabled(), 'its file is one-sided, and is not made by a single click');
  await maria.look('a release that was refused');
  const plain = await maria.desk.local('GET', `/api/channels/${channel}/releases/${request.replace('#', '/')}/file`);
  tap.ok(plain.status === 409 && plain.body?.code === 'one-sided', 'nor by a program that does not say so');
  await maria.page.getByLabel(maria.word('release.file.understood')).check();
  const file = await maria.keep(maria.button('release.file.build_one_sided'));
  const found = await aldis(['verify', file], { may: true });
  tap.ok(/one-sided/.test(found.stdout) && !/: joint/.test(found.stdout), `what is built all the same says that it is one-sided: ${found.stdout.split('\n').slice(0, 3).join(' | ')}`);
  return where;
}

async function looks(tap, { adi }, where, channel) {
  await adi.goto(where);
  await adi.heading('release.shown').waitFor();
  await adi.text('release.mine.consented').waitFor();
  tap.ok((await adi.button('release.consent').count()) === 0 && (await adi.heading('release.file').count()) === 0, 'who may only read sees the release and no button');
  const refused = await adi.desk.post(`/api/channels/${channel}/releases`, { manifest: 'x', language: 'en', text: 'x' }, await cookieOf(adi));
  tap.ok(refused.status === 403, 'and is told so when asking all the same');
}

await play(async (tap) => {
  const north = await tap.desk('north.example');
  const south = await tap.desk('south.example', 'id');
  await Promise.all([north.ready(), south.ready()]);
  const channel = await openChannel(tap.folder, [north, south], CHARTER, 'Elections');
  const ids = await tell(north, south, channel);
  const browser = await launch(tap);
  const enter = async (desk, name, roles, fullName, language) => {
    const person = await desk.person(name, roles, fullName);
    const one = await Console.open(tap, browser, person, { language, cookie: await person.session() });
    await one.goto('/');
    await one.page.getByRole('navigation').first().waitFor();
    return one;
  };
  const all = {
    maria: await enter(north, 'maria', 'watch,officer', 'Maria Writer', 'en'),
    omar: await enter(north, 'omar', 'watch,officer', 'Omar Release', 'en'),
    adi: await enter(north, 'adi', 'auditor', 'Adi Auditor', 'en'),
    sari: await enter(south, 'sari', 'watch,officer', 'Sari Jaga', 'id'),
    budi: await enter(south, 'budi', 'watch,officer', 'Budi Pelepas', 'id'),
  };
  const request = await drafts(tap, all, ids);
  await until(async () => (await south.local('GET', `/api/channels/${channel}/releases/${request.replace('#', '/')}`)).status === 200, 30, 'the manifest is at south');
  await consents(tap, all, ids, request, channel);
  await builds(tap, browser, all, [north, south]);
  const where = await refuses(tap, all, channel);
  await looks(tap, all, where, channel);
});
