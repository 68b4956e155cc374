// SPDX-License-Identifier: Apache-2.0
// JSON as the record has it (spec/record.md, "Rules for all texts"): JSON.parse, and besides no name twice in an object,
// no number but whole ones in their shortest form, no lone surrogates, no U+0000, at most 16 levels.

const TOKEN = /[ \t\n\r]*(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|([{}[\]:,])|true|false|null)/y;
const LEVELS_MAX = 16;

const isWellFormed = (text) => !/\p{Surrogate}/u.test(text);

function refuseUnless(good, why) {
  if (!good) throw new SyntaxError(why);
}

// A text that JSON.parse has taken.
function checkTokens(text) {
  const open = []; // for each level the names of its object, null for an array
  let isName = false;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [, string, number, mark] = found;
    const names = open.at(-1);
    if (string !== undefined) {
      const value = JSON.parse(string);
      refuseUnless(isWellFormed(value) && !value.includes("\0"), "no text");
      if (names && isName) {
        refuseUnless(!names.has(value), "a name twice");
        names.add(value);
      }
    } else if (number !== undefined) {
      refuseUnless(/^(0|-?[1-9]\d*)$/.test(number) && Number.isSafeInteger(Number(number)), "no whole number");
    } else if (mark === "{" || mark === "[") {
      refuseUnless(open.push(mark === "{" ? new Set() : null) <= LEVELS_MAX, "too deep");
    } else if (mark === "}" || mark === "]") {
      open.pop();
    }
    if (mark !== undefined) isName = mark === "{" || mark === ",";
  }
}

function parseStrict(text) {
  const value = JSON.parse(text);
  checkTokens(text);
  return value;
}
