// SPDX-License-Identifier: Apache-2.0
// A release file opened by a stranger: from file://, with a network that is watched and goes nowhere. What must never
// happen (a request, an error in the console, a dialog, a window, going elsewhere) fails the test at its end.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { SOURCE } from './desks.mjs';

/** The page's own texts. */
export const WORDS = vm.runInNewContext(`${readFileSync(path.join(SOURCE, 'src/release/page/words.js'), 'utf8')}; WORDS`, { navigator: { language: 'en' } });

const DONE = ['consistent', 'no', 'unable'];

export class ReleasePage {
  static async open(tap, browser, name, options = {}) {
    const self = new ReleasePage();
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, locale: 'en', reducedMotion: 'reduce', acceptDownloads: true, ...options });
    await context.route(/^(?!file:)/, (route) => route.abort());
    // Runs before the page's own listeners: what stands in the document while it is printed.
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
      addEventListener('afterprint', () => (window.printed = { text: document.querySelector('main').innerText, folded: document.querySelectorAll('details:not([open])').length }));
    });
    Object.assign(self, { tap, name, context, faults: [], language: options.locale ?? 'en' });
    self.page = await context.newPage();
    self.watch(self.page);
    context.on('page', (page) => self.faults.push(`another window: ${page.url()}`));
    tap.finally(() => self.end());
    return self;
  }

  watch(page) {
    const isOwn = (url) => url === this.url || url.startsWith('blob:');
    page.on('console', (message) => this.faults.push(`console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.faults.push(`error of the page: ${error.stack ?? error}`));
    page.on('crash', () => this.faults.push('the page crashed'));
    page.on('dialog', (dialog) => {
      this.faults.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => isOwn(request.url()) || this.faults.push(`a request: ${request.url().slice(0, 200)}`));
    page.on('framenavigated', (frame) => frame.url() === this.url || this.faults.push(`went to ${frame.url().slice(0, 200)}`));
  }

  async end() {
    this.tap.ok(this.faults.length === 0, `${this.name}: no request, no error, no dialog`);
    for (const fault of this.faults.slice(0, 10)) this.tap.note(fault);
    await this.context.close();
  }

  /** Opens the file and waits until the page has made up its mind; gives the state and its code. */
  async load(file) {
    this.url = `file://${file}`;
    await this.page.goto(this.url, { waitUntil: 'commit' });
    await this.page.waitForFunction((done) => done.includes(document.querySelector('#state')?.className), DONE, { timeout: 120_000 });
    return this.state();
  }

  state() {
    return this.page.evaluate(() => ({ name: document.querySelector('#state').className, code: document.querySelector('#state').dataset.code }));
  }

  word(key) {
    return WORDS[this.language][key];
  }

  /** All entries of the list from the first to the last, as the reader who scrolls sees them: [id or "gap", text]. */
  async entries() {
    return this.page.evaluate(async () => {
      const found = [];
      for (const block of document.querySelectorAll('#messages > .block')) {
        block.scrollIntoView();
        while (!block.hasChildNodes()) await new Promise(requestAnimationFrame);
        for (const one of block.children)
          found.push([one.className === 'gap' ? 'gap' : one.id.replace(/^m-(.*)-(\d+)$/, '$1#$2'), one.innerText]);
      }
      return found;
    });
  }

  /** Once the box for quotes has done its work. */
  quoted() {
    return this.page.waitForFunction(() => document.querySelector('#quote-progress').hidden, undefined, { timeout: 120_000 });
  }

  message(id) {
    return this.page.locator(`[id="m-${id.replace('#', '-')}"]`);
  }
}
