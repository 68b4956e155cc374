// SPDX-License-Identifier: Apache-2.0
/**
 * A charter's note as people need it: its text, who its members are and whose signature lines
 * it carries. It judges nothing: the desk has verified what it hands out, and verifies again
 * what is handed in.
 */

const TYPE = 'aldis.charter/1';

export interface CharterNote {
  /** the charter's JSON, indented for reading; undefined when it can't be read */
  readonly text: string | undefined;
  readonly members: readonly { readonly name: string; readonly signed: boolean }[];
  /** digest of the charter that this one replaces */
  readonly previous: string | undefined;
}

const namesOf = (value: unknown): string[] => {
  const members = (value as { members?: unknown }).members;
  if (!Array.isArray(members)) return [];
  return members.flatMap((one: unknown) => {
    const name = (one as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? [name] : [];
  });
};

export function readCharterNote(note: string): CharterNote {
  const end = note.indexOf('\n\n');
  const text = end < 0 ? note : note.slice(0, end + 1);
  const [type, line] = text.split('\n');
  const signers = new Set(
    [...(end < 0 ? '' : note.slice(end)).matchAll(/^\u2014 (\S+)\/root \S+$/gm)].map((found) => found[1]),
  );
  try {
    if (type !== TYPE || line === undefined) throw new SyntaxError('no charter');
    const value: unknown = JSON.parse(line);
    const previous = (value as { previous?: unknown }).previous;
    return {
      text: JSON.stringify(value, null, 2),
      members: namesOf(value).map((name) => ({ name, signed: signers.has(name) })),
      previous: typeof previous === 'string' ? previous : undefined,
    };
  } catch {
    return { text: undefined, members: [], previous: undefined };
  }
}

/**
 * An unsigned charter that amends `digest`: what `aldis charter sign` takes. `edited` is JSON as somebody left it in
 * the editor. Throws SyntaxError when it is none.
 */
export function draftAmendment(edited: string, digest: string, now: string, nonce: string): string {
  const value: unknown = JSON.parse(edited);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('no object');
  return `${TYPE}\n${JSON.stringify({ ...value, date: now, nonce, previous: digest })}\n`;
}
