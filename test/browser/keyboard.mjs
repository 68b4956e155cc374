#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The whole way by keyboard alone: log in, Now, open a message, acknowledge it, write one, send it, log out. No click in
// this file. At each stop the focus can be seen, and everything that can be used has a name for a screen reader.
import { Console, launch } from './browser.mjs';
import { LIMITS, openChannel, OWN_PASSWORD, play, until } from './desks.mjs';

class Keys {
  constructor(tap, one) {
    Object.assign(this, { tap, one, page: one.page, unseen: new Set(), stops: 0 });
  }
  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }
  type(text) {
    return this.page.keyboard.type(text);
  }

  /** What has the focus, and whether one sees that it has. */
  focus() {
    return this.page.evaluate(() => {
      const one = document.activeElement;
      const look = (element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
      };
      const box = one.getBoundingClientRect();
      return {
        name: (one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '').trim().replace(/\s+/g, ' '),
        what: `${one.tagName.toLowerCase()}${one.type ? `[${one.type}]` : ''}`,
        field: one.closest('[data-field]')?.dataset.field,
        // A heading takes the focus when its page comes; nobody can do anything with it.
        isSeen: one === document.body || one.tagName === 'H1' || (look(one) && box.bottom > 0 && box.top < innerHeight),
      };
    });
  }

  /** Tab until what is wanted has the focus. */
  async tab(what, wanted, key = 'Tab') {
    for (let i = 0; i < 120; i++) {
      await this.press(key);
      const now = await this.focus();
      this.stops++;
      if (!now.isSeen) this.unseen.add(`${now.what} "${now.name.slice(0, 40)}"`);
      if (wanted(now)) return;
    }
    throw new Error(`120 times ${key}, and never at ${what}`);
  }
  toName(name) {
    return this.tab(name, (now) => now.name.startsWith(name));
  }
  word(key, params) {
    return this.one.word(key, params);
  }
  async title(pattern) {
    await this.page.getByRole('heading', { level: 1 }).filter({ hasText: pattern }).waitFor();
  }
}

