// SPDX-License-Identifier: Apache-2.0
// What one browser remembers for its user: language, theme, sound. Nothing of the record ever. A browser that
// forbids storage loses only that.

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`aldis.${name}`);
  } catch {
    return null;
  }
}

/** Does this browser remember anything at all? */
export function canKeep(): boolean {
  keep('try', '1');
  const can = kept('try') !== null;
  keep('try', null);
  return can;
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`aldis.${name}`);
    else localStorage.setItem(`aldis.${name}`, value);
  } catch {
    // not remembered
  }
}
