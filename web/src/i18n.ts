// SPDX-License-Identifier: Apache-2.0
// Words of the console. Every text on the screen comes from strings/AREA.LANGUAGE.json: flat keys,
// {placeholders}, and for numbers one key a plural form (`key_one`, `key_other`, …; `n` decides).
// Texts of peers and of the catalogue of kinds do not come from here.
import { cloneElement, type ComponentChild, isValidElement, type VNode } from 'preact';
import { Cell, useCell } from './cell';
import { keep, kept } from './keep';

export type Language = 'en' | 'id' | 'ar';
export const languages: { code: Language; name: string; dir: 'ltr' | 'rtl' }[] = [
  { code: 'en', name: 'English', dir: 'ltr' },
  { code: 'id', name: 'Bahasa Indonesia', dir: 'ltr' },
  { code: 'ar', name: 'العربية', dir: 'rtl' },
];

type Strings = { [key: string]: string };
const loaders: { [code in Language]: () => Promise<{ default: Strings }> } = {
  en: () => import('./strings/en'),
  id: () => import('./strings/id'),
  ar: () => import('./strings/ar'),
};

let strings: Strings = {};
let plurals = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat('en');

export const language = new Cell<Language>('en');
/** The components that use words follow the language by being drawn below one that calls this. */
export const useLanguage = () => useCell(language);

/** The tag for Intl: digits stay the ones that ids and times are written in. */
export const locale = (code = language.value): string => (code === 'ar' ? 'ar-u-nu-latn' : code);

export async function setLanguage(code: Language): Promise<void> {
  const loaded = (await loaders[code]()).default;
  strings = loaded;
  plurals = new Intl.PluralRules(locale(code));
  numbers = new Intl.NumberFormat(locale(code));
  document.documentElement.lang = code;
  document.documentElement.dir = languages.find((l) => l.code === code)?.dir ?? 'ltr';
  keep('language', code);
  language.set(code);
}

/** The language asked for last time, else the first of the browser's that there is, else English. */
export function firstLanguage(): Language {
  const known = (code: string | null) => languages.find((l) => l.code === code)?.code;
  const asked = known(kept('language'));
  if (asked) return asked;
  for (const tag of navigator.languages) {
    const found = known(tag.toLowerCase().split('-')[0] ?? '');
    if (found) return found;
  }
  return 'en';
}

export type Params = { [name: string]: string | number };

function pattern(key: string, n: unknown): string {
  if (typeof n === 'number') {
    const found = strings[`${key}_${plurals.select(n)}`] ?? strings[`${key}_other`];
    if (found !== undefined) return found;
  }
  return strings[key] ?? key;
}

export const has = (key: string) => key in strings;
export const num = (n: number) => numbers.format(n);

/** "a, b, c" as the language writes it. */
export const list = (items: string[]) => new Intl.ListFormat(locale(), { style: 'narrow', type: 'unit' }).format(items);

const show = (value: string | number) => (typeof value === 'number' ? num(value) : value);

/** The words of a key. */
export function t(key: string, params: Params = {}): string {
  return pattern(key, params.n).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : show(value);
  });
}

/** The words of a key with elements in the places of {placeholders}: names of peers in <bdi>, links, times. */
export function tr(key: string, params: { [name: string]: string | number | VNode }): ComponentChild[] {
  return pattern(key, params.n)
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part, place) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      const value = name === undefined ? undefined : params[name];
      if (value === undefined) return part;
      return isValidElement(value) ? cloneElement(value, { key: place }) : show(value as string | number);
    });
}