/** Controls without a name, as a screen reader would come upon them. */
async function named(tap, one, what) {
  const tree = await one.page.locator('body').ariaSnapshot();
  const bare = tree.split('\n').filter((line) => /^\s*- (button|link|textbox|combobox|checkbox|radio|searchbox|menuitem|tab|heading|dialog|navigation|grid|table)(?! ")(?=:|$| \[)/.test(line) && !/^\s*- (heading|table|navigation)/.test(line));
  tap.ok(bare.length === 0 && tree.length > 100, `${what}: everything that can be used has a name ${bare.slice(0, 4).map((line) => line.trim()).join('; ')}`.trim());
  return tree;
}

async function logIn(tap, keys, person) {
  const { one } = keys;
  await one.goto('/');
  await one.page.getByLabel(one.word('login.name'), { exact: true }).waitFor();
  await named(tap, one, 'the log-in');
  await keys.toName(one.word('login.name'));
  await keys.type(person.name);
  await keys.toName(one.word('login.password'));
  await keys.type(person.password);
  await keys.toName(one.word('login.code'));
  await keys.type(await person.code());
  await keys.press('Enter');
  await one.page.getByLabel(one.word('password.new'), { exact: true }).waitFor();
  await until(async () => (await keys.focus()).name === one.word('password.title'), 10, 'the focus is at the new page');
  await keys.toName(one.word('password.old'));
  await keys.type(person.password);
  await keys.press('Tab');
  await keys.type(OWN_PASSWORD);
  await keys.press('Tab');
  await keys.type(OWN_PASSWORD);
  await keys.press('Enter');
  await one.page.getByRole('navigation').waitFor();
  person.password = OWN_PASSWORD;
  tap.ok(true, 'logs in and chooses a password');
}

async function moves(tap, keys, channel) {
  const { one, page } = keys;
  await page.reload();
  await page.getByRole('navigation').waitFor();
  await keys.press('Tab');
  tap.ok((await keys.focus()).name === one.word('layout.skip'), 'the first stop is the link that skips to the content');
  await keys.press('Enter');
  tap.ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'which puts the focus there');
  await keys.press('?');
  const help = page.getByRole('dialog', { name: one.word('keys.title') });
  await help.waitFor();
  await named(tap, one, 'the list of keys');
  await keys.press('Escape');
  await help.waitFor({ state: 'detached' });
  tap.ok(await page.evaluate(() => document.activeElement?.id === 'main'), 'Escape closes the list, and the focus is where it was');
  for (const [key, where] of [['c', `/channels/${channel}`], ['i', '/incidents'], ['d', '/drafts'], ['p', '/pledges'], ['h', '/handover'], ['k', '/desk'], ['n', '/']]) {
    await keys.press('g', key);
    await until(() => new URL(page.url()).pathname === where, 10, `g ${key} leads to ${where}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await named(tap, one, where);
  }
  tap.ok(true, 'g and a letter lead to each page');
}

async function acknowledge(tap, keys, north) {
  const { one, page } = keys;
  await page.getByText('Is the line dead?').first().waitFor();
  await keys.press('j');
  await until(async () => (await keys.focus()).name.includes('Is the line dead?') || (await keys.press('j'), false), 10, 'j leads to the row');
  tap.ok((await keys.focus()).isSeen, 'j leads to the message, and the row can be seen to have the focus');
  await keys.press('Enter');
  await keys.title('Is the line dead?');
  await named(tap, one, 'the message');
  await keys.toName(one.word('message.ack'));
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  await named(tap, one, 'the acknowledgement');
  await keys.press('Space');
  await keys.toName(one.word('message.ack.paraphrase'));
  await keys.type('You ask whether we hear you. We do.');
  await keys.toName(one.word('message.ack.send'));
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const sent = async () => (await north.local('GET', `/api/channels/${one.channel}/messages?kind=ack`)).body.messages;
  const [ack] = await until(async () => ((await sent()).length > 0 ? sent() : undefined), 20, 'the acknowledgement');
  tap.ok(ack.body.understood === true && ack.body.paraphrase === 'You ask whether we hear you. We do.', 'acknowledges it in words of one\'s own');
}

async function write(tap, keys, north) {
  const { one, page } = keys;
  await keys.press('c');
  await keys.title(one.word('compose.title'));
  await keys.tab('the kind', ({ field, what }) => field === 'kind' && what.startsWith('select'));
  await keys.type('Text');
  await page.locator('[data-field="body.text"] textarea').waitFor();
  await named(tap, one, 'the form');
  await keys.tab('the text', ({ field }) => field === 'body.text');
  await keys.type('Written without a mouse.');
  await keys.toName(one.word('compose.review'));
  await keys.press('Enter');
  await keys.title(one.word('compose.review'));
  await named(tap, one, 'the review');
  await keys.toName(one.word('compose.send'));
  await keys.press('Enter');
  await page.waitForURL(/\/messages\//);
  const found = (await north.local('GET', `/api/channels/${one.channel}/messages?kind=text&author=north.example`)).body.messages;
  tap.ok(found.length === 1 && found[0].body.text === 'Written without a mouse.', 'writes a message and sends it');
}

async function logOut(tap, keys) {
  const { one, page } = keys;
  await keys.tab('the menu of the person', ({ name }) => name.startsWith('Maria Writer'), 'Shift+Tab');
  await keys.press('Enter');
  await page.getByRole('menu').waitFor();
  await named(tap, one, 'the menu');
  await keys.press('End', 'Enter');
  await page.getByLabel(one.word('login.name'), { exact: true }).waitFor();
  tap.ok(true, 'logs out');
}

await play(async (tap) => {
  const north = await tap.desk('north.example');
  const south = await tap.desk('south.example', 'id');
  await Promise.all([north.ready(), south.ready()]);
  const channel = await openChannel(tap.folder, [north, south], { limits: LIMITS, lines: ['technical'], duties: [{ on: 'query', owe: ['answer'], within: 'PT24H' }] }, 'Elections');
  await south.say(channel, { kind: 'query', body: { language: 'en', question: 'Is the line dead?' } });
  const maria = await north.person('maria', 'watch,officer', 'Maria Writer');
  const browser = await launch(tap);
  const one = await Console.open(tap, browser, maria);
  one.channel = channel;
  const keys = new Keys(tap, one);
  await logIn(tap, keys, maria);
  await moves(tap, keys, channel);
  await acknowledge(tap, keys, north);
  await write(tap, keys, north);
  await logOut(tap, keys);
  tap.ok(keys.unseen.size === 0, `at ${keys.stops} stops the focus could be seen ${[...keys.unseen].slice(0, 5).join(', ')}`.trim());
});
