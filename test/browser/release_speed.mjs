#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A release of a hundred thousand messages: how long until it is checked and shown, whether the page lives meanwhile,
// how it scrolls. A machine that is busy or slow makes everything slower: what is asserted is the ratio to the least that
// must be done, taking the same bytes out of their base64 and hashing them, in the same page right after.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { launch } from './browser.mjs';
import { play } from './desks.mjs';
import { ReleasePage } from './release_page.mjs';

const MESSAGES = 100_000;
const ROUNDS = 2;
const RATIO = 7; // usually between 2.5 and 5
const TASK_RATIO = 0.6; // of the longest task to the least: parsing the data is one task
const SCROLL_RATIO = 0.5;
const QUOTE_RATIO = 0.2;

/** The least: each entry and body decoded and hashed once. */
const floor = (page) =>
  page.evaluate(async () => {
    const start = performance.now();
    const { logs, bodies } = JSON.parse(document.getElementById('release-data').textContent);
    const all = [...logs.flatMap(({ entries }) => entries), ...bodies.flat().filter((body) => body !== null)];
    const bytes = (text) => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    for (let at = 0; at < all.length; at += 2000) await Promise.all(all.slice(at, at + 2000).map((text) => crypto.subtle.digest('SHA-256', bytes(text))));
    return performance.now() - start;
  });

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** From end to end of what is shown, and a window at a time. */
const scroll = (page) =>
  page.evaluate(async () => {
    const tasks = [];
    const watch = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    watch.observe({ type: 'longtask' });
    const frame = () => new Promise(requestAnimationFrame);
    const height = document.documentElement.scrollHeight;
    for (let i = 0; i <= 200; i++) {
      scrollTo(0, (height * i) / 200);
      await frame();
      await frame();
    }
    let blank = 0;
    for (let i = 0; i < 100; i++) {
      scrollBy(0, -400);
      await frame();
      if (!document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('article, section')) blank++;
    }
    await new Promise((done) => setTimeout(done));
    watch.disconnect();
    return { longest: Math.max(0, ...tasks), height, blank, articles: document.querySelectorAll('article').length };
  });

/** Thirty passages held against all that is said, after another text that is given up for this one. */
async function quotes(tap, one, least) {
  const { page } = one;
  const article = (n) => Array.from({ length: n }, (_, i) => `\u201cWave ${100 * i + 2} came by mail; we see ${i % 2 ? 'no' : 'an'} intent to destroy\u201d`).join(' and ');
  await page.evaluate(() => {
    window.long = [];
    window.at = new Set();
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    const look = () => {
      window.at.add(document.querySelector('#quote-progress').value);
      requestAnimationFrame(look);
    };
    look();
  });
  await page.locator('#article').fill(article(40));
  await page.locator('#quote-check').click();
  await page.locator('#article').fill(article(30));
  const start = Date.now();
  await page.locator('#quote-check').click();
  await one.quoted();
  const ms = Date.now() - start;
  const { longest, told } = await page.evaluate(() => ({ longest: Math.max(0, ...window.long), told: window.at.size }));
  const verdicts = await page.locator('#quotes > li').evaluateAll((items) => items.map((item) => item.className.replace('quote ', '')));
  tap.note(`30 quotes: ${(ms / 1000).toFixed(1)} s, longest task ${Math.round(longest)} ms, progress seen ${told} times`);
  tap.ok(verdicts.length === 30 && verdicts.every((verdict, i) => verdict === (i % 2 ? 'as-released' : 'altered')), 'quotes of a newer text are compared, those of the older one given up');
  tap.ok(longest <= QUOTE_RATIO * least && told > 5, `no task for quotes is over ${QUOTE_RATIO} of the least, and it tells how far it is`);
}

await play(async (tap) => {
  const file = path.join(tap.folder, 'release.html');
  execFileSync(process.env.RELEASE_SAMPLE, [String(MESSAGES), file]);
  const one = await ReleasePage.open(tap, await launch(tap), 'a reader of a hundred thousand messages');
  await one.context.addInitScript(() => {
    window.tasks = [];
    window.told = new Set();
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    const look = () => {
      window.told.add(document.querySelector('#progress')?.value);
      const state = document.querySelector('#state')?.className;
      if (state === 'consistent') window.shownAt = performance.now();
      else requestAnimationFrame(look);
    };
    look();
  });
  const runs = [];
  for (let round = 0; round < ROUNDS; round++) {
    tap.ok((await one.load(file)).name === 'consistent', 'it holds');
    const run = await one.page.evaluate(async () => {
      while (window.shownAt === undefined) await new Promise(requestAnimationFrame);
      return { ms: window.shownAt, task: Math.max(...window.tasks), told: window.told.size };
    });
    runs.push({ ...run, floor: await floor(one.page) });
  }
  for (const { ms, floor: least, task, told } of runs)
    tap.note(`shown after ${(ms / 1000).toFixed(1)} s, ${(ms / least).toFixed(1)} times the least of ${(least / 1000).toFixed(1)} s; longest task ${Math.round(task)} ms; progress seen ${told} times`);
  tap.ok(median(runs.map(({ ms, floor: least }) => ms / least)) <= RATIO, `${MESSAGES} messages are checked and shown within ${RATIO} times the least`);
  tap.ok(median(runs.map(({ task, floor: least }) => task / least)) <= TASK_RATIO && runs.every(({ told }) => told > 5), 'and the page lives meanwhile: it tells how far it is');
  const least = median(runs.map((run) => run.floor));
  const passes = [await scroll(one.page), await scroll(one.page)];
  for (const { longest, height, articles, blank } of passes)
    tap.note(`${Math.round(height / 1e6)} million pixels scrolled: longest task ${Math.round(longest)} ms, ${articles} messages in the document, ${blank} blank frames of 100`);
  tap.ok(Math.min(...passes.map(({ longest }) => longest)) <= SCROLL_RATIO * least && passes.every(({ height, articles }) => height > 1e6 && articles < 1000),
    `it scrolls without a task over ${SCROLL_RATIO} of the least`);
  await quotes(tap, one, least);
  await one.page.locator('#parts button').last().click();
  await one.page.locator('#parts button').last().click();
  tap.ok((await one.page.locator('#parts select').inputValue()) === '2' && (await one.page.locator('#messages article').first().getAttribute('aria-posinset')) > 40_000, 'any part of it can be gone to');
  await one.page.pdf({ format: 'A4' });
  const hasPaper = await one.page.evaluate(() => window.printed.text.includes('This paper has'));
  tap.ok(hasPaper, 'paper says that it has not all');
  await one.page.goto(`file://${file}`, { waitUntil: 'commit' });
  await one.page.locator('#stop').click();
  await one.page.waitForFunction(() => document.querySelector('#state').className !== 'wait');
  tap.ok((await one.state()).name === 'stopped' && !(await one.page.locator('#release').isVisible()) && !(await one.page.locator('#stop').isVisible()),
    'a check that takes too long is stopped, and then nothing is shown');
});
