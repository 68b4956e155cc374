// SPDX-License-Identifier: Apache-2.0
// The catalogue of kinds as forms need it: groups put in, named lists of choices filled, defaults set. Pure.
import { choicesOf, fieldsOf, mayAnswer } from '../../model/catalogue';
import type { Catalogue, Choice, Kind, KindEntry, KindField, Texts } from '../../types';

export interface FormField {
  /** empty in an element of a list */
  name: string;
  type: string;
  required: boolean;
  min: number;
  max: number;
  label: Texts;
  choices: Choice[];
  /** of an object */
  fields: FormField[];
  /** of a list: what its elements are */
  of?: FormField;
  /** the choice beside this text whose value's form it takes */
  by?: string;
}

export interface FormKind {
  name: string;
  automatic: boolean;
  body: Kind['body'];
  re: Kind['re'];
  answers: Kind['answers'];
  /** every charter allows it */
  always: boolean;
  label: Texts;
  help: Texts;
  fields: FormField[];
}

export interface Forms {
  kinds: FormKind[];
  types: { [name: string]: Texts };
  kind: (name: string) => FormKind | undefined;
}

type Raw = Omit<KindField, 'name' | 'label'> & { name?: string; label?: Texts };

export function readCatalogue(catalogue: Catalogue): Forms {
  const field = (raw: Raw, label: Texts): FormField => ({
    name: raw.name ?? '',
    type: raw.type,
    required: raw.required ?? false,
    min: raw.min ?? 0,
    max: raw.max ?? 0,
    label: raw.label ?? label,
    choices: [...choicesOf(catalogue, raw)],
    fields: fields(raw.fields ?? []),
    of: raw.of && field(raw.of as Raw, raw.label ?? label),
    by: raw.by,
  });
  const fields = (entries: KindEntry[]): FormField[] =>
    fieldsOf(catalogue, entries).map((entry) => field(entry, entry.label));
  const kinds = catalogue.kinds.map((kind) => ({
    name: kind.name,
    automatic: kind.automatic,
    body: kind.body,
    re: kind.re,
    answers: kind.answers,
    always: kind.always ?? kind.automatic,
    label: kind.label,
    help: kind.help,
    fields: fields(kind.fields),
  }));
  return { kinds, types: catalogue.types, kind: (name) => kinds.find((kind) => kind.name === name) };
}

/** The form that the choice beside it asks of a text. */
export function formOf(field: FormField, beside: { [name: string]: unknown }, fields: FormField[]): string {
  if (field.by === undefined) return field.type;
  const choice = fields.find((other) => other.name === field.by);
  return choice?.choices.find((c) => c.value === beside[field.by ?? ''])?.form ?? field.type;
}

// What belongs together when a person chooses. A kind that is in none of them stands under 'other'.
const groups: { [group: string]: string[] } = {
  incidents: ['incident', 'incident.update', 'incident.close', 'assessment', 'response', 'measure'],
  questions: ['query', 'answer', 'ack', 'holding', 'cancel'],
  words: ['text', 'signal', 'translation', 'statement'],
  evidence: ['evidence.commit', 'evidence.open'],
  pledges: ['pledge.offer', 'pledge.accept', 'pledge.decline', 'pledge.withdraw'],
  consultations: [
    'consultation.request',
    'consultation.accept',
    'consultation.decline',
    'consultation.record',
    'consultation.agree',
  ],
  record: ['record.statement', 'record.agree', 'release.request', 'release.consent', 'release.refuse'],
  desk: ['drill', 'drill.answer', 'roster', 'leave'],
};

export interface KindGroup {
  name: string;
  kinds: FormKind[];
}

/**
 * The kinds that a person may write here, in groups: those that the charter allows, and in an answer those that may
 * name the answered message.
 */
export function offeredKinds(forms: Forms, allowed: string[] | null | undefined, answered?: FormKind): KindGroup[] {
  const offered = forms.kinds.filter(
    (kind) =>
      !kind.automatic &&
      (!allowed || kind.always || allowed.includes(kind.name)) &&
      (answered === undefined ? kind.re !== 'required' : mayAnswer(kind, answered)),
  );
  const grouped = Object.entries(groups).map(([name, members]) => ({
    name,
    kinds: members.flatMap((member) => offered.find((kind) => kind.name === member) ?? []),
  }));
  const rest = offered.filter((kind) => !Object.values(groups).some((members) => members.includes(kind.name)));
  return [...grouped, { name: 'other', kinds: rest }].filter((group) => group.kinds.length > 0);
}
