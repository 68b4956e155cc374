// SPDX-License-Identifier: Apache-2.0
// A person's browser at a desk's console: Debian's Chromium through playwright-core, watched all the time. What must
// never happen on any page (an error in the console, a request to another host, a dialog of the browser, a script
// that the policy stopped, a page that navigates away) is collected and fails the test at its end.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { SOURCE, OWN_PASSWORD } from './desks.mjs';

const require = createRequire(path.join(SOURCE, 'web/package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Where pictures go: of a failure, of the pages. */
export const OUT = path.resolve(process.env.BROWSER_OUT ?? 'build/browser');

/** How long a thing may take to appear on a busy machine. */
const PATIENCE_MS = Number(process.env.PATIENCE_MS ?? 30_000);

/** One Chromium for a test; each person gets a profile of their own in it. */
export async function launch(tap, ...args) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Chromium's own sandbox does not work for root.
    args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--force-color-profile=srgb', '--mute-audio', ...args],
  });
  tap.finally(() => browser.close());
  return browser;
}

const strings = {};
/** The console's own words in a language. */
function words(language) {
  const folder = path.join(SOURCE, 'web/src/strings');
  strings[language] ??= Object.assign(
    {},
    ...readdirSync(folder)
      .filter((name) => name.endsWith(`.${language}.json`))
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))),
  );
  return strings[language];
}

const SHARED_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe as a screen reader's advocate, in a world of its own: the page's policy holds for the page. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
    await session.send('Runtime.evaluate', { expression: axe, contextId });
    const expression = `axe.run(document, { resultTypes: ['violations'], runOnly: ${JSON.stringify(SHARED_RULES)} }).then((found) =>
      JSON.stringify(found.violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map((node) =>
        node.target.join(' ') + ' (' + node.failureSummary.replace(/\\s+/g, ' ').slice(0, 160) + ')').join('; '))))`;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, contextId, awaitPromise: true });
    if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return JSON.parse(result.value);
  } finally {
    await session.detach();
  }
}

/** What is wider than the page, if anything. */
export const sticksOut = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return '';
    // The innermost of what is too wide is what somebody must look at.
    const far = [...document.querySelectorAll('body *')].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 0 && (box.right > clientWidth + 1 || box.left < -1);
    });
    const name = (one) => `${one.tagName.toLowerCase()}${one.className ? `.${one.className}` : ''}`;
    return `${scrollWidth} > ${clientWidth} px: ${far.slice(-3).map(name).join(' ')}`;
  });

