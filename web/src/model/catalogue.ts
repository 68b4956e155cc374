// SPDX-License-Identifier: Apache-2.0
/**
 * The catalogue of kinds as GET /api/kinds gives it (spec/kinds.json): labels in a reader's
 * language, groups of fields put in their places, and which kinds may answer which. Knows
 * nothing of messages.
 */

import type { Catalogue, Choice, Kind, KindEntry, KindField, Texts } from '../types';

/** What a field or an element of a list holds. */
export type Shape = Omit<KindField, 'name' | 'label'>;

/** A text and the language that it is in, which may be another than the one asked for. */
export interface Worded {
  readonly text: string;
  readonly lang: string;
}

/** The whole tag, then its first part, then English, then whatever there is. */
export function inLanguage(texts: Texts | undefined, lang: string): Worded | undefined {
  if (texts === undefined) return undefined;
  for (const tag of [lang, lang.split('-')[0] ?? lang, 'en', ...Object.keys(texts)]) {
    const text = Object.hasOwn(texts, tag) ? texts[tag] : undefined;
    if (text !== undefined) return { text, lang: tag };
  }
  return undefined;
}

/** The text alone; empty when there is none. */
export const textIn = (texts: Texts | undefined, lang: string): string => inLanguage(texts, lang)?.text ?? '';

export function kindOf(catalogue: Catalogue, name: string): Kind | undefined {
  return catalogue.kinds.find((kind) => kind.name === name);
}

/** The kind's label, or its name where the catalogue lacks it. */
export function kindLabel(catalogue: Catalogue, name: string, lang: string): Worded {
  return inLanguage(kindOf(catalogue, name)?.label, lang) ?? { text: name, lang: 'en' };
}

/** Fields with the groups put in their places. */
export function fieldsOf(
  catalogue: Catalogue,
  fields: readonly KindEntry[] | undefined,
): readonly KindField[] {
  return (fields ?? []).flatMap((one) =>
    'group' in one ? fieldsOf(catalogue, catalogue.groups[one.group]) : [one],
  );
}

export function choicesOf(catalogue: Catalogue, shape: Shape): readonly Choice[] {
  if (typeof shape.choices === 'string') return catalogue.choices[shape.choices] ?? [];
  return shape.choices ?? [];
}

/** May a message of this kind name one of that kind in its `re`? */
export function mayAnswer(kind: Pick<Kind, 're' | 'answers'>, other: Pick<Kind, 'name' | 'automatic'>): boolean {
  if (kind.re === 'none') return false;
  if (kind.answers === undefined) return true;
  if (kind.answers === 'person') return !other.automatic;
  return kind.answers.includes(other.name);
}

/**
 * The kinds by which a person may answer a message of this kind, those made for it first.
 * `allowed` are the charter's; undefined means all.
 */
export function answerKinds(
  catalogue: Catalogue,
  question: string,
  allowed: readonly string[] | undefined,
): readonly Kind[] {
  const asked = kindOf(catalogue, question) ?? { name: question, automatic: true };
  const isAllowed = (kind: Kind): boolean =>
    !kind.automatic && (kind.always === true || allowed === undefined || allowed.includes(kind.name));
  const isMadeFor = (kind: Kind): boolean =>
    typeof kind.answers === 'object' && kind.answers.includes(question);
  const all = catalogue.kinds.filter((kind) => isAllowed(kind) && mayAnswer(kind, asked));
  return [...all.filter(isMadeFor), ...all.filter((kind) => !isMadeFor(kind))];
}

/** What goes on with a report or takes an offer back is its author's to write. */
const AUTHORS = /\.(update|close|withdraw)$/;

/** Kinds to answer with in the order in which they are likely wanted: what is owed, what is made for the question. */
export function inOrder(kinds: readonly Kind[], owed: readonly string[], isOwn: boolean): readonly Kind[] {
  const rank = (kind: Kind): number => {
    if (owed.includes(kind.name)) return 0;
    if (AUTHORS.test(kind.name) !== isOwn) return 2;
    return Array.isArray(kind.answers) ? 1 : 3;
  };
  return kinds
    .map((kind, at) => ({ kind, at }))
    .sort((a, b) => rank(a.kind) - rank(b.kind) || a.at - b.at)
    .map(({ kind }) => kind);
}
