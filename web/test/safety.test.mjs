// SPDX-License-Identifier: Apache-2.0
// What the content security policy would block at run time, and what it can't: found before. The built files ask no
// other host and the first page stays small.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sources, src, web } from './load.mjs';

const forbidden = [
  /dangerouslySetInnerHTML/,
  /\b(inner|outer)HTML\b/,
  /insertAdjacentHTML/,
  /document\.write/,
  /\beval\s*\(/,
  /new Function\b/,
  /\bstyle=/,
  /cssText/,
  /setAttribute\(\s*['"](style|on)/,
  /javascript:/,
  /\b(http|https|ws|wss):\/\//,
];
/** Addresses that are named, not fetched. */
const allowed = [/placeholder|example|w3\.org\/2000\/svg|localhost|127\.0\.0\.1/];

const physical =
  /(^|[\s;{])(margin|padding|border)-(left|right|top|bottom)\b|(^|[\s;{])(left|right|top|bottom|width|height|min-width|max-height|min-height)\s*:|text-align:\s*(left|right)|float:\s*(left|right)/;

function findings(files, patterns) {
  const found = [];
  for (const file of files)
    for (const [i, line] of readFileSync(file, 'utf8').split('\n').entries())
      for (const pattern of patterns)
        if (pattern.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) && !allowed.some((a) => a.test(line)))
          found.push(`${path.relative(src, file)}:${i + 1}: ${line.trim()}`);
  return found;
}

test('nothing that makes code or markup of text, no style attribute, no other host', () => {
  assert.deepEqual(findings(sources('.ts', '.tsx'), forbidden), []);
});

test('style sheets use logical properties, so that right-to-left works', () => {
  assert.deepEqual(findings(sources('.css'), [physical]), []);
});

const dist = process.env.WEB_DIST ?? path.join(web, 'dist');
const built = () => {
  assert.ok(existsSync(path.join(dist, 'index.html')), `${dist} is not built: npm run build`);
  return readdirSync(path.join(dist, 'assets'));
};

test('the built page has no inline script or style and asks no other host', () => {
  const files = built();
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=/);
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc="\/assets\/)/);
  for (const name of ['../index.html', ...files]) {
    const text = readFileSync(path.join(dist, 'assets', name), 'utf8');
    const hosts = text.match(/\b(?:https?|wss?):\/\/[\w[][^\s"'`)]*/g) ?? [];
    const foreign = hosts.filter((host) => !/^http:\/\/www\.w3\.org\/|example/.test(host));
    assert.deepEqual(foreign, [], name);
    assert.ok(name.startsWith('..') || /-[\w-]{8,}\.\w+$/.test(name), `${name} is named by its content`);
  }
});

test('the first page is at most 150 kB compressed', () => {
  const files = built();
  const html = readFileSync(path.join(dist, 'index.html'), 'utf8');
  const first = new Set([...html.matchAll(/\/assets\/([^"]+)"/g)].map((found) => found[1]));
  for (const name of files) if (/^now-/.test(name)) first.add(name);
  // The language whose words are the longest.
  const words = files.filter((name) => /^(en|id|ar)-.*\.js$/.test(name));
  const size = (name) => gzipSync(readFileSync(path.join(dist, 'assets', name))).length;
  words.sort((a, b) => size(b) - size(a));
  first.add(words[0]);
  for (const name of first)
    for (const found of readFileSync(path.join(dist, 'assets', name), 'utf8').matchAll(/from"\.\/([^"]+)"/g)) first.add(found[1]);
  const total = gzipSync(html).length + [...first].reduce((sum, name) => sum + size(name), 0);
  assert.ok(first.size >= 5, [...first].join(' '));
  assert.ok(total <= 150_000, `${total} bytes: ${[...first].map((name) => `${name} ${size(name)}`).join(', ')}`);
});