export class Console {
  /** options: language, cookie (already logged in), and what playwright takes for a context */
  static async open(tap, browser, person, { language = 'en', cookie, ...options } = {}) {
    const self = new Console();
    const context = await browser.newContext({
      viewport: { width: 1360, height: 900 },
      locale: language,
      timezoneId: 'Asia/Jakarta',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    Object.assign(self, { tap, person, desk: person.desk, language, context, faults: [], allowed: [], seen: new Set() });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    if (cookie) {
      await context.addCookies([cookie]);
      await context.addInitScript(() => localStorage.setItem('aldis.session', '1'));
    }
    self.page = await context.newPage();
    self.watch(self.page);
    context.on('page', (page) => self.fault(`another window was opened: ${page.url()}`));
    tap.finally(() => self.end());
    return self;
  }

  watch(page) {
    const isOwn = (url) => new URL(url).origin === this.desk.url || /^(data:|blob:|about:blank)/.test(url);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.fault(`console ${message.type()}: ${message.text()} ${message.location().url ?? ''}`);
    });
    page.on('pageerror', (error) => this.fault(`error of the page: ${error.stack ?? error}`));
    page.on('crash', () => this.fault('the page crashed'));
    page.on('dialog', (dialog) => {
      this.fault(`a dialog of the browser: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!isOwn(request.url())) this.fault(`a request to another host: ${request.url().slice(0, 200)}`);
    });
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame()) this.fault('a frame in the page');
      if (!isOwn(frame.url())) this.fault(`navigated to ${frame.url().slice(0, 200)}`);
    });
  }

  fault(text) {
    // An alarm that rings before anybody has touched the page: the page says so itself.
    if (/AudioContext was not allowed to start/.test(text)) return;
    if (!this.allowed.some((one) => one.test(text))) this.faults.push(text);
  }

  /** While `run` goes on, faults like these are part of the test: the browser reports lost connections as errors. */
  async expecting(patterns, run) {
    this.allowed = patterns;
    try {
      return await run();
    } finally {
      this.allowed = [];
    }
  }

  async end() {
    this.tap.ok(this.faults.length === 0, `${this.person.name} at ${this.desk.name}: no error, no foreign request, no dialog on any page`);
    for (const fault of this.faults.slice(0, 20)) this.tap.note(fault);
    if (this.tap.failed > 0 && !this.page.isClosed()) {
      mkdirSync(OUT, { recursive: true });
      const name = `failure-${path.basename(process.argv[1], '.mjs')}-${this.person.name}.png`;
      await this.page.screenshot({ path: path.join(OUT, name), timeout: 5000 }).catch(() => undefined);
      this.tap.note(`${this.page.url()} looked like ${path.join(OUT, name)}`);
    }
    await this.context.close();
  }

  // What stands on the page, in its words

  word(key, params = {}) {
    const all = words(this.language);
    const text = all[key] ?? all[`${key}_${new Intl.PluralRules(this.language).select(params.n ?? 0)}`] ?? all[`${key}_other`];
    if (text === undefined) throw new Error(`no string ${key} in ${this.language}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '');
  }
  button(key, params) {
    return this.page.getByRole('button', { name: this.word(key, params), exact: true });
  }
  link(key, params) {
    return this.page.getByRole('link', { name: this.word(key, params), exact: true });
  }
  /** The link of the navigation. */
  nav(key) {
    return this.page.getByRole('navigation').getByRole('link', { name: this.word(key), exact: true });
  }
  heading(key, params) {
    return this.page.getByRole('heading', { name: this.word(key, params), exact: true });
  }
  text(key, params) {
    return this.page.getByText(this.word(key, params));
  }
  /** The control of a field of a form, by the name that problems use. */
  field(name) {
    return this.page.locator(`[data-field="${name}"]`).locator('input:not([hidden]):not([type=radio]), select, textarea').first();
  }
  section(key) {
    return this.page.getByRole('region', { name: new RegExp(`^${this.word(key).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`) });
  }

  // What a person does

  goto(where) {
    return this.page.goto(this.desk.url + where);
  }

  /** The log-in page by keys alone; after the first time a password of one's own. */
  async logIn() {
    const { page, person } = this;
    if (page.url() === 'about:blank') await this.goto('/');
    await page.getByLabel(this.word('login.name'), { exact: true }).fill(person.name);
    await this.enterPassword();
    const must = page.getByLabel(this.word('password.new'), { exact: true });
    await must.or(page.getByRole('navigation')).first().waitFor();
    if (await must.isVisible()) {
      await page.getByLabel(this.word('password.old'), { exact: true }).fill(person.password);
      await must.fill(OWN_PASSWORD);
      await page.getByLabel(this.word('password.again'), { exact: true }).fill(OWN_PASSWORD);
      await page.keyboard.press('Enter');
      await must.waitFor({ state: 'detached' });
      person.password = OWN_PASSWORD;
    }
    await page.getByRole('navigation').waitFor();
    return this;
  }

  /** Password and code, Enter: on the log-in page, or in place. */
  async enterPassword() {
    const { page, person } = this;
    await page.getByLabel(this.word('login.password'), { exact: true }).fill(person.password);
    await page.getByLabel(this.word('login.code'), { exact: true }).fill(await person.code());
    await page.keyboard.press('Enter');
  }

  /** Presses the button and gives the path of the file that it hands over. */
  async keep(button) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), button.click()]);
    const where = path.join(this.tap.folder, `${this.desk.short}-${download.suggestedFilename()}`);
    await download.saveAs(where);
    if (!existsSync(where)) throw new Error(`${where} was not kept`);
    return where;
  }

  // What is looked at

  /** Nothing sticks out to the side, and all of WCAG that a program can tell holds, light and dark. */
  async look(what, schemes = ['light', 'dark']) {
    const { page, tap } = this;
    await page.getByText(this.word('ui.loading'), { exact: true }).first().waitFor({ state: 'detached' });
    const wide = await sticksOut(page);
    tap.ok(!wide, `${what}: nothing sticks out to the side ${wide || ''}`.trim());
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      const found = await violations(page);
      tap.ok(found.length === 0, `${what}: axe finds nothing, ${colorScheme}`);
      for (const one of found) tap.note(one);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }
}
