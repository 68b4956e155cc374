// SPDX-License-Identifier: Apache-2.0
// The theme: the system's, or light or dark as somebody chose on this browser.
import { Cell } from './cell';
import { keep, kept } from './keep';

export type Theme = 'system' | 'light' | 'dark';
export const themes: Theme[] = ['system', 'light', 'dark'];

const given = kept('theme') as Theme | null;
export const theme = new Cell<Theme>(given !== null && themes.includes(given) ? given : 'system');

export function setTheme(chosen: Theme): void {
  theme.set(chosen);
  keep('theme', chosen === 'system' ? null : chosen);
  applyTheme();
}

const dark = matchMedia('(prefers-color-scheme: dark)');
dark.addEventListener('change', applyTheme);

/** The colours of style/tokens.css follow the one attribute, whoever decided. */
export function applyTheme(): void {
  const system = dark.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme.value === 'system' ? system : theme.value;
}
