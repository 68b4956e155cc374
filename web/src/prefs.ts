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

export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}
