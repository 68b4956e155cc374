// SPDX-License-Identifier: Apache-2.0
/**
 * A signal in words: the text of its number in a codebook (spec/codebooks/README.md), with
 * the values of its parameters in their places. Values are parts of their own, so that a
 * page can keep their direction apart from the text around them. The desk has judged the
 * values already; what it can't read it flags.
 */
import type { Texts } from '../types';
import { durationWords } from './body_view';
import { inLanguage, textIn } from './catalogue';

export interface SignalParameter {
  readonly name: string;
  readonly type: string;
}

export interface Signal {
  readonly number: number;
  readonly parameters: readonly SignalParameter[];
  readonly text: Texts;
}

export interface Codebook {
  readonly id: string;
  readonly version: number;
  readonly languages: readonly string[];
  readonly title: Texts;
  readonly sectors: readonly { readonly value: string; readonly label: Texts }[];
  readonly groups: readonly {
    readonly first: number;
    readonly last: number;
    readonly label: Texts;
  }[];
  readonly signals: readonly Signal[];
}

export interface SignalPart {
  readonly text: string;
  /** the name of the parameter whose value this is */
  readonly parameter?: string;
}

export interface SignalText {
  readonly number: number;
  readonly lang: string;
  readonly parts: readonly SignalPart[];
}

interface SignalBody {
  readonly codebook: string;
  readonly number: number;
  readonly values: ReadonlyMap<string, string>;
}

/** What a body of kind `signal` names; undefined when it is none. */
export function signalBody(body: unknown): SignalBody | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { codebook, number, parameters } = body as Record<string, unknown>;
  if (typeof codebook !== 'string' || typeof number !== 'number') return undefined;
  const values = new Map<string, string>();
  for (const one of Array.isArray(parameters) ? parameters : []) {
    const { name, value } = (one ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof value !== 'string' || values.has(name))
      return undefined;
    values.set(name, value);
  }
  return { codebook, number, values };
}

/** A value as people read it; what is no such value stays as it is. */
export function valueText(book: Codebook, type: string, value: string, lang: string): string {
  if (type === 'time')
    return value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z$/, '$1 $2 UTC');
  if (type === 'duration') return durationWords(value) ?? value;
  if (type === 'sector') {
    const sector = book.sectors.find((one) => one.value === value);
    return textIn(sector?.label, lang) || value;
  }
  return value;
}

/** A piece of a shown signal: words, or the value of a parameter; empty while it lacks. */
export interface SignalPiece {
  readonly text: string;
  readonly parameter?: SignalParameter;
  readonly given: boolean;
}

/** The signal's text in a language, cut at its parameters. A hole that is no parameter lacks for ever. */
export function signalPieces(
  signal: Signal,
  valueOf: (name: string) => string | undefined,
  show: (type: string, value: string, lang: string) => string,
  lang: string,
): SignalPiece[] {
  const worded = inLanguage(signal.text, lang);
  const pieces: SignalPiece[] = [];
  for (const piece of worded?.text.split(/(\{[a-z][a-z0-9_]*\})/) ?? []) {
    if (!piece.startsWith('{')) {
      if (piece !== '') pieces.push({ text: piece, given: true });
      continue;
    }
    const parameter = signal.parameters.find((one) => one.name === piece.slice(1, -1));
    const value = parameter && valueOf(parameter.name);
    if (parameter === undefined) pieces.push({ text: piece, given: false });
    else if (value === undefined) pieces.push({ text: '', parameter, given: false });
    else pieces.push({ text: show(parameter.type, value, worded?.lang ?? lang), parameter, given: true });
  }
  return pieces;
}

/**
 * The signal in the reader's language, in English where the book lacks that. Undefined
 * when the book does not have the number or a parameter has no value.
 */
export function signalText(
  book: Codebook,
  body: unknown,
  lang: string,
): SignalText | undefined {
  const said = signalBody(body);
  const signal = book.signals.find((one) => one.number === said?.number);
  const worded = inLanguage(signal?.text, lang);
  if (said === undefined || signal === undefined || worded === undefined) return undefined;
  const pieces = signalPieces(
    signal,
    (name) => said.values.get(name),
    (type, value, tag) => valueText(book, type, value, tag),
    lang,
  );
  if (pieces.some((piece) => !piece.given)) return undefined;
  const parts = pieces.map(({ text, parameter }) => (parameter ? { text, parameter: parameter.name } : { text }));
  return { number: said.number, lang: worded.lang, parts };
}

/** The same as one line, for lists and titles. */
export function signalLine(text: SignalText): string {
  return text.parts.map((part) => part.text).join('');
}

/** The book's language for a reader or a sender; English where it lacks theirs. */
export function bookLanguage(book: Codebook, lang: string): string {
  const has = (tag: string): boolean => book.languages.includes(tag);
  const first = lang.split('-')[0] ?? lang;
  return has(lang) ? lang : has(first) ? first : 'en';
}
