// SPDX-License-Identifier: Apache-2.0
// What is wrong with a message, by the same rules as the desk's (src/record/kinds_body.c), field by field and in the
// reader's language. The desk has the last word: its answer to POST /api/drafts/check comes on top. Pure.
import type { Body, DraftMessage, FieldProblem, Json } from '../../types';
import { formOf, type FormField, type FormKind } from './catalogue';
import { base64Length, characters, forms } from './values';

/** Why a value is refused: a key of strings/compose.*.json and what stands in its places. */
export interface Why {
  field: string;
  key: string;
  params?: { [name: string]: string | number };
}

export const isObject = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nothing was given: a field that is left out says nothing, but 0 and false say something. */
export function isGiven(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.some(isGiven);
  if (isObject(value)) return Object.values(value).some(isGiven);
  return true;
}

function checkLeaf(field: FormField, type: string, value: Json): Omit<Why, 'field'> | undefined {
  const { min, max } = field;
  const form = forms[type];
  if (form) {
    return typeof value === 'string' && form(value) ? undefined : { key: `compose.why.${type}` };
  }
  switch (type) {
    case 'text': {
      if (typeof value !== 'string') return { key: 'compose.why.text', params: { min, max } };
      const n = characters(value);
      if (n > max) return { key: 'compose.why.text_long', params: { n: n - max, max } };
      return n < min ? { key: 'compose.why.text', params: { min, max } } : undefined;
    }
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
        ? undefined
        : { key: 'compose.why.integer', params: { min, max } };
    case 'boolean':
      return typeof value === 'boolean' ? undefined : { key: 'compose.why.boolean' };
    case 'choice':
      return field.choices.some((choice) => choice.value === value) ? undefined : { key: 'compose.why.choice' };
    case 'base64': {
      const length = typeof value === 'string' ? base64Length(value) : undefined;
      return length !== undefined && length >= min && length <= max
        ? undefined
        : { key: 'compose.why.base64', params: { min, max } };
    }
    default:
      return undefined; // a type that this console does not know: the desk judges
  }
}

function checkValue(field: FormField, type: string, value: Json, at: string): Why[] {
  if (type === 'object') return checkFields(field.fields, isObject(value) ? value : {}, at);
  if (type === 'list') return checkList(field, Array.isArray(value) ? value : [], at);
  const why = checkLeaf(field, type, value);
  return why ? [{ field: at, ...why }] : [];
}

function checkList(field: FormField, list: Json[], at: string): Why[] {
  const found: Why[] = [];
  const of = field.of;
  if (list.length < field.min || list.length > field.max)
    found.push({ field: at, key: 'compose.why.list', params: { min: field.min, max: field.max } });
  list.forEach((element, i) => {
    if (of) found.push(...checkElement(of, element, `${at}[${i}]`));
  });
  return found;
}

function checkElement(of: FormField, element: Json, at: string): Why[] {
  if (!isGiven(element) && of.type !== 'object') return [{ field: at, key: 'compose.why.element' }];
  return checkValue(of, of.type, element, at);
}

export function checkFields(fields: FormField[], values: { [name: string]: Json }, at: string): Why[] {
  return fields.flatMap((field) => {
    const value = values[field.name];
    const place = `${at}.${field.name}`;
    if (!isGiven(value)) return field.required ? [{ field: place, key: 'compose.why.missing' }] : [];
    return checkValue(field, formOf(field, values, fields), value as Json, place);
  });
}

/** What a charter asks of every message. */
export interface Rules {
  lines: string[];
  members: string[];
  own: string;
}

/** All that is wrong with the message as far as its catalogue and charter say. */
export function checkMessage(message: DraftMessage, kind: FormKind | undefined, rules: Rules): Why[] {
  const found: Why[] = [];
  if (!kind) return [{ field: 'kind', key: 'compose.why.kind' }];
  if (kind.re === 'required' && !message.re) found.push({ field: 're', key: 'compose.why.re' });
  if (message.re && !forms['message']?.(message.re)) found.push({ field: 're', key: 'compose.why.message' });
  if (message.to?.length === 0) found.push({ field: 'to', key: 'compose.why.to_none' });
  if (message.to?.some((desk) => !rules.members.includes(desk))) found.push({ field: 'to', key: 'compose.why.to' });
  if (message.line && !rules.lines.includes(message.line)) found.push({ field: 'line', key: 'compose.why.line' });
  const body = cleanBody(message.body ?? {}) ?? {};
  if (kind.body === 'none') return found;
  if (kind.body === 'optional' && Object.keys(body).length === 0) return found;
  return [...found, ...checkFields(kind.fields, body, 'body')];
}

function clean(value: Json): Json | undefined {
  if (Array.isArray(value)) {
    // Blanks at the end are rows not yet filled; those between stay, so that places keep their numbers.
    const kept = value.map((element) => clean(element) ?? (isObject(element) ? {} : ''));
    while (kept.length > 0 && !isGiven(kept[kept.length - 1])) kept.pop();
    return kept.length > 0 ? kept : undefined;
  }
  if (isObject(value)) {
    const kept = Object.entries(value).flatMap(([name, member]) => {
      const cleaned = clean(member);
      return cleaned === undefined ? [] : [[name, cleaned] as const];
    });
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  }
  return isGiven(value) ? value : undefined;
}

/** The body without what was not given. */
export const cleanBody = (body: Body): Body | undefined => clean(body) as Body | undefined;

/** The message as it is sent to the desk: without what was not given, and without a body where none belongs. */
export function cleanMessage(message: DraftMessage, kind?: FormKind): DraftMessage {
  const body = kind?.body === 'none' ? undefined : cleanBody(message.body ?? {});
  const cleaned: DraftMessage = { kind: message.kind };
  if (message.to && message.to.length > 0) cleaned.to = message.to;
  if (message.line) cleaned.line = message.line;
  if (message.tlp) cleaned.tlp = message.tlp;
  if (message.re) cleaned.re = message.re;
  if (body) cleaned.body = body;
  else if (kind?.body === 'required') cleaned.body = {};
  return cleaned;
}

/** The same message, whatever the order of its members? */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => isSame(x, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => isSame(a[name], b[name]));
  }
  return false;
}

/** "message.body.title", "body.title" and "title" of a problem, as the form names it. */
export const fieldName = (field: string): string => {
  const name = field.replace(/^message\./, '');
  return /^(kind|to|line|tlp|re|body|attachments|channel|reason)\b/.test(name) ? name : `body.${name}`;
};

/**
 * What to say at each field: the console's own words first, since they are in the reader's language, then what only
 * the desk knows. A problem of the desk inside a field that has one already adds nothing.
 */
export function joinProblems(own: { field: string; why: string }[], desk: FieldProblem[]): FieldProblem[] {
  const seen = new Set(own.map((problem) => problem.field));
  const more = desk
    .map((problem) => ({ field: fieldName(problem.field), why: problem.why }))
    .filter((problem) => ![...seen].some((field) => field === problem.field || field.startsWith(`${problem.field}.`) || field.startsWith(`${problem.field}[`)));
  return [...own, ...more];
}
