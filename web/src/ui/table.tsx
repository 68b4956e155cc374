// SPDX-License-Identifier: Apache-2.0
// A table for lists that fit on a page (long ones: VirtualList). On narrow screens each row becomes a block and the
// columns' heads stand before their cells. With `onOpen` the rows are reached by j and k and opened by Enter; a cell
// should still hold a link to the same place for mouse and screen reader. The roles are written out because a table
// that is drawn as blocks is none any more for browsers.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../i18n';
import { cx } from './classes';
import { ScrollFrame } from './scroll_frame';

export interface Column<T> {
  /** identifies the column */
  name: string;
  head: string;
  cell: (row: T) => ComponentChildren;
  /** numbers stand at the end; `tight`: no wider than its content; `wide`: takes what is left */
  look?: 'number' | 'tight' | 'wide';
  /** this cell names its row */
  isHead?: boolean;
}

export function Table<T>({
  label,
  columns,
  rows,
  keyOf,
  rowClass,
  onOpen,
}: {
  /** what the table lists, for screen readers */
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  rowClass?: (row: T) => string | undefined;
  onOpen?: (row: T) => void;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (event: KeyboardEvent, row: T) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...(body.current?.rows ?? [])];
    const at = all.indexOf(event.currentTarget as HTMLTableRowElement);
    const goal = { j: at + 1, ArrowDown: at + 1, k: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Enter') onOpen?.(row);
    else if (goal !== undefined) all[goal]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ScrollFrame label={label}>
      <table class="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.name} scope="col" role="columnheader" class={cx(column.look)}>
                {column.head || <span class="unseen">{t('ui.actions')}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} role="rowgroup">
          {rows.map((row) => (
            <tr
              role="row"
              key={keyOf(row)}
              class={rowClass?.(row)}
              tabIndex={onOpen ? 0 : undefined}
              data-row={onOpen ? '' : undefined}
              onKeyDown={onOpen ? (event) => move(event, row) : undefined}
              onDblClick={onOpen ? () => onOpen(row) : undefined}
            >
              {columns.map((column) =>
                column.isHead ? (
                  <th key={column.name} scope="row" role="rowheader" class={cx(column.look)} data-head={column.head}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.name} role="cell" class={cx(column.look)} data-head={column.head}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  );
}
