// SPDX-License-Identifier: Apache-2.0
// The window's title: alarms first, so that a tab in the back tells; then the page; then the desk.
import { Cell } from './cell';

export const pageTitle = new Cell('');
export const deskTitle = new Cell('');
/** Words of the alarm, or '' */
export const alarmTitle = new Cell('');

function draw(): void {
  const parts = [alarmTitle.value, pageTitle.value, deskTitle.value].filter(Boolean);
  document.title = [...parts, 'Aldis'].join(' · ');
}
for (const cell of [pageTitle, deskTitle, alarmTitle]) cell.follow(draw);
