#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// In the middle of composing the network goes, the daemon is killed, the session ends: no text is lost, the page says so
// plainly, one logs in where one is, and the message is sent once.
import { Console, launch } from './browser.mjs';
import { LIMITS, openChannel, play, until } from './desks.mjs';

/** What the browser itself reports while there is no line, or no session. */
const CUT = [/ERR_INTERNET_DISCONNECTED/, /ERR_CONNECTION_(REFUSED|RESET|CLOSED)/, /ERR_NETWORK_CHANGED/, /ERR_EMPTY_RESPONSE/, /ERR_INCOMPLETE_CHUNKED_ENCODING/, /ERR_NETWORK_IO_SUSPENDED/, /ERR_SOCKET_NOT_CONNECTED/];
const ENDED = [/status of 401/];

const banner = (one) => one.page.getByText(one.word('connection.lost', { time: '' }).split(/[.;]/)[0].trim());
const saved = (one) => one.page.locator('.saved').getByText(one.word('compose.saved', { time: '' }).split(' ')[0]).waitFor();

async function write(one, subject, text) {
  await one.nav('nav.compose').click();
  await one.page.locator('[data-field="kind"] select').selectOption('text');
  await one.field('body.subject').fill(subject);
  await one.field('body.text').fill(text);
}

async function send(one) {
  await one.button('compose.review').click();
  await one.button('compose.send').click();
}

/** How many messages with this subject the other desk holds, once there is one. */
async function arrived(tap, south, channel, subject, text) {
  const all = async () => (await south.local('GET', `/api/channels/${channel}/messages?kind=text&limit=1000`)).body.messages.filter(({ body }) => body?.subject === subject);
  await until(async () => (await all()).length > 0, 60, `${subject} arrives`);
  const found = await all();
  tap.ok(found.length === 1 && found[0].body.text === text, `${subject}: it went out once, with every word`);
}

async function offline(tap, one, south, channel) {
  await write(one, 'Cut', 'The first sentence.');
  await saved(one);
  await one.expecting(CUT, async () => {
    await one.context.setOffline(true);
    await one.field('body.text').fill('The first sentence. The second one, without a line.');
    await one.page.locator('.saved').getByText(one.word('compose.kept')).waitFor();
    await banner(one).waitFor();
    tap.ok(true, 'without a line the page says that the text is kept in the browser and since when nothing came through');
    await one.look('a lost connection', ['light']);
    await one.button('compose.review').click();
    await one.text('api.no_answer.detail').first().waitFor();
    tap.ok(true, 'who would send it is told that the desk does not answer and that nothing was sent');
    await one.context.setOffline(false);
    await saved(one);
    await one.button('compose.review').click();
    await one.button('compose.send').waitFor();
    await one.context.setOffline(true);
    await one.button('compose.send').click();
    await one.text('compose.waits').waitFor();
    tap.ok(true, 'cut while it is sent, the page says that it tries again and that nothing is sent twice');
    await one.context.setOffline(false);
    await one.page.waitForURL(/\/messages\//);
  });
  await banner(one).waitFor({ state: 'detached' });
  await arrived(tap, south, channel, 'Cut', 'The first sentence. The second one, without a line.');
}

async function killed(tap, one, north, south, channel) {
  await write(one, 'Killed', 'Before the daemon died.');
  await saved(one);
  const text = 'Before the daemon died. After it died. And while it started.';
  await one.expecting(CUT, async () => {
    await north.kill();
    await one.field('body.text').fill('Before the daemon died. After it died.');
    await one.page.locator('.saved').getByText(one.word('compose.kept')).waitFor();
    north.start();
    await one.field('body.text').fill(text);
    await saved(one);
    await banner(one).waitFor({ state: 'detached' });
  });
  tap.ok((await one.field('body.text').inputValue()) === text, 'the daemon is killed and comes back: the text goes on, and is on the desk again');
  // Killed between the press of the button and the answer: asked again, it is the same message.
  await one.button('compose.review').click();
  await one.expecting(CUT, async () => {
    const pressed = one.button('compose.send').click();
    await north.kill();
    await pressed;
    north.start();
    await one.page.waitForURL(/\/messages\//);
  });
  await north.ready();
  await arrived(tap, south, channel, 'Killed', text);
}

/** In the page: a browser that lets no sound out before a click. Chromium may, after clicks on the page before. */
function silence() {
  const { get } = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state');
  const { resume } = AudioContext.prototype;
  let isClicked = false;
  addEventListener('click', () => (isClicked = true), { capture: true });
  Object.defineProperty(BaseAudioContext.prototype, 'state', { get: function () { return isClicked ? get.call(this) : 'suspended'; } });
  AudioContext.prototype.resume = function () { return isClicked ? resume.call(this) : new Promise(() => undefined); };
}

/** The page itself goes while there is no line: the text is there when it is opened again. */
async function reloaded(tap, one) {
  await write(one, 'Reloaded', 'On the desk.');
  await saved(one);
  await one.expecting(CUT, async () => {
    await one.context.setOffline(true);
    await one.field('body.text').fill('On the desk. And only in the browser.');
    await one.page.locator('.saved').getByText(one.word('compose.kept')).waitFor();
    await one.context.setOffline(false);
    await one.context.addInitScript(silence);
    await one.page.reload();
  });
  await one.field('body.text').waitFor();
  tap.ok((await one.field('body.text').inputValue()) === 'On the desk. And only in the browser.', 'the page is loaded anew without having saved: every word is there');
  await saved(one);
  // The notice goes with the first click, which must hit all the same, pressed as long as a person does.
  await one.page.locator('.sound-blocked').waitFor();
  await one.button('compose.discard').click({ delay: 200 });
  await one.page.getByRole('dialog').getByRole('button', { name: one.word('compose.discard'), exact: true }).click();
  await one.page.waitForURL(/\/drafts/);
}

async function ended(tap, one, north, south, channel) {
  await write(one, 'Ended', 'While logged in.');
  await saved(one);
  const text = 'While logged in. And after the session had ended.';
  await one.expecting([...CUT, ...ENDED], async () => {
    // An administrator ends all sessions of this person, who is typing without a line at that moment.
    await one.context.setOffline(true);
    await one.field('body.text').fill(text);
    await one.page.locator('.saved').getByText(one.word('compose.kept')).waitFor();
    await north.aldis('operator', 'disable', one.person.name);
    await north.aldis('operator', 'enable', one.person.name);
    await one.context.setOffline(false);
    await one.page.getByRole('dialog').getByText(one.word('login.again.title')).waitFor();
    await one.look('the log-in in place');
    tap.ok((await one.field('body.text').inputValue()) === text, 'the session ends: the log-in comes over the page, which stays as it is');
    await one.enterPassword();
    await one.page.getByRole('dialog').waitFor({ state: 'detached' });
  });
  await saved(one);
  await send(one);
  await one.page.waitForURL(/\/messages\//);
  await arrived(tap, south, channel, 'Ended', text);
}

await play(async (tap) => {
  const north = await tap.desk('north.example');
  const south = await tap.desk('south.example', 'id');
  await Promise.all([north.ready(), south.ready()]);
  const channel = await openChannel(tap.folder, [north, south], { limits: LIMITS, lines: ['technical'], duties: [] }, 'Elections');
  const maria = await north.person('maria', 'watch,officer', 'Maria Writer');
  const browser = await launch(tap);
  const one = await Console.open(tap, browser, maria);
  await one.logIn();
  await offline(tap, one, south, channel);
  await killed(tap, one, north, south, channel);
  await reloaded(tap, one);
  await ended(tap, one, north, south, channel);
});
