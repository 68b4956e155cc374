// SPDX-License-Identifier: Apache-2.0
// What stands in the register of pledges and what this desk may do about it. The rules are the desk's
// (spec/record.md, "Pledges"); here they only decide which button is shown. Pure.
import type { Body, Proposal, ProposalMember, ProposalState } from '../../types';

export type Group = 'in_force' | 'offered' | 'declined' | 'withdrawn';
export const groups: Group[] = ['in_force', 'offered', 'declined', 'withdrawn'];

const isDeclined = (pledge: Proposal) =>
  pledge.facts.members.length > 0 && pledge.facts.members.every((member) => member.state === 'declined');

/** Under which head it stands: as strong as its strongest bond. */
export function groupOf(pledge: Proposal): Group {
  const states = new Set<ProposalState>([pledge.facts.state, ...pledge.facts.members.map((member) => member.state)]);
  if (pledge.facts.withdrawal || pledge.facts.state === 'withdrawn' || pledge.facts.state === 'ended') return 'withdrawn';
  if (states.has('in force') || states.has('accepted')) return 'in_force';
  if (isDeclined(pledge) || pledge.facts.state === 'declined') return 'declined';
  return 'offered';
}

export interface Text {
  language: string;
  text: string;
  /** by whom, of a translation that is a message of its own; undefined: by the author of the pledge */
  entry?: string;
  isAuthoritative: boolean;
}

const textOf = (body: Body | undefined): { language: string; text: string } | undefined =>
  typeof body?.['language'] === 'string' && typeof body['text'] === 'string'
    ? { language: body['language'], text: body['text'] }
    : undefined;

/** The authoritative text, then every translation: the author's, then those of others. */
export function textsOf(pledge: Proposal): Text[] {
  const original = textOf(pledge.body);
  const own = Array.isArray(pledge.body?.['translations']) ? pledge.body['translations'] : [];
  return [
    ...(original ? [{ ...original, isAuthoritative: true }] : []),
    ...own.flatMap((one) => {
      const text = textOf(one as Body);
      return text ? [{ ...text, isAuthoritative: false }] : [];
    }),
    ...pledge.translations.flatMap((one) => {
      const text = textOf(one.body);
      return text ? [{ ...text, entry: one.entry, isAuthoritative: false }] : [];
    }),
  ];
}

/** The translation that a reader of this language gets beside the original; undefined: the original is it. */
export function translationFor(texts: Text[], language: string): Text | undefined {
  const original = texts.find((text) => text.isAuthoritative);
  const first = (tag: string) => tag.split('-')[0];
  if (original && first(original.language) === first(language)) return undefined;
  return texts.find((text) => !text.isAuthoritative && first(text.language) === first(language)) ?? texts.find((text) => !text.isAuthoritative);
}

export type Act = 'accept' | 'decline' | 'withdraw';

/** What this desk may answer now. */
export function actsOf(pledge: Proposal, own: string): Act[] {
  const { facts } = pledge;
  if (facts.withdrawal || facts.state === 'withdrawn' || facts.state === 'ended') return [];
  if (facts.by === own) return ['withdraw'];
  const mine: ProposalMember | undefined = facts.members.find((member) => member.desk === own);
  if (!mine) return [];
  if (mine.state === 'offered' || (mine.state === 'withdrawn' && mine.withdrawal)) return ['accept', 'decline'];
  if (mine.state === 'accepted' || mine.state === 'in force' || mine.state === 'declined') return ['withdraw'];
  return [];
}

/** Since when it binds: the earliest bond that holds. */
export const sinceOf = (pledge: Proposal): string | undefined =>
  pledge.facts.members
    .filter((member) => member.state === 'in force' || member.state === 'accepted')
    .map((member) => member.since)
    .filter((since): since is string => since !== undefined)
    .sort()[0];
