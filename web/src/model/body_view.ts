// SPDX-License-Identifier: Apache-2.0
/**
 * A message's body as rows for a reader: each value under its label, in words where the
 * catalogue has words for it, beside what was sent. Bodies come from a peer: whatever
 * does not have the shape that the catalogue names is shown as the JSON it is, and what
 * the catalogue does not name is shown too, so that nothing said can hide.
 */
import type { Catalogue, Choice, KindEntry, KindField } from '../types';
import { choicesOf, fieldsOf, inLanguage, kindOf, type Shape } from './catalogue';

/** The reader's words for what the catalogue has no labels for. */
export interface Reader {
  readonly lang: string;
  readonly yes: string;
  readonly no: string;
}

export type Value =
  /** what a peer wrote freely */
  | { readonly is: 'text'; readonly text: string }
  /** in the reader's words; `sent` is what stands in the record */
  | { readonly is: 'word'; readonly text: string; readonly lang: string; readonly sent: string }
  /** letters and digits of a form that was checked: addresses, hashes, names */
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'time'; readonly time: string }
  | { readonly is: 'message'; readonly id: string }
  | { readonly is: 'group'; readonly rows: readonly BodyRow[] }
  | { readonly is: 'list'; readonly items: readonly Value[] }
  /** objects of the same fields */
  | {
      readonly is: 'table';
      readonly head: readonly { readonly text: string; readonly lang: string }[];
      readonly rows: readonly (readonly (Value | undefined)[])[];
    }
  /** not what the catalogue names */
  | { readonly is: 'json'; readonly text: string };

