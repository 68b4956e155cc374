// SPDX-License-Identifier: Apache-2.0
// The catalogue of kinds (spec/kinds.json) as the desk has it built in: read once, kept for all pages. Its labels are
// in the catalogue's languages; where the console's is not one of them, English.
import { get } from './api';
import { Cell, useCell } from './cell';
import { language, t } from './i18n';
import { fieldsOf as fieldsIn, kindOf as kindIn, textIn } from './model/catalogue';
import type { Catalogue, Kind, KindEntry, KindField, Texts } from './types';

const held = new Cell<Catalogue | undefined>(undefined);
let asked: Promise<void> | undefined;

function load(): void {
  asked ??= get<Catalogue>('/api/kinds', { patient: true })
    .then((catalogue) => held.set(catalogue))
    .catch(() => {
      asked = undefined;
    });
}

/** The catalogue; undefined while it is on its way. */
export function useCatalogue(): Catalogue | undefined {
  load();
  return useCell(held);
}

/** A text in the console's language, else in English, else any. */
export const say = (texts: Texts | undefined): string => textIn(texts, language.value);

export const kindOf = (catalogue: Catalogue | undefined, name: string | undefined): Kind | undefined =>
  catalogue && name !== undefined ? kindIn(catalogue, name) : undefined;

/** What a kind is called; its name while the catalogue is not here or does not know it. */
export const kindLabel = (catalogue: Catalogue | undefined, name: string | undefined): string =>
  say(kindOf(catalogue, name)?.label) || name || t('ui.unknown');

/** The fields of a kind, groups put in their places. */
export const fieldsOf = (catalogue: Catalogue | undefined, entries: KindEntry[] | undefined): readonly KindField[] =>
  catalogue ? fieldsIn(catalogue, entries) : [];
