// SPDX-License-Identifier: Apache-2.0
// Two people, or one person in two windows, have changed the same draft. What only one side changed is taken; what
// both changed differently is a conflict for a person, who sees both texts. Pure.
import type { Body, DraftMessage, Json } from '../../types';
import { isSame } from './check';

export interface Conflict {
  /** "line", "body.title" */
  field: string;
  mine: Json | undefined;
  theirs: Json | undefined;
}
export interface Merged {
  /** with mine where both changed */
  message: DraftMessage;
  conflicts: Conflict[];
}

type Members = { [name: string]: Json | undefined };

const envelope = ['kind', 'to', 'line', 'tlp', 're'] as const;

/** One row a field: the body's fields stand beside the envelope's. Inside a field nothing is merged. */
function flat(message: DraftMessage): Members {
  const members: Members = {};
  for (const name of envelope) members[name] = message[name] as Json | undefined;
  for (const [name, value] of Object.entries(message.body ?? {})) members[`body.${name}`] = value;
  return members;
}

function whole(members: Members, hasBody: boolean): DraftMessage {
  const message: { [name: string]: unknown } = {};
  const body: Body = {};
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    if (name.startsWith('body.')) body[name.slice(5)] = value;
    else message[name] = value;
  }
  if (hasBody || Object.keys(body).length > 0) message['body'] = body;
  return message as unknown as DraftMessage;
}

export function merge(base: DraftMessage, mine: DraftMessage, theirs: DraftMessage): Merged {
  const [b, m, o] = [flat(base), flat(mine), flat(theirs)];
  const merged: Members = {};
  const conflicts: Conflict[] = [];
  for (const name of new Set([...Object.keys(b), ...Object.keys(m), ...Object.keys(o)])) {
    const isMine = !isSame(b[name], m[name]);
    const isTheirs = !isSame(b[name], o[name]);
    merged[name] = isMine ? m[name] : o[name];
    if (isMine && isTheirs && !isSame(m[name], o[name])) conflicts.push({ field: name, mine: m[name], theirs: o[name] });
  }
  return { message: whole(merged, mine.body !== undefined || theirs.body !== undefined), conflicts };
}

/** The message with one side's text in the fields where both changed. */
export function settle(merged: Merged, take: { [field: string]: 'mine' | 'theirs' }): DraftMessage {
  const members = flat(merged.message);
  for (const conflict of merged.conflicts)
    members[conflict.field] = take[conflict.field] === 'theirs' ? conflict.theirs : conflict.mine;
  return whole(members, merged.message.body !== undefined);
}
