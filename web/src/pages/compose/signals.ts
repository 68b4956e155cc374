// SPDX-License-Identifier: Apache-2.0
// Codebooks: numbered signals, found by number or words, filled in, and read in each reader's language. Pure; the
// format is that of spec/codebooks/README.md.
import { textIn } from '../../model/catalogue';
import { bookLanguage, type Codebook, type Signal, type SignalParameter, type SignalPiece, signalPieces, valueText } from '../../model/signal_text';
import type { Body, Json, Texts } from '../../types';
import { isObject, type Why } from './check';
import { parameterForms } from './values';

export type { Codebook, Signal, SignalParameter as Parameter };
export { bookLanguage };

/** The signal as its writer sees it: a value that is wrong yet stands as it was typed. */
export const readSignal = (
  book: Codebook,
  signal: Signal,
  values: { [name: string]: string },
  language: string,
): SignalPiece[] =>
  signalPieces(
    signal,
    (name) => values[name] || undefined,
    (type, value, lang) => (isParameter(book, type, value) ? valueText(book, type, value, lang) : value),
    bookLanguage(book, language),
  );

export function isParameter(book: Codebook, type: string, value: string): boolean {
  if (type === 'sector') return book.sectors.some((sector) => sector.value === value);
  return parameterForms[type]?.(value) ?? true;
}

/** Values by name of a body's `parameters`. */
export function valuesOf(body: Body): { [name: string]: string } {
  const list = Array.isArray(body['parameters']) ? body['parameters'] : [];
  return Object.fromEntries(
    list.flatMap((item: Json) =>
      isObject(item) && typeof item['name'] === 'string' && typeof item['value'] === 'string'
        ? [[item['name'], item['value']]]
        : [],
    ),
  );
}

/** The body of a signal; parameters without a value are left out, as they are in a draft. */
export function bodyOf(digest: string, signal: Signal | undefined, values: { [name: string]: string }): Body {
  if (!signal) return { codebook: digest };
  const parameters = signal.parameters
    .filter((parameter) => (values[parameter.name] ?? '') !== '')
    .map((parameter) => ({ name: parameter.name, value: values[parameter.name] ?? '' }));
  return { codebook: digest, number: signal.number, ...(parameters.length > 0 ? { parameters } : {}) };
}

/** What is wrong with the parameters, each at "parameters.NAME". */
export function checkSignal(book: Codebook, signal: Signal | undefined, values: { [name: string]: string }): Why[] {
  if (!signal) return [{ field: 'body.number', key: 'compose.why.signal' }];
  return signal.parameters.flatMap((parameter): Why[] => {
    const value = values[parameter.name] ?? '';
    const field = `body.parameters.${parameter.name}`;
    if (value === '') return [{ field, key: 'compose.why.missing' }];
    return isParameter(book, parameter.type, value) ? [] : [{ field, key: `compose.why.parameter.${parameter.type}` }];
  });
}

/** Without case and accents: what a person types and means. */
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLocaleLowerCase();

/** Signals whose number begins so, or whose text in this language or in English has all the words. */
export function findSignals(book: Codebook, typed: string, language: string): readonly Signal[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return book.signals;
  const chosen = bookLanguage(book, language);
  const isNumber = words.length === 1 && /^\d+$/.test(words[0] ?? '');
  const group = (signal: Signal) => book.groups.find((g) => signal.number >= g.first && signal.number <= g.last);
  return book.signals.filter((signal) => {
    if (isNumber) return String(signal.number).startsWith(words[0] ?? '');
    const text = plain([textIn(signal.text, chosen), textIn(signal.text, 'en'), textIn(group(signal)?.label, chosen)].join(' '));
    return words.every((word) => text.includes(word));
  });
}

/** The signals by group of the book, for a list with heads. */
export function bySection(book: Codebook, signals: readonly Signal[]): { label: Texts; signals: Signal[] }[] {
  return book.groups
    .map((group) => ({
      label: group.label,
      signals: signals.filter((signal) => signal.number >= group.first && signal.number <= group.last),
    }))
    .filter((section) => section.signals.length > 0);
}