export interface BodyRow {
  readonly name: string;
  readonly label: string;
  readonly labelLang: string;
  readonly value: Value;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MESSAGE_ID = /^[a-z0-9][a-z0-9.-]{1,98}[a-z0-9]#(0|[1-9]\d{0,15})$/;
const CODES = new Set([
  'hash',
  'desk',
  'base64',
  'address',
  'digest',
  'prefix',
  'domain',
  'technique',
]);

type Json = unknown;

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asJson(value: Json): Value {
  return { is: 'json', text: JSON.stringify(value, null, 2) ?? '' };
}

/** "English (en)"; a tag that no one knows stays as it is. */
function nameOf(type: 'language' | 'region', code: string, reader: Reader): Value {
  let name: string | undefined;
  try {
    name = new Intl.DisplayNames([reader.lang, 'en'], { type, fallback: 'none' }).of(code);
  } catch {
    name = undefined;
  }
  if (name === undefined) return { is: 'code', text: code };
  return { is: 'word', text: name, lang: reader.lang, sent: code };
}

const UNITS = [
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** "1 h 30 min" of "PT1H30M", undefined of what is no duration. */
export function durationWords(duration: string): string | undefined {
  const parts = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/.exec(duration);
  if (parts === null) return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  let rest =
    (days ?? 0) * 86400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  if (rest === 0) return undefined;
  const words: string[] = [];
  for (const [size, unit] of UNITS) {
    if (rest >= size) words.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  return words.join(' ');
}

function choiceValue(sent: string, choices: readonly Choice[], reader: Reader): Value {
  const choice = choices.find((one) => one.value === sent);
  const label = inLanguage(choice?.label, reader.lang);
  return label === undefined ? { is: 'text', text: sent } : { is: 'word', ...label, sent };
}

function stringValue(
  catalogue: Catalogue,
  shape: Shape,
  sent: string,
  reader: Reader,
): Value | undefined {
  if (shape.type === 'text') return { is: 'text', text: sent };
  if (shape.type === 'choice') return choiceValue(sent, choicesOf(catalogue, shape), reader);
  if (shape.type === 'time') return TIME.test(sent) ? { is: 'time', time: sent } : undefined;
  if (shape.type === 'message')
    return MESSAGE_ID.test(sent) ? { is: 'message', id: sent } : undefined;
  if (shape.type === 'language') return nameOf('language', sent, reader);
  if (shape.type === 'country') return nameOf('region', sent, reader);
  if (shape.type === 'duration') {
    const text = durationWords(sent);
    return text === undefined ? undefined : { is: 'word', text, lang: 'en', sent };
  }
  return CODES.has(shape.type) ? { is: 'code', text: sent } : undefined;
}

function scalarValue(
  catalogue: Catalogue,
  shape: Shape,
  sent: Json,
  reader: Reader,
): Value | undefined {
  if (typeof sent === 'string') return stringValue(catalogue, shape, sent, reader);
  if (shape.type === 'integer' && typeof sent === 'number')
    return {
      is: 'word',
      text: new Intl.NumberFormat(reader.lang).format(sent),
      lang: reader.lang,
      sent: String(sent),
    };
  if (shape.type === 'boolean' && typeof sent === 'boolean')
    return {
      is: 'word',
      text: sent ? reader.yes : reader.no,
      lang: reader.lang,
      sent: String(sent),
    };
  return undefined;
}

/** Objects of only short values make a table; a long text among them does not. */
function isTabular(fields: readonly KindField[]): boolean {
  return fields.every(
    (field) =>
      field.type !== 'object' &&
      field.type !== 'list' &&
      (field.type !== 'text' || (field.max ?? 0) <= 2000),
  );
}

function tableValue(
  catalogue: Catalogue,
  fields: readonly KindField[],
  sent: readonly Record<string, Json>[],
  reader: Reader,
): Value {
  const known = new Set(fields.map((field) => field.name));
  const used = fields.filter((field) => sent.some((one) => Object.hasOwn(one, field.name)));
  const extra = [...new Set(sent.flatMap((one) => Object.keys(one)))].filter(
    (name) => !known.has(name),
  );
  return {
    is: 'table',
    head: [
      ...used.map((field) => inLanguage(field.label, reader.lang) ?? { text: field.name, lang: 'en' }),
      ...extra.map((name) => ({ text: name, lang: '' })),
    ],
    rows: sent.map((one) => [
      ...used.map((field) =>
        Object.hasOwn(one, field.name)
          ? valueOf(catalogue, field, one[field.name], reader)
          : undefined,
      ),
      ...extra.map((name) => (Object.hasOwn(one, name) ? asJson(one[name]) : undefined)),
    ]),
  };
}

function listValue(
  catalogue: Catalogue,
  shape: Shape,
  sent: readonly Json[],
  reader: Reader,
): Value {
  const of = (shape.of ?? { type: 'text' }) as Shape;
  if (of.fields === undefined)
    return { is: 'list', items: sent.map((one) => valueOf(catalogue, of, one, reader)) };
  const fields = fieldsOf(catalogue, of.fields);
  if (isTabular(fields) && sent.every(isObject))
    return tableValue(catalogue, fields, sent as readonly Record<string, Json>[], reader);
  return {
    is: 'list',
    items: sent.map((one) =>
      isObject(one)
        ? { is: 'group', rows: rowsOf(catalogue, of.fields, one, reader) }
        : asJson(one),
    ),
  };
}

function valueOf(catalogue: Catalogue, shape: Shape, sent: Json, reader: Reader): Value {
  if (shape.type === 'list' && Array.isArray(sent))
    return listValue(catalogue, shape, sent, reader);
  if (shape.type === 'object' && isObject(sent))
    return { is: 'group', rows: rowsOf(catalogue, shape.fields, sent, reader) };
  return scalarValue(catalogue, shape, sent, reader) ?? asJson(sent);
}

function rowsOf(
  catalogue: Catalogue,
  shapes: readonly KindEntry[] | undefined,
  sent: Record<string, Json>,
  reader: Reader,
): readonly BodyRow[] {
  const fields = fieldsOf(catalogue, shapes);
  const known = new Set(fields.map((field) => field.name));
  const rows = fields
    .filter((field) => Object.hasOwn(sent, field.name))
    .map((field): BodyRow => {
      const label = inLanguage(field.label, reader.lang) ?? { text: field.name, lang: 'en' };
      return {
        name: field.name,
        label: label.text,
        labelLang: label.lang,
        value: valueOf(catalogue, field, sent[field.name], reader),
      };
    });
  const others = Object.keys(sent)
    .filter((name) => !known.has(name))
    .map((name): BodyRow => ({ name, label: name, labelLang: '', value: asJson(sent[name]) }));
  return [...rows, ...others];
}

/** The body of a message of this kind, in the catalogue's order. */
export function viewOfBody(
  catalogue: Catalogue,
  kind: string,
  body: Json,
  reader: Reader,
): readonly BodyRow[] {
  if (body === undefined) return [];
  if (!isObject(body)) return [{ name: '', label: '', labelLang: '', value: asJson(body) }];
  return rowsOf(catalogue, kindOf(catalogue, kind)?.fields, body, reader);
}

/** The language that a body says it is written in, if it says so. */
export function languageOf(body: Json): string | undefined {
  const tag = isObject(body) ? body['language'] : undefined;
  return typeof tag === 'string' && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : undefined;
}
