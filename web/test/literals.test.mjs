// SPDX-License-Identifier: Apache-2.0
// No text for people stands in the code: between tags, or in an attribute that is read or read out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { sources, src } from './load.mjs';

const letters = /\p{L}{2}/u;
/** Names that are the same in every language. */
const names = new Set(['TLP:']);
const attributes = new Set(['title', 'alt', 'placeholder', 'label', 'aria-label', 'aria-description', 'help', 'words']);

function literals(file, text) {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found = [];
  const note = (node, words) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    if (letters.test(words) && !names.has(words.trim())) found.push(`${path.relative(src, file)}:${line + 1}: ${words.trim()}`);
  };
  // A string that a tag's {…} shows: 'a', cond ? 'a' : 'b', x && 'a', `…`.
  const shown = (node) => {
    if (ts.isStringLiteralLike(node)) note(node, node.text);
    else if (ts.isTemplateExpression(node)) [node.head, ...node.templateSpans.map((s) => s.literal)].forEach((p) => note(node, p.text));
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(shown);
    else if (ts.isParenthesizedExpression(node)) shown(node.expression);
    else if (ts.isBinaryExpression(node)) shown(node.right);
  };
  const walk = (node) => {
    // A command stands in <code> and is the same in every language.
    if (ts.isJsxElement(node) && ['code', 'kbd'].includes(node.openingElement.tagName.getText())) return;
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) shown(node.expression);
    if (ts.isJsxAttribute(node) && attributes.has(node.name.getText())) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value)) note(node, value.text);
      else if (value && ts.isJsxExpression(value) && value.expression) shown(value.expression);
    }
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return found;
}

test('no literal text in tags and spoken attributes', () => {
  assert.deepEqual(sources('.tsx').flatMap((file) => literals(file, readFileSync(file, 'utf8'))), []);
});

test('the search finds what it is for', () => {
  const probe = path.join(src, 'probe.tsx');
  assert.equal(literals(probe, 'const a = <p>Hello</p>').length, 1);
  assert.equal(literals(probe, "const a = <p>{n > 1 ? 'many' : t('one')}</p>").length, 1);
  assert.equal(literals(probe, 'const a = <p title="Hello">{t("x")}</p>').length, 1);
  assert.equal(literals(probe, 'const a = <code>aldis export DIR</code>').length, 0);
  assert.equal(literals(probe, 'const a = <p class="hello" title={t("x")}>{n} · {t("y")}</p>').length, 0);
});
