// SPDX-License-Identifier: Apache-2.0
// Names of languages and countries in the reader's language, from the browser.
import { locale, num, t } from '../../i18n';
import type { Why } from './check';

const names = (type: 'language' | 'region') => {
  let made: { locale: string; names: Intl.DisplayNames } | undefined;
  return (code: string): string | undefined => {
    if (made?.locale !== locale()) made = { locale: locale(), names: new Intl.DisplayNames([locale()], { type, fallback: 'none' }) };
    try {
      return made.names.of(code);
    } catch {
      return undefined;
    }
  };
};

const languageNames = names('language');
const regionNames = names('region');

/** "Indonesian (id)" */
export const languageName = (tag: string): string => {
  const name = languageNames(tag);
  return name === undefined || name === tag ? tag : `${name} (${tag})`;
};

/** "Indonesia (ID)" */
export const countryName = (code: string): string => {
  const name = regionNames(code);
  return name === undefined || name === code ? code : `${name} (${code})`;
};

// Codes that browsers name but ISO 3166-1 does not assign.
const noCountry = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'TA', 'UN', 'QO', 'XA', 'XB', 'XK', 'ZZ']);

/** All countries, in the order of their names. */
export function countries(): { value: string; label: string }[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const found = letters.flatMap((a) =>
    letters.flatMap((b) => {
      const code = a + b;
      if (noCountry.has(code) || regionNames(code) === undefined) return [];
      // A code of before ("DD") is another's alias now.
      if (new Intl.Locale('und', { region: code }).region !== code) return [];
      return [{ value: code, label: countryName(code) }];
    }),
  );
  return found.sort((a, b) => a.label.localeCompare(b.label, locale()));
}

/** The words of a refusal. */
export const whyWords = (why: Pick<Why, 'key' | 'params'>): string => t(why.key, why.params ?? {});

/** "12 KiB", "1.4 MiB" */
export function bytes(n: number): string {
  if (n < 1024) return t('compose.bytes', { n });
  if (n < 1024 * 1024) return t('compose.kib', { size: num(Math.round(n / 102.4) / 10) });
  return t('compose.mib', { size: num(Math.round(n / 104857.6) / 10) });
}

/** The name of a line in words, where the console has one. */
export function lineWords(line: string): string {
  const words = t(`compose.line.${line}`);
  return words === `compose.line.${line}` ? line : words;
}
