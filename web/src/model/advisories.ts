// SPDX-License-Identifier: Apache-2.0
// What attached CSAF advisories say of themselves, by attachment. The desk has read them. Their TLP is said as it stands
// there, in the words of TLP 1, and is not that of the message; only its colour is borrowed.
import type { Hash, Message } from '../types';

export type AdvisoryView =
  | { breach: string }
  | { breach: undefined; id: string; title: string; label: string | undefined; colour: string | undefined };

const COLOURS = { WHITE: 'clear', GREEN: 'green', AMBER: 'amber', RED: 'red' } as const;

export function advisoriesOf({ advisories }: Pick<Message, 'advisories'>): Map<Hash, AdvisoryView> {
  return new Map(
    (advisories ?? []).map(({ blob, id = '', title = '', tlp, breach }): [Hash, AdvisoryView] => [
      blob,
      breach !== undefined
        ? { breach }
        : { breach, id, title, label: tlp && `TLP:${tlp}`, colour: tlp && COLOURS[tlp] },
    ]),
  );
}
