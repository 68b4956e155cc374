// SPDX-License-Identifier: Apache-2.0
// Text that others wrote. It is shown as text; what is invisible in it or turns the reading direction is shown by its
// name, so that nobody reads something else than what was signed. Each piece stands in its own direction.
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { num, t } from '../i18n';
import { splitId } from '../api';
import { to as places } from '../router';
import { cx } from './classes';

// What can't be seen, turns the reading direction, or means what a font likes. A joiner stays between letters, marks or
// symbols from U+0590 on, one variation selector behind what may vary. The rule of src/cli/hidden.c, and of the page of a
// release (src/release/page/body.js): test/hidden_chars.json.
const fillers = '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0'; // letters and marks that show nothing
const selectors = '\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}';
const numberSigns = '\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}'; // stand around numbers, and are seen
const fromHebrew = (classes: string) => `(?=[\\u{590}-\\u{10ffff}])(?![${fillers}])[${classes}]`;
const joined = fromHebrew('\\p{L}\\p{M}\\p{S}');
const hidden = new RegExp(
  `(?<!${joined})[\\u200c\\u200d]|[\\u200c\\u200d](?!${joined})|` +
    `(?<!(?:[0-9#*\\xa9\\xae]|${fromHebrew('\\p{L}\\p{N}\\p{P}\\p{S}')}))[${selectors}]|` +
    `(?![\\t\\n\\u200c\\u200d${selectors}${numberSigns}])` +
    '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\p{Default_Ignorable_Code_Point}]',
  'gu',
);

const nameOf = (char: string) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The text in pieces: strings as they are, and names of what can't be seen. */
export function visible(text: string): { text: string; isHidden: boolean }[] {
  const pieces: { text: string; isHidden: boolean }[] = [];
  let from = 0;
  for (const found of text.matchAll(hidden)) {
    if (found.index > from) pieces.push({ text: text.slice(from, found.index), isHidden: false });
    pieces.push({ text: nameOf(found[0]), isHidden: true });
    from = found.index + found[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isHidden: false });
  return pieces;
}

/** The text for a place that takes no elements: a title, an option. Not for reading much. */
export const plain = (text: string, max = 200): string =>
  named(visible([...text.slice(0, max * 2)].slice(0, max).join(''))).replace(/\s+/g, ' ');

/** Beyond so many in one text the rest stands in it by name alone: elements without end hold the browser up. */
const MARKS_MAX = 500;

const named = (rest: { text: string; isHidden: boolean }[]) => rest.map(({ text, isHidden }) => (isHidden ? `[${text}]` : text)).join('');

function pieces(text: string) {
  const all = visible(text);
  const some = all.slice(0, 2 * MARKS_MAX);
  return [
    ...some.map((piece, i) =>
      piece.isHidden ? (
        <span key={i} class="hidden-char" dir="ltr">
          {piece.text}
        </span>
      ) : (
        <Fragment key={i}>{piece.text}</Fragment>
      ),
    ),
    named(all.slice(some.length)),
  ];
}

/**
 * What somebody else wrote. `block`: with its lines, in its own direction; longer than `max` characters it is cut with
 * a button for all. `lang`: the language it says it is in.
 */
export function PeerText({
  text,
  block,
  max = 2000,
  lang,
}: {
  text: string | undefined;
  block?: boolean;
  max?: number;
  lang?: string;
}) {
  const [all, setAll] = useState(false);
  if (text === undefined) return null;
  const chars = text.length > max ? [...text] : undefined;
  const cut = chars !== undefined && chars.length > max && !all;
  const shown = cut ? chars.slice(0, max).join('') : text;
  if (!block) {
    return (
      <bdi class="peer" lang={lang}>
        {pieces(shown)}
        {cut && '…'}
      </bdi>
    );
  }
  return (
    <div class="peer-block">
      <div class="peer" dir="auto" lang={lang}>
        {pieces(shown)}
        {cut && '…'}
      </div>
      {chars !== undefined && chars.length > max && (
        <button type="button" class="button quiet" onClick={() => setAll(!all)}>
          {all ? t('ui.show_less') : t('ui.show_all', { n: chars.length, count: num(chars.length) })}
        </button>
      )}
    </div>
  );
}

/** The name of a desk, an operator, a key. */
export function Name({ children, class: more }: { children: string; class?: string }) {
  return <bdi class={cx('name', more)}>{pieces(children)}</bdi>;
}

/** A message's id; with `channel` a link to the message. */
export function Id({ id, channel }: { id: string; channel?: string }) {
  const [desk, index] = splitId(id);
  const text = (
    <bdi class="id" dir="ltr">
      {desk}
      {index && <b>#{index}</b>}
    </bdi>
  );
  return channel === undefined || !index ? text : <a href={places.message(channel, id)}>{text}</a>;
}
