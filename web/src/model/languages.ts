// SPDX-License-Identifier: Apache-2.0
/** Names of languages in a language, and the direction in which they are written. */

const rightToLeft = ['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'];

export const directionOf = (tag: string): 'ltr' | 'rtl' =>
  rightToLeft.includes(tag.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** "Indonesian" of "id"; a tag that no one knows stays as it is. */
export function nameOfLanguage(tag: string, lang: string): string {
  try {
    return new Intl.DisplayNames([lang, 'en'], { type: 'language', fallback: 'none' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
