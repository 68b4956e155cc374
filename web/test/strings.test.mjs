// SPDX-License-Identifier: Apache-2.0
// All languages say the same things, in the plural forms that each has, and all that the pages ask for is there.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { load, sources, src } from './load.mjs';

const languages = ['en', 'id', 'ar'];
const folder = path.join(src, 'strings');
const suffix = /_(zero|one|two|few|many|other)$/;
const areas = [...new Set(readdirSync(folder).filter((f) => f.endsWith('.json')).map((f) => f.split('.')[0]))];
const read = (area, language) => JSON.parse(readFileSync(path.join(folder, `${area}.${language}.json`), 'utf8'));
const english = Object.assign({}, ...areas.map((area) => read(area, 'en')));
/** A key without its plural form; "too_many" is no form where there is no "too_other". */
const baseOf = (key) => {
  const base = key.replace(suffix, '');
  return `${base}_other` in english ? base : key;
};
const holders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test('every area has its words in every language', () => {
  for (const area of areas) for (const language of languages) assert.ok(read(area, language), `${area}.${language}`);
});

test('a key belongs to one area', () => {
  const owner = new Map();
  for (const area of areas)
    for (const key of Object.keys(read(area, 'en'))) {
      assert.equal(owner.get(key), undefined, `${key} is in ${area} and ${owner.get(key)}`);
      owner.set(key, area);
    }
});

for (const area of areas) {
  const bases = new Set(Object.keys(read(area, 'en')).map(baseOf));
  for (const language of languages) {
    test(`${area} in ${language}: keys, placeholders and plural forms`, () => {
      const words = read(area, language);
      const wanted = new Set();
      for (const base of bases) {
        const isPlural = `${base}_other` in english;
        const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
        for (const key of isPlural ? forms.map((form) => `${base}_${form}`) : [base]) wanted.add(key);
      }
      assert.deepEqual(Object.keys(words).sort(), [...wanted].sort());
      for (const [key, text] of Object.entries(words)) {
        assert.equal(typeof text, 'string', key);
        if (!key.endsWith('_zero')) assert.notEqual(text.trim(), '', key);
        const same = english[key] ?? english[`${baseOf(key)}_other`];
        // "One day" and "two days" need no digit; "none shown" no number.
        if (/_(zero|one|two)$/.test(key)) for (const holder of holders(text)) assert.ok(holders(same).includes(holder), key);
        else assert.deepEqual(holders(text), holders(same), `placeholders of ${key}`);
      }
    });
  }
}

/** What a source file asks t() and tr() for: whole keys, and beginnings of keys that are put together. */
function asked(file) {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const keys = [];
  const beginnings = [];
  const strings = new Set();
  const take = (node) => {
    if (ts.isStringLiteralLike(node)) keys.push(node.text);
    else if (ts.isTemplateExpression(node)) beginnings.push(node.head.text);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(take);
    else if (ts.isParenthesizedExpression(node)) take(node.expression);
  };
  const walk = (node) => {
    if (ts.isStringLiteralLike(node)) strings.add(node.text);
    if (ts.isTemplateExpression(node)) beginnings.push(node.head.text);
    // <StateWords group="duty" …> asks for duty.STATE.
    if (ts.isJsxAttribute(node) && node.name.getText() === 'group' && node.initializer && ts.isStringLiteral(node.initializer))
      beginnings.push(`${node.initializer.text}.`);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && ['t', 'tr'].includes(node.expression.text))
      if (node.arguments[0]) take(node.arguments[0]);
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return { keys, beginnings, strings };
}

test('every key that is asked for exists, and every key is asked for', () => {
  const all = new Set(Object.keys(english).map(baseOf));
  const used = new Set();
  const beginnings = new Set();
  const missing = [];
  for (const file of sources('.ts', '.tsx')) {
    const found = asked(file);
    for (const key of found.keys) if (!all.has(key)) missing.push(`${path.relative(src, file)}: ${key}`);
    for (const text of found.strings) used.add(text);
    for (const text of found.beginnings) if (/^[a-z]+\./.test(text)) beginnings.add(text);
  }
  assert.deepEqual(missing, []);
  const idle = [...all].filter((key) => !used.has(key) && ![...beginnings].some((text) => key.startsWith(text)));
  assert.deepEqual(idle, []);
});

test('numbers choose the plural form of the language, digits stay as ids have them', async () => {
  const { i18n } = await load({ i18n: 'i18n.ts' });
  await i18n.setLanguage('en');
  assert.equal(i18n.t('now.days', { n: 1 }), '1 day');
  assert.equal(i18n.t('now.days', { n: 1312 }), '1,312 days');
  await i18n.setLanguage('id');
  assert.equal(i18n.t('now.days', { n: 1312 }), '1.312 hari');
  await i18n.setLanguage('ar');
  assert.equal(document.documentElement.dir, 'rtl');
  assert.equal(i18n.t('now.days', { n: 3 }), '3 أيام');
  assert.equal(i18n.t('now.days', { n: 11 }), '11 يومًا');
  assert.equal(i18n.t('no.such.key'), 'no.such.key');
});
