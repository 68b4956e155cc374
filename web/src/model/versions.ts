// SPDX-License-Identifier: Apache-2.0
/**
 * The reports of one incident side by side: what each says about a field, and what became
 * of it. An update gives only what has changed, so what it leaves out stands as before; a
 * report that replaces an earlier one says all anew, so what it leaves out is gone.
 */
import type { Catalogue } from '../types';
import { viewOfBody, type BodyRow, type Reader, type Value } from './body_view';

export interface Report {
  readonly id: string;
  readonly author: string;
  readonly kind: string;
  readonly sent: string;
  readonly body: unknown;
}

export type Change = 'first' | 'new' | 'changed' | 'same' | 'as-before' | 'gone' | 'absent';

export interface Cell {
  readonly change: Change;
  readonly value?: Value;
}

export interface ComparedField {
  readonly name: string;
  readonly label: string;
  readonly labelLang: string;
  readonly cells: readonly Cell[];
  /** at least one report says something else than the one before */
  readonly isChanged: boolean;
}

const REPORTS = new Set(['incident', 'incident.update', 'incident.close']);

export function isReport(kind: string): boolean {
  return REPORTS.has(kind);
}

function changeOf(
  sent: unknown,
  standing: string | undefined,
  isFirst: boolean,
  isWhole: boolean,
): Change {
  if (sent === undefined) {
    if (standing === undefined) return 'absent';
    return isWhole ? 'gone' : 'as-before';
  }
  if (isFirst) return 'first';
  if (standing === undefined) return 'new';
  return JSON.stringify(sent) === standing ? 'same' : 'changed';
}

/** Fields in the order of the catalogue, one cell a report. */
export function compare(
  catalogue: Catalogue,
  reports: readonly Report[],
  reader: Reader,
): readonly ComparedField[] {
  const views = reports.map((report) =>
    viewOfBody(catalogue, report.kind, report.body, reader),
  );
  const order: BodyRow[] = [];
  for (const view of views)
    view.forEach((row, at) => {
      if (order.some((one) => one.name === row.name)) return;
      const before = view[at - 1]?.name;
      order.splice(order.findIndex((one) => one.name === before) + 1, 0, row);
    });
  return order.map(({ name, label, labelLang }) => {
    let standing: string | undefined;
    const cells = reports.map((report, at): Cell => {
      const body = report.body as Record<string, unknown> | undefined;
      const sent = body !== undefined && Object.hasOwn(body, name) ? body[name] : undefined;
      const change = changeOf(sent, standing, at === 0, report.kind === 'incident');
      if (sent !== undefined) standing = JSON.stringify(sent);
      if (change === 'gone') standing = undefined;
      const value = views[at]?.find((row) => row.name === name)?.value;
      return value === undefined ? { change } : { change, value };
    });
    const isChanged = cells.some((cell) => ['new', 'changed', 'gone'].includes(cell.change));
    return { name, label, labelLang, cells, isChanged };
  });
}
