// SPDX-License-Identifier: Apache-2.0
// Who is logged in. When a session ends while somebody works, the login appears in place, over the page:
// whatever was refused for it waits for the answer and is then sent again, so nothing typed is lost.
import { Cell } from './cell';
import { canKeep, keep, kept } from './keep';
import type { Role, Session } from './types';

export const session = new Cell<Session | undefined>(undefined);
/** The login is asked for in place. */
export const loginNeeded = new Cell(false);
/** A new password is asked for in place. */
export const passwordNeeded = new Cell(false);

let waiting: ((name: string | undefined) => void)[] = [];

/** Asks for the login in place. Resolves when the same person is back; rejects when another one is. */
export function login(): Promise<void> {
  const before = session.value?.operator.name;
  return new Promise((resolve, reject) => {
    waiting.push((name) => {
      if (before === undefined || name === before) resolve();
      else reject(new Error('another person has logged in'));
    });
    loginNeeded.set(true);
  });
}

/**
 * Worth asking the desk who is logged in? Not on a browser where nobody was: its 401 would be an error in the
 * browser's console for nothing.
 */
export const mayBeLoggedIn = () => !canKeep() || kept('session') !== null;
export const loggedOut = () => keep('session', null);

export function loggedIn(now: Session): void {
  keep('session', '1');
  session.set(now);
  passwordNeeded.set(now.must_change);
  loginNeeded.set(false);
  const answered = waiting;
  waiting = [];
  for (const answer of answered) answer(now.operator.name);
}

export const hasRole = (...roles: Role[]) =>
  roles.some((role) => session.value?.operator.roles.includes(role) ?? false);
/** May write: drafts, acknowledgements, sending where no approval is asked. */
export const mayWrite = () => hasRole('watch', 'officer');
export const mayApprove = () => hasRole('officer');
export const isAdministrator = () => hasRole('administrator');
export const mayAudit = () => hasRole('auditor', 'administrator');
